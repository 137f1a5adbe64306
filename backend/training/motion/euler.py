"""Rotations about one axis after another, as motion files name them."""

import numpy as np


def euler_to_matrix(axes: str, angles: np.ndarray) -> np.ndarray:
    """R(axes[0]) R(axes[1]) ... of angles (..., len(axes)), radians: (..., 3, 3).

    axes: letters of "xyz", the outermost turn first (each turns about axes that those before it
    turned).
    """
    assert angles.shape[-1] == len(axes), f"{angles.shape[-1]} angles about {len(axes)} axes"
    total = np.broadcast_to(np.eye(3), (*angles.shape[:-1], 3, 3))
    for axis, angle in zip(axes, np.moveaxis(angles, -1, 0), strict=True):
        total = total @ _about(axis, angle)
    return total


def _about(axis, angle):
    index = "xyz".index(axis)
    a, b = (index + 1) % 3, (index + 2) % 3
    turn = np.zeros((*angle.shape, 3, 3))
    turn[..., index, index] = 1
    turn[..., a, a] = turn[..., b, b] = np.cos(angle)
    turn[..., b, a] = np.sin(angle)
    turn[..., a, b] = -np.sin(angle)
    return turn
