"""The camera that looks straight at the person: what the network sees and answers in.

A crop network knows nothing of where in the picture a person stands, nor how large. So every window
is turned into the picture of a camera at the same place that looks at the person's middle, and
divided by the person's size in it: one network for every lens and every corner of the frame.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from ...motion.skeleton import LANDMARK
from .config import CanonicalConfig

_TORSO = [LANDMARK[name] for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]
# What spans a person: without hands and face, which are near their neighbours.
_SPAN = _TORSO + [
    LANDMARK[f"{side}_{part}"]
    for part in ("elbow", "wrist", "knee", "ankle")
    for side in ("left", "right")
]


@dataclass(frozen=True)
class Canonical:
    """B windows of T frames."""

    points: Tensor  # (B, T, 33, 2) landmarks, 1 is about half a person
    turn: Tensor  # (B, T, 3, 3) from the camera's axes to those of the camera at the person
    centre: Tensor  # (B, T, 2) slopes of the ray to the person
    size: Tensor  # (B,) what `points` were divided by, in slopes of rays


def canonical(
    rays: Tensor, seen: Tensor, times: Tensor, config: CanonicalConfig | None = None
) -> Canonical:
    """rays (B, T, 33, 2): x / z and y / z of the landmarks; seen (B, T) bool; times (B, T) s.

    Frames that are not seen take the direction of their neighbours.
    """
    config = config or CanonicalConfig()
    assert rays.shape[-2:] == (33, 2) and seen.shape == times.shape == rays.shape[:2]
    middle = rays[:, :, _TORSO].mean(dim=2)
    apart = (times[:, :, None] - times[:, None, :]) / config.steadiness
    # A trace of weight at any distance: a gap is bridged, however long.
    weight = (torch.exp(-0.5 * apart**2) + 1e-6 / (1 + apart**2)) * seen[:, None, :]
    weight = weight / weight.sum(dim=-1, keepdim=True).clamp(min=1e-20)
    centre = weight @ middle
    turn = turn_towards(centre)
    points = project(turn, rays)
    spread = points[:, :, _SPAN].square().sum(dim=-1).mean(dim=-1)
    counted = seen.to(rays.dtype)
    size = (spread * counted).sum(dim=-1) / counted.sum(dim=-1).clamp(min=1)
    size = size.sqrt().clamp(min=config.least_spread)
    return Canonical(points / size[:, None, None, None], turn, centre, size)


def turn_towards(centre: Tensor) -> Tensor:
    """(..., 2) slopes of a ray -> (..., 3, 3) the shortest turn that makes it the z axis."""
    x, y = centre.unbind(dim=-1)
    length = torch.sqrt(1 + x**2 + y**2)
    a, b, c = x / length, y / length, 1 / length
    k = 1 / (1 + c)
    rows = [
        torch.stack([1 - k * a * a, -k * a * b, -a], dim=-1),
        torch.stack([-k * a * b, 1 - k * b * b, -b], dim=-1),
        torch.stack([a, b, c], dim=-1),
    ]
    return torch.stack(rows, dim=-2)


def project(turn: Tensor, rays: Tensor) -> Tensor:
    """Rays (B, T, N, 2) of one camera as rays of the camera turned by (B, T, 3, 3)."""
    ahead = torch.cat([rays, torch.ones_like(rays[..., :1])], dim=-1)
    turned = ahead @ turn.transpose(-1, -2)
    # A wild landmark beyond the edge of the turned view stays beside it.
    return turned[..., :2] / turned[..., 2:].clamp(min=0.2)
