"""Detector faults for training: what BlazePose gets wrong on real video, made on purpose.

Rendered pairs hold its everyday errors, larger than on real video; `faulty` adds the rare ones that
ruin a clip.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch

from ..body.torch_body import TorchBody
from ..estimators.onetake.network import from_hips
from ..motion.rotations import axis_angle_to_matrix
from ..motion.skeleton import LANDMARK
from .losses import posed
from .windows import Windows

_LEG = ("knee", "ankle", "heel", "foot_index")
_ARM = ("elbow", "wrist", "pinky", "index", "thumb")


def _chain(side: str, parts: tuple[str, ...]) -> list[int]:
    return [LANDMARK[f"{side}_{part}"] for part in parts]


# Left and right of what is taken for each other, or lost as a whole.
_PAIRS = [
    (_chain("left", parts), _chain("right", parts))
    for parts in (("hip", *_LEG), _LEG, ("shoulder", *_ARM), _ARM)
]
_CHAINS = [chain for pair in _PAIRS for chain in pair]
_TORSO = [LANDMARK[f"{side}_{part}"] for part in ("shoulder", "hip") for side in ("left", "right")]
_NEAREST = 0.2  # metres before the camera
_BELOW_HIPS = _chain("left", _LEG) + _chain("right", _LEG)


@dataclass(frozen=True)
class FaultRates:
    """Chance of each fault in a window, and sizes."""

    swap: float = 0.15  # left and right of the legs, or of the arms, for a few frames
    lost_limb: float = 0.15  # a limb made up: it stays where it was, with low visibility
    wild_limb: float = 0.1  # a limb thrown about
    jump: float = 0.1  # a frame in which everything is wrong
    gap: float = 0.15  # frames without a sighting
    cut: float = 0.05  # legs never seen: a person cut by the frame
    noise: float = 0.012  # of the person's size: white noise on landmarks
    world_noise: float = 0.006  # metres
    world_dropout: float = 0.05  # windows whose world landmarks say nothing


def softened(
    windows: Windows, body: TorchBody, rng: np.random.Generator, least_2d: float, least_3d: float
) -> Windows:
    """The same windows with only a share of BlazePose's errors, one for each window.

    The shares are drawn between the least and 1, in the picture and of the world landmarks.
    """
    shape = (len(windows), 1, 1, 1)
    share, share_3d = (rng.uniform(least, 1, shape) for least in (least_2d, least_3d))
    return with_share(windows, body, share, share_3d)


def with_share(
    windows: Windows, body: TorchBody, share: np.ndarray | float, share_3d: np.ndarray | float
) -> Windows:
    """The same windows with these shares, numbers or (B, 1, 1, 1), of BlazePose's errors: in the
    picture and of the world landmarks.
    """
    rotations = torch.as_tensor(axis_angle_to_matrix(windows.poses)).float()
    with torch.no_grad():
        origin = torch.zeros(windows.trans.shape)
        there = posed(body, rotations, torch.as_tensor(windows.betas), origin)["landmarks"]
    landmarks, world = there.numpy(), from_hips(there).numpy()
    placed = landmarks + windows.trans[:, :, None]
    rays = placed[..., :2] / np.maximum(placed[..., 2:], _NEAREST)
    return replace(
        windows,
        rays=(rays + share * (windows.rays - rays)).astype(np.float32),
        world=(world + share_3d * (windows.world - world)).astype(np.float32),
    )


def faulty(windows: Windows, rng: np.random.Generator, rates: FaultRates | None = None) -> Windows:
    """The same windows with faults; the truth stays."""
    rates = rates or FaultRates()
    rays, world = windows.rays.copy(), windows.world.copy()
    visibility, seen = windows.visibility.copy(), windows.seen.copy()
    count, frames = seen.shape
    torso = rays[:, :, _TORSO].mean(axis=2, keepdims=True)
    size = np.sqrt(np.mean(np.sum((rays - torso) ** 2, axis=-1), axis=(1, 2)))
    strength = rng.uniform(0, 1, (count, 1, 1, 1)) ** 2
    rays += rng.normal(size=rays.shape) * rates.noise * strength * size[:, None, None, None]
    world += rng.normal(size=world.shape) * rates.world_noise * strength

    def span(longest: int) -> slice:
        length = int(rng.integers(1, max(2, min(longest, frames // 2))))
        start = int(rng.integers(0, frames - length + 1))
        return slice(start, start + length)

    for b in range(count):
        _spoil(rays[b], world[b], visibility[b], seen[b], float(size[b]), span, rng, rates)
    seen[~seen.any(axis=1), 0] = True  # a window without any sighting is no window
    return replace(windows, rays=rays, world=world, visibility=visibility, seen=seen)


def _spoil(rays, world, visibility, seen, size, span, rng, rates) -> None:
    """Faults of one window, in place: (T, 33, 2), (T, 33, 3), (T, 33), (T,)."""
    frames = len(seen)
    chance = rng.random(7)
    chain = _CHAINS[rng.integers(len(_CHAINS))]
    if chance[0] < rates.swap:
        left, right = _PAIRS[rng.integers(len(_PAIRS))]
        t = span(8)
        for array in (rays, world, visibility):
            array[t, left + right] = array[t, right + left]
    if chance[1] < rates.lost_limb:
        t = span(frames)
        rays[t, chain] = rays[t.start, chain] + rng.normal(size=2) * 0.2 * size
        world[t, chain] = world[t.start, chain]
        visibility[t, chain] *= rng.uniform(0, 0.6)
    if chance[2] < rates.wild_limb:
        t = span(5)
        rays[t, chain] += rng.normal(size=2) * 0.4 * size
        world[t, chain] += rng.normal(size=3) * 0.15
        visibility[t, chain] *= rng.uniform(0.2, 1)
    if chance[3] < rates.jump:
        t = span(3)
        rays[t] += rng.normal(size=(33, 2)) * 0.5 * size
        world[t] += rng.normal(size=(33, 3)) * 0.2
        visibility[t] *= rng.uniform(0.2, 1)
    if chance[4] < rates.gap and frames > 1:
        t = span(max(2, frames // 3))
        before = max(t.start - 1, 0)
        seen[t], visibility[t] = False, 0
        rays[t], world[t] = rays[before], world[before]
    if chance[5] < rates.cut:
        rays[:, _BELOW_HIPS] += rng.normal(size=2) * 0.3 * size
        visibility[:, _BELOW_HIPS] *= rng.uniform(0, 0.3)
    if chance[6] < rates.world_dropout:
        world[:] = 0
