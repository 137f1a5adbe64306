"""Residual blocks of dense layers (Martinez et al. 2017, "A simple yet effective baseline for 3d
human pose estimation"): the regressor of 001, and the network of 004.
"""

from torch import Tensor, nn


class ResidualBlocks(nn.Module):
    """A dense layer to `width`, residual blocks of two dense layers each, a dense layer out.

    Every layer but the last with batch norm, ReLU and dropout.
    """

    def __init__(
        self, inputs: int, outputs: int, *, width: int, blocks: int, dropout: float
    ) -> None:
        super().__init__()
        self.first = _dense(inputs, width, dropout)
        self.blocks = nn.ModuleList(
            nn.Sequential(_dense(width, width, dropout), _dense(width, width, dropout))
            for _ in range(blocks)
        )
        self.last = nn.Linear(width, outputs)
        # It starts near the mean: made-up differences over time would be all that 004 first learns
        # from.
        nn.init.xavier_uniform_(self.last.weight, gain=0.01)
        nn.init.zeros_(self.last.bias)

    def forward(self, x: Tensor) -> Tensor:
        """x (..., inputs) -> (..., outputs); all that is before the last axis is one batch."""
        x = self.first(x)
        for block in self.blocks:
            x = x + block(x)
        return self.last(x)


def _dense(inputs: int, outputs: int, dropout: float) -> nn.Module:
    return nn.Sequential(nn.Linear(inputs, outputs), _Norm(outputs), nn.ReLU(), nn.Dropout(dropout))


class _Norm(nn.BatchNorm1d):
    """Batch norm over all axes but the last."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.flatten(0, -2)).view_as(x)
