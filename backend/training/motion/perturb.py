"""Slow wandering of a body's parts, inside what joints do."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from safetensors.numpy import load_file

from ...motion.rotations import (
    axis_angle_to_quaternion,
    multiply_quaternions,
    quaternion_to_axis_angle,
)
from ...motion.skeleton import JOINTS
from .config import Augmentation
from .plausible import TURN_LIMIT

_PRIOR = Path(__file__).parents[2] / "weights" / "pose_prior.safetensors"


class _Part(NamedTuple):
    """Joints that are perturbed together."""

    joint: str  # as named on either side, or the start of its name
    scale: tuple[float, float, float]  # of the perturbation about the joint's own x, y and z
    margin: float  # degrees by which the training data's limits are widened
    leg: bool = False


# CMU hardly moves wrists, ankles, toes, neck and head, so its percentiles are narrower than people.
# Three joints of the spine add up, so each moves less. Knees and toes are hinges about x, elbows
# about y with the forearm's twist about x. The hands' own joints were never captured.
_PARTS = (
    _Part("spine", (0.5, 0.5, 0.5), 3.0),
    _Part("neck", (0.8, 0.8, 0.8), 15.0),
    _Part("head", (0.8, 0.8, 0.8), 15.0),
    _Part("collar", (0.4, 0.4, 0.4), 3.0),
    _Part("shoulder", (1.0, 1.0, 1.0), 5.0),
    _Part("elbow", (0.7, 1.0, 0.4), 3.0),
    _Part("wrist", (1.0, 1.0, 1.0), 20.0),
    _Part("hip", (0.8, 0.8, 0.8), 5.0, leg=True),
    _Part("knee", (0.8, 0.1, 0.1), 3.0, leg=True),
    _Part("ankle", (1.0, 0.6, 0.6), 12.0, leg=True),
    _Part("foot", (0.8, 0.1, 0.1), 10.0, leg=True),
    _Part("hand", (0.0, 0.0, 0.0), 0.0),
)
_PART = np.array(
    [
        next(i for i, part in enumerate(_PARTS) if name.split("_")[-1].startswith(part.joint))
        for name in JOINTS[1:]
    ]
)  # (23,) of each joint below the root
_LEGS = np.array([part.leg for part in _PARTS])
_SCALE = np.array([part.scale for part in _PARTS])[_PART]
_MARGIN = np.radians([part.margin for part in _PARTS])[_PART, None]
_WAVES = 3  # sines that make up the wandering of one number
_TURNABLE = np.radians(160)  # past it an axis-angle may flip its axis, and limits mean nothing


def perturbed(
    rng: np.random.Generator, poses: np.ndarray, fps: float, config: Augmentation
) -> np.ndarray:
    """poses (T, 24, 3) with a slow wandering and a constant offset of the parts chance picks."""
    parts = len(_PARTS)
    on = rng.random(parts) < config.perturb_part
    spread = np.radians(rng.uniform(*config.perturb_spread, parts)) * on
    if rng.random() >= config.perturb_legs:
        spread[_LEGS] = 0
    offset = np.radians(config.perturb_offset) * on
    shape = (23, 3, _WAVES)
    rate = np.exp(rng.uniform(*np.log(config.perturb_hertz), shape))
    phase = rng.uniform(0, 2 * np.pi, shape)
    height = rng.normal(0, np.sqrt(2 / _WAVES), shape)  # a sine's variance is half its square
    time = np.arange(len(poses)) / fps
    angle = 2 * np.pi * rate * time[:, None, None, None] + phase
    # Single precision halves the time of a window's 13 000 sines.
    waves = np.einsum("tjaw,jaw->tja", np.sin(angle.astype(np.float32)), height)
    noise = waves * spread[_PART][:, None]
    noise += rng.normal(size=(23, 3)) * offset[_PART][:, None]
    turns = multiply_quaternions(
        axis_angle_to_quaternion(poses[:, 1:]),
        axis_angle_to_quaternion((noise * _SCALE).astype(np.float32)),
    )
    return np.concatenate([poses[:, :1], quaternion_to_axis_angle(turns)], axis=1)


def limited(poses: np.ndarray, unchanged: np.ndarray) -> np.ndarray:
    """poses (T, 24, 3) inside what joints do, or as far out as they already were."""
    lower, upper = _limits()
    joints, original = poses[:, 1:], unchanged[:, 1:]
    kept = np.clip(joints, np.minimum(lower, original), np.maximum(upper, original))
    widest = np.maximum(np.linalg.norm(joints, axis=-1), np.linalg.norm(original, axis=-1))
    turnable = (widest.max(axis=0) < _TURNABLE)[:, None]
    return np.concatenate([poses[:, :1], np.where(turnable, kept, original)], axis=1)


@cache
def _limits():
    """(23, 3) lower and upper limits of axis-angles, radians."""
    prior = load_file(_PRIOR)
    most = TURN_LIMIT[1:, None]
    lower = np.maximum(prior["lower"].reshape(23, 3) - _MARGIN, -most)
    upper = np.minimum(prior["upper"].reshape(23, 3) + _MARGIN, most)
    return lower.astype(np.float32), upper.astype(np.float32)
