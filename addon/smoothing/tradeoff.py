"""What a setting takes off the jitter, and what off the swing; numpy only."""

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np

from ...backend.motion.kinematics import forward_kinematics
from ...backend.motion.skeleton import LIMB_JOINTS
from ...backend.motion.smoothing import SmoothingSettings, smooth
from ..scene.stored_motion import StoredMotion

# The cut-offs that the curve runs through, as factors of the present one.
_FACTORS = 2.0 ** np.arange(-3, 4)
_LEAST = 1e-9  # metres or m/s^3: less is no motion to compare with


@dataclass(frozen=True)
class Tradeoff:
    """Shares of the unsmoothed motion's that are left, for the cut-offs around the present one."""

    swing: np.ndarray  # (K,) slope of the smoothed limb joints on the unsmoothed ones
    jitter: np.ndarray  # (K,) mean third derivative of the limb joints
    now: int  # the present setting's index


def tradeoff(
    kept: StoredMotion, settings: SmoothingSettings, span: slice
) -> Generator[None, None, Tradeoff]:
    """Measure the frames of span, at least four, one setting a step. Feet are not locked here."""
    poses, trans, timestamps = (array[span] for array in kept.motion)

    def limbs(motion):
        # About the pelvis: a long way over the ground would hide what becomes of the arms.
        joints, _ = forward_kinematics(motion[0], kept.arrays["rest"], np.zeros_like(motion[1]))
        return joints[:, LIMB_JOINTS]

    before = limbs((poses, trans))
    swings, jitters = [], []
    for factor in _FACTORS:
        yield
        tried = replace(settings, min_cutoff=settings.min_cutoff * factor)
        after = limbs(smooth(poses, trans, timestamps, tried))
        swings.append(_slope(after, before))
        jitters.append(_jitter(after) / max(_jitter(before), _LEAST))
    return Tradeoff(np.array(swings), np.array(jitters), int(np.argmin(np.abs(_FACTORS - 1))))


def _slope(after: np.ndarray, before: np.ndarray) -> float:
    a, b = after - after.mean(axis=0), before - before.mean(axis=0)
    return float((a * b).sum() / max((b * b).sum(), _LEAST))


def _jitter(points: np.ndarray) -> float:
    """Mean size of the third difference, per frame^3: only ratios are used."""
    third = points[3:] - 3 * points[2:-1] + 3 * points[1:-2] - points[:-3]
    return float(np.linalg.norm(third, axis=-1).mean())
