"""The crop that BlazePose looked at: where a body of the canonical view lies in it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ...estimators.onetake.canonical import turn_towards
from ...estimators.papers.observed import Observed
from ...people.blazepose_steps import LANDMARK_CELLS

_NEAREST = 0.2  # metres: what a wild guess puts behind the camera stays before it


@dataclass(frozen=True)
class Crop:
    """Of B frames, their crops of 256 x 256 pixels: the picture of 003's losses."""

    back: Tensor  # (B, 3, 3) from the canonical view's axes to the camera's
    region: Tensor  # (B, 4) centre's ray x, y; side in rays; angle in radians

    @classmethod
    def of(cls, given: Observed, region: Tensor) -> "Crop":
        """given: B windows of T frames that were neither rolled nor seen through another lens;
        region: (B, T, 4). All frames of all windows, one after another.
        """
        turn = turn_towards(given.centre).flatten(0, 1)
        return cls(turn.transpose(-1, -2), region.flatten(0, 1))

    def __call__(self, points: Tensor) -> Tensor:
        """Points (B, N, 3), metres in the canonical view -> (B, N, 2) pixels, whole numbers at
        their centres.
        """
        assert points.dim() == 3 and len(points) == len(self.region)
        points = points @ self.back.transpose(-1, -2)
        rays = points[..., :2] / points[..., 2:].clamp(min=_NEAREST)
        centre, side, angle = self.region[:, None, :2], self.region[:, 2], self.region[:, 3]
        c, s = angle.cos(), angle.sin()
        # people.detector.Region.to_picture the other way round: the crop's axes are turned by the
        # angle, clockwise on screen.
        upright = torch.stack([torch.stack([c, s], -1), torch.stack([-s, c], -1)], dim=-2)
        across = (rays - centre) @ upright.transpose(-1, -2) / side[:, None, None]
        return (across + 0.5) * LANDMARK_CELLS - 0.5
