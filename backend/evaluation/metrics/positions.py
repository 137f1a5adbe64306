"""How far joints and vertices are off, with and without a best fit."""

from collections.abc import Sequence

import numpy as np

from ...motion.skeleton import JOINT, LIMB_JOINTS

HIPS = (JOINT["left_hip"], JOINT["right_hip"])


def centred(joints: np.ndarray) -> np.ndarray:
    """(T, 24, 3) with the middle of the hips at the origin of each frame."""
    return joints - joints[:, HIPS].mean(axis=1, keepdims=True)


def mpjpe(
    predicted: np.ndarray, true: np.ndarray, joints: Sequence[int] = LIMB_JOINTS
) -> np.ndarray:
    """(T, J) mm from the true joints, both centred on the hips."""
    difference = centred(predicted) - centred(true)
    return 1000 * np.linalg.norm(difference[:, list(joints)], axis=-1)


def pa_mpjpe(
    predicted: np.ndarray, true: np.ndarray, joints: Sequence[int] = LIMB_JOINTS
) -> np.ndarray:
    """(T, J) mm after the best similarity of each frame by itself."""
    predicted, true = predicted[:, list(joints)], true[:, list(joints)]
    return 1000 * np.linalg.norm(align(predicted, true) - true, axis=-1)


def pve(
    predicted: np.ndarray,
    true: np.ndarray,
    predicted_pelvis: np.ndarray,
    true_pelvis: np.ndarray,
) -> np.ndarray:
    """(T, V) mm between vertices (T, V, 3), each less its own pelvis joint (T, 3)."""
    difference = (predicted - predicted_pelvis[:, None]) - (true - true_pelvis[:, None])
    return 1000 * np.linalg.norm(difference, axis=-1)


def similarity(
    source: np.ndarray, target: np.ndarray, with_scale: bool = True
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scale (...,), rotation (..., 3, 3) without reflection and translation (..., 3) that take
    source (..., N, 3) closest to target (..., N, 3): Umeyama 1991. NaN points do not count.
    """
    known = ~np.isnan(source + target).any(axis=-1, keepdims=True)
    count = np.maximum(known.sum(axis=-2, keepdims=True), 1)  # nothing known: nothing moves
    source, target = np.where(known, source, 0.0), np.where(known, target, 0.0)
    source_mean = source.sum(axis=-2, keepdims=True) / count
    target_mean = target.sum(axis=-2, keepdims=True) / count
    a, b = (source - source_mean) * known, (target - target_mean) * known
    u, d, vt = np.linalg.svd(np.swapaxes(b, -1, -2) @ a)
    signs = np.ones(d.shape)
    signs[..., -1] = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    rotation = (u * signs[..., None, :]) @ vt
    spread = (a * a).sum(axis=(-1, -2))
    scale = np.ones(spread.shape)
    if with_scale:  # a source without extent keeps its size
        scale = np.where(spread > 0, (d * signs).sum(-1) / np.where(spread > 0, spread, 1), 1.0)
    translation = target_mean[..., 0, :] - scale[..., None] * np.einsum(
        "...ab,...b->...a", rotation, source_mean[..., 0, :]
    )
    return scale, rotation, translation


def align(source: np.ndarray, target: np.ndarray, with_scale: bool = True) -> np.ndarray:
    """source (..., N, 3) moved onto target by `similarity`."""
    scale, rotation, translation = similarity(source, target, with_scale)
    moved = source @ np.swapaxes(rotation, -1, -2)
    return scale[..., None, None] * moved + translation[..., None, :]
