"""Self-attention over a window (000, eq. 4-7)."""

import math

from torch import Tensor, nn
from torch.nn import functional


class TemporalAttention(nn.Module):
    """One head of dot-product attention, with leaky ReLUs on queries, keys and values.

    The paper names no slope; 0.01 is its frameworks' default. It shows no residual either (eq. 7 is
    the representation that the regressor gets), so there is none.
    """

    def __init__(self, width: int, leak: float = 0.01) -> None:
        super().__init__()
        self.width, self.leak = width, leak
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)

    def forward(self, h: Tensor) -> tuple[Tensor, Tensor]:
        """h (B, T, W) -> out (B, T, W), and weights (B, T, T), whose rows sum to one.

        weights[b, t, s]: how much of frame s is in what is said of frame t (figure 3).
        """
        assert h.dim() == 3 and h.shape[-1] == self.width, f"h is {tuple(h.shape)}"
        # eq. 4, 5, 6
        q, k, v = (
            functional.leaky_relu(layer(h), self.leak)
            for layer in (self.query, self.key, self.value)
        )
        weights = (q @ k.transpose(1, 2) / math.sqrt(self.width)).softmax(dim=-1)
        return weights @ v, weights  # eq. 7
