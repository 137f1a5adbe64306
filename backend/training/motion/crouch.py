"""Squats, lunges, stoops and sneaking out of whatever somebody does on his feet.

Captures hold few deep poses. Here the pelvis sinks, comes forward or back and leans, and the legs
reach for where their feet were: two-bone inverse kinematics.
"""

import numpy as np

from ...motion.kinematics import forward_kinematics
from ...motion.leg_ik import bend
from ...motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from ...motion.skeleton import JOINT, REST
from .config import Augmentation

_REST = REST.astype(np.float32)
_HIPS, _KNEES, _ANKLES = (
    [JOINT[f"{side}_{part}"] for side in ("left", "right")] for part in ("hip", "knee", "ankle")
)
_LEG = float(np.linalg.norm(np.diff(REST[[1, 4, 7]], axis=0), axis=-1).sum())  # metres, stretched
_UPRIGHT = 0.7  # cosine of the pelvis's lean past which nobody stands
_LOWEST = 0.32  # of a leg's length from hip to ankle when it is folded


def crouched(
    rng: np.random.Generator,
    poses: np.ndarray,
    trans: np.ndarray,
    fps: float,
    config: Augmentation,
) -> tuple[np.ndarray, np.ndarray]:
    """poses (T, 24, 3) and trans (T, 3) of somebody who goes down and, perhaps, up again.

    Feet keep their places and their directions. As it was, where somebody does not stand upright.
    """
    joints, turns = forward_kinematics(poses, _REST, trans)
    if turns[:, 0, 1, 1].min() < _UPRIGHT:
        return poses, trans
    depth = _depth(rng, len(poses), fps, config)
    ahead = _level(turns[:, 0, :, 2])
    lateral = np.stack([ahead[:, 2], np.zeros(len(poses)), -ahead[:, 0]], axis=-1)

    # Deep hips go back, and the chest comes forward over the feet.
    lean = np.radians(rng.normal(*config.crouch_lean)) * depth + np.radians(
        rng.uniform(*config.crouch_stoop)
    ) * _depth(rng, len(poses), fps, config)
    back = rng.uniform(0.0, 0.35) * depth
    hips = joints[:, _HIPS].mean(axis=1)
    height = hips[:, 1] - joints[:, _ANKLES, 1].min(axis=1)
    sink = np.minimum(depth * _LEG, np.maximum(height - _LOWEST * _LEG, 0))
    shift = -back[:, None] * _LEG * ahead
    shift[:, 1] -= sink

    tilt = axis_angle_to_matrix(lean[:, None] * lateral)
    root = tilt @ turns[:, 0]
    # The pelvis turns about the middle of the hips.
    trans = hips + shift + np.einsum("tab,tb->ta", tilt, trans - hips)
    carried = (
        np.einsum("tab,tjb->tja", tilt, joints[:, _HIPS] - hips[:, None]) + (hips + shift)[:, None]
    )
    legs = turns[:, _HIPS], turns[:, _KNEES]
    knees = carried + joints[:, _KNEES] - joints[:, _HIPS]
    ankles = carried + joints[:, _ANKLES] - joints[:, _HIPS]
    ones = np.ones((len(poses), 2))
    thigh, shin = bend(
        carried, knees, ankles, joints[:, _ANKLES].astype(float), legs[0][..., 0], ones
    )
    spread = _swivel(rng, carried, joints[:, _ANKLES], depth, config)
    thigh, shin = spread @ thigh @ legs[0], spread @ shin @ legs[1]
    local = axis_angle_to_matrix(poses)
    local[:, 0] = root
    local[:, _HIPS] = np.swapaxes(root, -1, -2)[:, None] @ thigh
    local[:, _KNEES] = np.swapaxes(thigh, -1, -2) @ shin
    local[:, _ANKLES] = np.swapaxes(shin, -1, -2) @ turns[:, _ANKLES]
    return matrix_to_axis_angle(local).astype(np.float32), trans.astype(np.float32)


def _depth(rng: np.random.Generator, frames: int, fps: float, config: Augmentation) -> np.ndarray:
    """(T,) how deep, 0..1: held, on the way, or down and up again."""
    deep, high = rng.uniform(*config.crouch_depth), rng.uniform(0, 1)
    rate = np.exp(rng.uniform(*np.log(config.crouch_hertz)))
    wave = 0.5 - 0.5 * np.cos(
        2 * np.pi * rate * np.arange(frames) / fps + rng.uniform(0, 2 * np.pi)
    )
    return deep * (1 - high * wave)


def _swivel(rng, hips, ankles, depth, config) -> np.ndarray:
    """(T, 2, 3, 3) turns about the lines from hips to ankles: knees that point outwards."""
    line = hips - ankles
    line /= np.maximum(np.linalg.norm(line, axis=-1, keepdims=True), 1e-6)
    angle = np.radians(rng.normal(*config.crouch_spread, 2)) * np.array([1.0, -1.0])
    return axis_angle_to_matrix(line * (depth[:, None] * angle)[..., None])


def _level(vectors: np.ndarray) -> np.ndarray:
    """(T, 3) without their height, of length 1."""
    flat = vectors * [1, 0, 1]
    return flat / np.maximum(np.linalg.norm(flat, axis=-1, keepdims=True), 1e-6)
