"""The root's path: what the camera saw, made steady by the feet that stand."""

import numpy as np
from scipy.linalg import solveh_banded

# Metres that the path may leave the fit by, across the ray and along it.
_ACROSS, _ALONG = 0.007, 0.20
# m/s that a standing foot may slide, across the ray and along it. What slides in the picture is the
# fault of a leg, and the foot lock mends it there; depth is the whole body's.
_SLIDE_ACROSS, _SLIDE_ALONG = 0.6, 0.4
_HEIGHT = 0.03  # metres of a standing foot off the floor
_ACCELERATION = 6.0  # m/s^2 of the correction


def steady_root(
    trans: np.ndarray,
    feet: np.ndarray,
    still: np.ndarray,
    contacts: np.ndarray,
    heights: np.ndarray,
    up: np.ndarray,
    timestamps: np.ndarray,
) -> np.ndarray:
    """A corrected trans (T, 3), camera axes, metres.

    trans (T,3); feet (T,4,3) that move with it; still and contacts (T,4), probabilities that a foot
    does not move and that it stands on the floor, whose up (3,) is; heights (T,4) of the feet
    above it; timestamps (T,).
    Least squares in the correction e(t): small across the ray, looser along it, feet that are
    still do not slide, feet on the floor do not leave it, and the correction itself moves
    smoothly. Three unknowns a frame that touch their neighbours only: one banded solve.
    """
    frames = len(trans)
    if frames < 3:
        return trans.copy()
    ray = trans / np.linalg.norm(trans, axis=-1, keepdims=True)
    along = ray[:, :, None] * ray[:, None, :]
    blocks = (np.eye(3) - along) / _ACROSS**2 + along / _ALONG**2
    weight = contacts / _HEIGHT**2
    blocks += weight.sum(axis=1)[:, None, None] * np.outer(up, up)
    right = -(weight * heights).sum(axis=1)[:, None] * up
    band = np.zeros((7, frames, 3))  # lower band, up to two frames (six rows) below the diagonal
    step = np.diff(timestamps)
    # Standing feet: (f + e) does not move from one frame to the next.
    both = np.sqrt(still[1:] * still[:-1])
    ties = (np.eye(3) - along[1:]) / _SLIDE_ACROSS**2 + along[1:] / _SLIDE_ALONG**2
    ties = ties / step[:, None, None] ** 2
    slides = (both[..., None] * np.diff(feet, axis=0)).sum(axis=1)
    pull = np.einsum("tab,tb->ta", ties, slides)
    ties = ties * both.sum(axis=1)[:, None, None]
    blocks[1:] += ties
    blocks[:-1] += ties
    right[1:] -= pull
    right[:-1] += pull
    diagonal = np.zeros(frames)
    # Acceleration of the correction on uneven steps.
    before, after = step[:-1], step[1:]
    parts = (
        2 / (before * (before + after)),
        -2 / (before * after),
        2 / (after * (before + after)),
    )
    for i, a in enumerate(parts):
        for j, b in enumerate(parts[: i + 1]):
            product = a * b / _ACCELERATION**2
            if i == j:
                diagonal[i : frames - 2 + i] += product
            else:
                band[3 * (i - j), j : frames - 2 + j] += product[:, None]
    blocks += diagonal[:, None, None] * np.eye(3)
    for row in range(3):  # of the block under the diagonal, whose corner reaches furthest down
        for column in range(3):
            band[3 + row - column, :-1, column] -= ties[:, row, column]
    for row in range(3):
        for column in range(row + 1):
            band[row - column, :, column] += blocks[:, row, column]
    solved = solveh_banded(band.reshape(7, -1), right.ravel(), lower=True)
    return trans + solved.reshape(frames, 3)
