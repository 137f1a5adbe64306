"""When a foot carries: its sole stands still, close to the floor."""

import numpy as np

STILL = 0.01 * 30  # m/s
NEAR = 0.05  # metres over the floor


def contacts(points: np.ndarray, fps: float) -> np.ndarray:
    """(N, 4) bool for points (N, 4, 3) of the soles, metres, floor at y = 0."""
    speed = np.linalg.norm(np.gradient(points, axis=0), axis=-1) * fps
    return (speed < STILL) & (points[..., 1] < NEAR)
