"""Where a posed body stands in the camera, from where its landmarks are in the picture."""

import numpy as np
from scipy.linalg import solveh_banded

_OUTLIER = 3.0  # times what a landmark is thought to be off
_ROUNDS = 4  # of reweighting
_DEPTH = 0.3  # of the network's own guess of the distance, as a share of it
_VELOCITY = 0.25  # m/s, of the network's root velocity


def place_root(
    landmarks: np.ndarray,
    rays: np.ndarray,
    spread: np.ndarray,
    guess: np.ndarray,
    velocity: np.ndarray,
    timestamps: np.ndarray,
    velocity_spread: float = _VELOCITY,
) -> np.ndarray:
    """Pelvis (T, 3) in the camera, metres.

    landmarks (T, 33, 3) about the pelvis, camera axes; rays (T, 33, 2) where they were seen; spread
    (T, 33) m that they may be off, infinite where not seen; guess (T, 3) and velocity (T, 3) m/s
    of the network, which may be off by velocity_spread m/s; timestamps (T,) s.
    Reprojection is linear in the translation, at a landmark's depth; the velocity ties frames:
    three unknowns a frame that touch their neighbours only, solved at once and reweighted.
    """
    trans = guess.astype(float).copy()
    frames = len(trans)
    step = np.maximum(np.diff(timestamps), 1e-3)
    for _ in range(_ROUNDS):
        placed = landmarks + trans[:, None]
        depth = np.maximum(placed[..., 2], 0.2)
        # Residual in metres across the view: x - ray_x z, y - ray_y z.
        wanted = rays * landmarks[..., 2:] - landmarks[..., :2]
        off = trans[:, None, :2] - rays * trans[:, None, 2:] - wanted
        weight = 1 / (spread**2 + (off**2).sum(axis=-1) / _OUTLIER**2)
        # A landmark that is nearer tells more of the place across the view.
        weight = weight * (trans[:, None, 2] / depth) ** 2
        blocks, right = _normal_equations(rays, wanted, weight)
        loose = 1 / (_DEPTH * np.maximum(guess[:, 2], 0.2)) ** 2
        blocks += loose[:, None, None] * np.eye(3)
        right += loose[:, None] * guess
        trans = (
            _tied(blocks, right, velocity, step, velocity_spread)
            if frames > 1
            else _alone(blocks, right)
        )
    return trans


def _normal_equations(rays, wanted, weight):
    """(T, 3, 3) and (T, 3) of every frame by itself."""
    total = weight.sum(axis=1)
    mean = (weight[..., None] * rays).sum(axis=1)
    blocks = np.zeros((len(rays), 3, 3))
    blocks[:, 0, 0] = blocks[:, 1, 1] = total
    blocks[:, :2, 2] = blocks[:, 2, :2] = -mean
    blocks[:, 2, 2] = (weight * (rays**2).sum(axis=-1)).sum(axis=1)
    right = np.empty((len(rays), 3))
    right[:, :2] = (weight[..., None] * wanted).sum(axis=1)
    right[:, 2] = -(weight[..., None] * rays * wanted).sum(axis=(1, 2))
    return blocks, right


def _alone(blocks, right):
    return np.linalg.solve(blocks, right[..., None])[..., 0]


def _tied(blocks, right, velocity, step, velocity_spread):
    """With (T - 1) differences drawn to the velocity between their frames."""
    frames = len(blocks)
    firm = 1 / (velocity_spread * step) ** 2
    moved = 0.5 * (velocity[1:] + velocity[:-1]) * step[:, None]
    right = right.copy()
    right[1:] += firm[:, None] * moved
    right[:-1] -= firm[:, None] * moved
    diagonal = np.zeros(frames)
    diagonal[1:] += firm
    diagonal[:-1] += firm
    blocks = blocks + diagonal[:, None, None] * np.eye(3)
    band = np.zeros((4, frames, 3))
    for row in range(3):
        for column in range(row + 1):
            band[row - column, :, column] += blocks[:, row, column]
    band[3, :-1] -= firm[:, None]
    return solveh_banded(band.reshape(4, -1), right.ravel(), lower=True).reshape(frames, 3)
