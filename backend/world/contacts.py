"""Which feet stand still, seen in the picture rather than in the noisy depth."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ..motion.skeleton import LANDMARK

# left heel, left toe, right heel, right toe: the take's order.
FOOT_LANDMARKS = np.array(
    [LANDMARK[n] for n in ("left_heel", "left_foot_index", "right_heel", "right_foot_index")]
)
_SMOOTH_SECONDS = 0.05  # of the path before its speed is measured
_STILL, _STILL_SPREAD = 0.35, 0.08  # m/s at which a foot is as likely standing as not; slope
_HIGH, _HIGH_SPREAD = 0.12, 0.03  # m above the floor at which it can no longer stand on it


def still_probability(feet: np.ndarray, timestamps: np.ndarray) -> np.ndarray:
    """feet (T, 4, 3) in the camera, metres -> (T, 4) probability of not moving.

    Only motion across the view counts: depth moves by more than feet do.
    """
    if len(feet) < 2:
        return np.ones((len(feet), 4))
    depth = np.median(feet[..., 2], axis=1)[:, None, None]
    across = feet[..., :2] / np.maximum(feet[..., 2:], 0.1) * depth
    step = np.median(np.diff(timestamps))
    if len(feet) > 3:
        across = gaussian_filter1d(across, _SMOOTH_SECONDS / max(step, 1e-3), axis=0)
    # The scale itself must not move a foot: differences at one depth.
    velocity = np.gradient(across / depth, timestamps, axis=0) * depth
    speed = np.linalg.norm(velocity, axis=-1)
    return 1 / (1 + np.exp((speed - _STILL) / _STILL_SPREAD))


def near_floor_probability(height: np.ndarray) -> np.ndarray:
    """height (T, 4) of the feet's points above the floor, metres -> (T, 4)."""
    return 1 / (1 + np.exp((height - _HIGH) / _HIGH_SPREAD))


def phases(standing: np.ndarray) -> list[tuple[int, int, int]]:
    """(T, 4) bool -> (foot point, first frame, one past the last) of every contact."""
    found = []
    for point in range(standing.shape[1]):
        padded = np.concatenate([[False], standing[:, point], [False]]).astype(int)
        edges = np.flatnonzero(np.diff(padded))
        found += [(point, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return found
