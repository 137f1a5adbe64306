"""Sequences at one frame rate, and means over many of them."""

from collections.abc import Iterable

import numpy as np

from ...motion.rotations import (
    axis_angle_to_quaternion,
    conjugate,
    multiply_quaternions,
    quaternion_to_axis_angle,
)

FPS = 30.0


def pooled(samples: np.ndarray | Iterable[np.ndarray]) -> float:
    """The mean over every known sample of one or several sequences."""
    arrays = [samples] if isinstance(samples, np.ndarray) else list(samples)
    return float(np.nanmean(np.concatenate([np.ravel(array) for array in arrays])))


def frame_times(*timestamps: np.ndarray, fps: float = FPS) -> np.ndarray:
    """Times (N,) s, 1/fps apart, within all the given (T,) timestamps."""
    start = max(float(times[0]) for times in timestamps)
    end = min(float(times[-1]) for times in timestamps)
    # A millisecond of grace: container time bases round.
    return start + np.arange(int((end - start + 1e-3) * fps) + 1) / fps


def _neighbours(timestamps, times):
    right = np.clip(np.searchsorted(timestamps, times), 1, len(timestamps) - 1)
    left = right - 1
    share = (times - timestamps[left]) / (timestamps[right] - timestamps[left])
    return left, right, np.clip(share, 0, 1)


def resample(values: np.ndarray, timestamps: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(T, ...) at timestamps (T,) -> (N, ...) at times (N,), linearly."""
    if len(values) == 1:
        return np.repeat(values, len(times), axis=0)
    left, right, share = _neighbours(timestamps, times)
    share = share.reshape(-1, *[1] * (values.ndim - 1))
    mixed = values[left] * (1 - share) + values[right] * share
    # An unknown neighbour that has no weight does not make a known sample unknown.
    return np.where(share == 0, values[left], np.where(share == 1, values[right], mixed))


def resample_poses(poses: np.ndarray, timestamps: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Axis-angle (T, J, 3) at timestamps (T,) -> (N, J, 3) at times (N,), along great circles."""
    if len(poses) == 1:
        return np.repeat(poses, len(times), axis=0)
    left, right, share = _neighbours(timestamps, times)
    quaternions = axis_angle_to_quaternion(np.asarray(poses, float))
    step = multiply_quaternions(conjugate(quaternions[left]), quaternions[right])
    part = axis_angle_to_quaternion(quaternion_to_axis_angle(step) * share[:, None, None])
    return quaternion_to_axis_angle(multiply_quaternions(quaternions[left], part))
