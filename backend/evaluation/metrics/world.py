"""Errors of the path through the world, and at the floor."""

from collections.abc import Sequence

import numpy as np

from ...motion.skeleton import LIMB_JOINTS
from .positions import align, similarity

CHUNK = 100  # frames of W- and WA-MPJPE
STANDING = 0.01  # metres a frame: a foot of the truth that moves less stands


def w_mpjpe(
    predicted: np.ndarray, true: np.ndarray, joints: Sequence[int] = LIMB_JOINTS
) -> np.ndarray:
    """(T, J) mm in the world; each 100 frames aligned, scale included, on their first two."""
    return _in_chunks(predicted[:, list(joints)], true[:, list(joints)], 2)


def wa_mpjpe(
    predicted: np.ndarray, true: np.ndarray, joints: Sequence[int] = LIMB_JOINTS
) -> np.ndarray:
    """(T, J) mm in the world; each 100 frames aligned, scale included, as a whole."""
    return _in_chunks(predicted[:, list(joints)], true[:, list(joints)], CHUNK)


def _in_chunks(predicted, true, frames):
    errors = []
    for start in range(0, len(true), CHUNK):
        a, b = predicted[start : start + CHUNK], true[start : start + CHUNK]
        scale, rotation, translation = similarity(
            a[:frames].reshape(-1, 3), b[:frames].reshape(-1, 3)
        )
        errors.append(np.linalg.norm(scale * a @ rotation.T + translation - b, axis=-1))
    return 1000 * np.concatenate(errors)


def rte(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """(T,) per cent of the true path's length between root tracks (T, 3) fitted rigidly."""
    path = np.linalg.norm(np.diff(true, axis=0), axis=-1).sum()
    error = np.linalg.norm(align(predicted, true, with_scale=False) - true, axis=-1)
    return 100 * error / path


def foot_skate(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """(S,) mm a frame that sole points (T, P, 3) of the prediction move while the truth's stand."""
    standing = np.linalg.norm(np.diff(true, axis=0), axis=-1) < STANDING
    return 1000 * np.linalg.norm(np.diff(predicted, axis=0), axis=-1)[standing]


def floor_depth(lowest: np.ndarray, contact: np.ndarray) -> np.ndarray:
    """(S,) mm by which the body is under the floor, in the S frames in which it touches it.

    lowest (T,) m: height of the predicted body's lowest vertex over its floor; contact (T,) bool.
    A body that floats counts as 0 here: its feet's path tells of that.
    """
    return 1000 * np.maximum(-lowest[contact], 0.0)
