"""What the motion is like: accelerations, jitter, lag, how much of the swing is left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfiltfilt

from ...motion.skeleton import LIMB_JOINTS
from .positions import centred
from .sequences import FPS, pooled

AMPLITUDE_CUTOFF = 6.0  # Hz: human limbs hardly move faster, noise does
_STILL = 1e-9  # metres or degrees: less is rounding, and follows nothing
_NOTHING = _STILL**2
AMPLITUDE_RANGE = 15.0  # degrees: below, the truth's own noise is the motion


def accelerations(
    joints: np.ndarray, selected: Sequence[int] = LIMB_JOINTS, fps: float = FPS
) -> np.ndarray:
    """(T-2, J, 3) m/s^2 of the joints centred on the hips."""
    points = centred(joints)[:, list(selected)]
    return (points[:-2] - 2 * points[1:-1] + points[2:]) * fps**2


def acceleration_errors(
    predicted: np.ndarray,
    true: np.ndarray,
    joints: Sequence[int] = LIMB_JOINTS,
    fps: float = FPS,
) -> np.ndarray:
    """(T-2, J) m/s^2. VIBE prints mm a frame^2: at 30 fps, m/s^2 = 0.9 times that."""
    difference = accelerations(predicted, joints, fps) - accelerations(true, joints, fps)
    return np.linalg.norm(difference, axis=-1)


def relative_acceleration(
    errors: np.ndarray | Iterable[np.ndarray], true: np.ndarray | Iterable[np.ndarray]
) -> float:
    """Pooled `acceleration_errors` over the pooled size of the truth's `accelerations`.

    A pose that does not move scores 1.
    """
    arrays = [true] if isinstance(true, np.ndarray) else true
    return pooled(errors) / pooled(np.linalg.norm(array, axis=-1) for array in arrays)


def jitter(
    joints: np.ndarray, selected: Sequence[int] = LIMB_JOINTS, fps: float = FPS
) -> np.ndarray:
    """(T-3, J) in 10 m/s^3: third difference of the joints (T, 24, 3) in the world."""
    points = joints[:, list(selected)]
    third = points[3:] - 3 * points[2:-1] + 3 * points[1:-2] - points[:-3]
    return np.linalg.norm(third, axis=-1) * fps**3 / 10


def lag(predicted: np.ndarray, true: np.ndarray, most: int = 15) -> int:
    """Frames by which predicted (T, K) follows true (T, K): the shift of best correlation.

    Positive is late. `most` frames are tried either way; at least half the frames must overlap.
    """
    most = min(most, len(true) // 2)
    if min(np.ptp(predicted, axis=0).max(), np.ptp(true, axis=0).max()) < _STILL:
        return 0

    def correlation(shift):
        a, b = _shifted(predicted, true, shift)
        a, b = a - a.mean(axis=0), b - b.mean(axis=0)
        return (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum() + _NOTHING)

    # Of equal ones, the smallest shift.
    return max(sorted(range(-most, most + 1), key=abs), key=correlation)


def _shifted(predicted, true, shift):
    if shift >= 0:
        return predicted[shift:], true[: len(true) - shift]
    return predicted[:shift], true[-shift:]


@dataclass(frozen=True)
class Amplitude:
    """Of each joint angle that moves enough (K of them)."""

    slope: np.ndarray  # (K,) of the regression of prediction on truth: 1 is right
    correlation: np.ndarray  # (K,)
    lag: int  # frames, removed before


def amplitude(predicted: np.ndarray, true: np.ndarray, fps: float = FPS) -> Amplitude:
    """How much of the true swing is left, for angles (T, K) in degrees.

    They are `limb_angles`, which positions alone give, or `joint_angles`. Both are low-passed at
    6 Hz and their lag is removed; angles whose true range is at most 15 degrees are left out.
    """
    sections = butter(2, AMPLITUDE_CUTOFF, fs=fps, output="sos")
    pad = min(15, len(true) - 1)
    smooth_true = sosfiltfilt(sections, true, axis=0, padlen=pad)
    moving = np.ptp(smooth_true, axis=0) > AMPLITUDE_RANGE
    a = sosfiltfilt(sections, predicted[:, moving], axis=0, padlen=pad)
    b = smooth_true[:, moving]
    if not moving.any():
        return Amplitude(np.empty(0), np.empty(0), 0)
    shift = lag(a, b)
    a, b = _shifted(a, b, shift)
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    products = (a * b).sum(axis=0)
    squares = (b * b).sum(axis=0)
    return Amplitude(
        slope=products / squares,
        correlation=products / np.sqrt(squares * (a * a).sum(axis=0) + _NOTHING),
        lag=shift,
    )
