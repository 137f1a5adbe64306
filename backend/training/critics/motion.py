"""VIBE's motion discriminator (Kocabas et al. 2020): of 002, and of 000's first row."""

from dataclasses import dataclass

from torch import Tensor, nn

from ...estimators.rotations import to_six


@dataclass(frozen=True)
class MotionConfig:
    """VIBE's sizes (its implementation details and code)."""

    width: int = 1024
    layers: int = 2  # of the GRU
    attention_layers: int = 2  # dense, with tanh
    dropout: float = 0.1  # between the attention's layers


class MotionDiscriminator(nn.Module):
    """Scores motion by how its joints turn: a GRU, whose states attention sums up.

    The root is left out as in VIBE's code: its orientation is the camera's in an estimate and the
    world's in captured motion, and would give every estimate away. Rotations are 6D for VIBE's
    axis-angles, which jump near pi.
    """

    def __init__(self, config: MotionConfig | None = None) -> None:
        super().__init__()
        self.config = config or MotionConfig()
        width = self.config.width
        self.gru = nn.GRU(23 * 6, width, self.config.layers, batch_first=True)
        attention = []
        for _ in range(self.config.attention_layers):
            attention += [nn.Linear(width, width), nn.Tanh(), nn.Dropout(self.config.dropout)]
        self.attention = nn.Sequential(*attention, nn.Linear(width, 1))
        self.score = nn.Linear(width, 1)

    def forward(self, poses: Tensor) -> Tensor:
        """poses (B, T, 24, 3, 3), or (B, T, 144) in 6D -> scores (B, 1): 1 real, 0 made up."""
        sixes = to_six(poses) if poses.dim() == 5 else poses.unflatten(-1, (24, 6))
        assert sixes.dim() == 4 and sixes.shape[2:] == (24, 6), f"poses are {tuple(poses.shape)}"
        states, _ = self.gru(sixes[:, :, 1:].flatten(2))
        shares = self.attention(states).softmax(dim=1)  # (B, T, 1)
        return self.score((shares * states).sum(dim=1))
