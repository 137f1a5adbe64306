"""`multimodal_depth`: Zhou et al., "Adversarial 3D human pose estimation via multimodal depth
supervision".

Depth is told in two ways from the picture, as a number for each 2D joint and as forward or
backward for each bone; both help a regressor that lifts the 2D joints. The paper's two
convolutional branches are dense here, on the features of BlazePose's landmark network and on what
that reports. Single frames.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ...people.blazepose_steps import WHOLE_FEATURES
from .. import weights as weights_on_disk
from .observed import FrameInputs, Observed, Standard, from_settings
from .points import POINTS, PointEstimator, Points, points_of
from .residual import ResidualBlocks

WEIGHTS = weights_on_disk.FOLDER / "multimodal_depth.safetensors"
BONES, KINDS = 14, 3  # of FBI: forward, backward, about parallel to the picture


@dataclass(frozen=True)
class Config:
    """The paper names no sizes: those of Martinez et al., whose regressor it takes."""

    width: int = 1024
    blocks: int = 2
    dropout: float = 0.5
    branch_width: int = 1024
    branch_blocks: int = 1  # of each branch, after BlazePose's convolutions
    coarse: bool = True  # explicit depth: the coarse 3D pose
    directions: bool = True  # implicit depth: forward or backward, FBI


@dataclass(frozen=True)
class Answer(Points):
    """With what the branches say; None of one that is not there."""

    depth: Tensor | None  # (B, T, 33) of each 2D joint behind the pelvis, canonical units
    directions: Tensor | None  # (B, T, 14, 3) FBI, logits


class Network(nn.Module):
    """Observed -> Answer."""

    window = 1

    def __init__(self, config: Config, whole: int = WHOLE_FEATURES) -> None:
        super().__init__()
        self.config = config
        self.flat, self.points = Standard(33 * 2), Standard(POINTS * 3)
        inputs = 33 * 2
        if config.coarse or config.directions:
            self.inputs = FrameInputs(whole)
        if config.coarse:
            self.depth = self._branch(33)
            inputs += 33
        if config.directions:
            self.directions = self._branch(BONES * KINDS)
            inputs += BONES * KINDS
        self.regressor = ResidualBlocks(
            inputs, POINTS * 3, width=config.width, blocks=config.blocks, dropout=config.dropout
        )
        # Steps of training: it says when the first phase is over, however often a run was stopped.
        self.register_buffer("taught", torch.zeros((), dtype=torch.long))

    def _branch(self, outputs: int) -> ResidualBlocks:
        config = self.config
        return ResidualBlocks(
            self.inputs.width, outputs, width=config.branch_width, blocks=config.branch_blocks,
            dropout=config.dropout,
        )  # fmt: skip

    def fit(self, typical: Observed, points: Tensor) -> None:
        """Means and deviations of a part of the training set; points (..., 57, 3) are its truth."""
        self.flat.fit(_flat(typical))
        self.points.fit(points.flatten(-2))
        if self.config.coarse or self.config.directions:
            self.inputs.standard.fit(self.inputs.raw(typical))

    def forward(self, given: Observed) -> Answer:
        """See Observed and Answer; every frame by itself."""
        told = [self.flat(_flat(given))]
        depth = directions = None
        # What the branches say goes on without a gradient: each has its own supervision, and the
        # regressor is the paper's second phase.
        if self.config.coarse:
            depth = self.depth(self.inputs(given))
            told.append(depth.detach())
        if self.config.directions:
            directions = self.directions(self.inputs(given)).unflatten(-1, (BONES, KINDS))
            told.append(directions.detach().softmax(dim=-1).flatten(-2))
        points = self.points.inverse(self.regressor(torch.cat(told, dim=-1)))
        points = points.unflatten(-1, (POINTS, 3))
        return Answer(points[..., :24, :], points[..., 24:, :], depth, directions)


def _flat(given: Observed) -> Tensor:
    """(B, T, 66) the 2D joints alone."""
    return given.points.clamp(-4, 4).flatten(2)


class Estimator(PointEstimator):
    """See Estimator. `weights` of another training run can be named."""

    def __init__(self, weights: Path = WEIGHTS, *, device: str = "cpu") -> None:
        network = weights_on_disk.load_network(
            weights, "multimodal_depth", from_settings(Network, Config)
        )
        super().__init__(network.to(device), points_of, device)

    @classmethod
    def of_quality(cls, quality: str, device: str, weights: Path | None = None) -> "Estimator":
        """The same for every quality."""
        return cls(weights or WEIGHTS, device=device)
