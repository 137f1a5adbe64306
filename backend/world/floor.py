"""Gravity and the floor in the camera, from standing feet and upright bodies."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from ..motion.rotations import axis_angle_to_matrix
from .contacts import phases

# People hold cameras level, less so in pitch: standard deviations in radians.
_ROLL, _PITCH = np.radians(4.0), np.radians(15.0)
_STANDING = np.radians(8.0)  # of one second of a standing body's own up
_STANDING_SECONDS = 1.0  # frames closer than this repeat the same error
_MOST_SECONDS = 6.0  # more standing than this does not make its lean any truer
_ACROSS, _DEPTH = 0.02, 0.05  # of a standing foot: metres, and a share of its distance
_SHORTEST_PHASE = 0.1  # seconds


@dataclass(frozen=True)
class Floor:
    """The plane up . x = offset in camera coordinates; up is a unit vector."""

    up: np.ndarray  # (3,)
    offset: float  # metres


def find_floor(
    feet: np.ndarray, body_up: np.ndarray, standing: np.ndarray, timestamps: np.ndarray
) -> Floor:
    """feet (T,4,3) m, body_up (T,3) unit, NaN where it tells nothing,
    standing (T,4) bool: see contacts.FOOT_LANDMARKS.

    One robust fit of three kinds of evidence: cameras are held level, a body stands upright on
    average, and feet stand on one plane.
    """
    span = [
        (point, a, b)
        for point, a, b in phases(standing)
        if timestamps[b - 1] - timestamps[a] >= _SHORTEST_PHASE
    ]
    steps = np.array([np.median(feet[a:b, point], axis=0) for point, a, b in span]).reshape(-1, 3)
    upright = body_up[np.isfinite(body_up[:, 0])]
    if len(timestamps) > 1 and len(upright):
        seconds = len(upright) * np.median(np.diff(timestamps))
        weight = np.sqrt(min(max(seconds, 0.05) / _STANDING_SECONDS, _MOST_SECONDS))
    else:
        weight = 0.3 if len(upright) else 0.0
    lean = _geometric_median(upright) if len(upright) else np.array([0.0, -1.0, 0.0])

    def up_of(angles: np.ndarray) -> np.ndarray:
        return axis_angle_to_matrix(np.array([angles[0], 0.0, angles[1]])) @ [0.0, -1.0, 0.0]

    def residuals(unknown: np.ndarray) -> np.ndarray:
        up = up_of(unknown[:2])
        parts = [
            [unknown[0] / _PITCH, unknown[1] / _ROLL],
            np.cross(up, lean) / _STANDING * weight,
        ]
        if len(steps):
            ray = steps / np.linalg.norm(steps, axis=-1, keepdims=True)
            along = np.abs(ray @ up) * _DEPTH * steps[:, 2]
            parts.append((steps @ up - unknown[2]) / np.hypot(along, _ACROSS))
        return np.concatenate(parts)

    offset = float(np.median(steps @ [0.0, -1.0, 0.0])) if len(steps) else 0.0
    start = np.array([0.0, 0.0, offset])
    solved = least_squares(residuals, start, loss="soft_l1", x_scale=[0.1, 0.1, 1.0]).x
    up = up_of(solved[:2])
    heights = steps @ up if len(steps) else np.array([np.quantile(feet @ up, 0.05)])
    return Floor(up, float(np.median(heights)))


def _geometric_median(directions: np.ndarray) -> np.ndarray:
    """The unit vector with the smallest mean distance to unit vectors (N, 3) (Weiszfeld)."""
    centre = directions.mean(axis=0)
    for _ in range(20):
        weight = 1 / np.maximum(np.linalg.norm(directions - centre, axis=-1), 1e-3)
        centre = (directions * weight[:, None]).sum(axis=0) / weight.sum()
    return centre / np.linalg.norm(centre)
