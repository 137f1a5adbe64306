"""Squats, lunges, stoops and sneaking out of whatever somebody does on his feet.

Captures hold few deep poses. Here the pelvis sinks, goes back and leans, and the legs reach for
where their feet were: two-bone inverse kinematics.
"""

import numpy as np

from ...motion.kinematics import forward_kinematics
from ...motion.leg_ik import bend
from ...motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from ...motion.skeleton import JOINT, REST
from .config import Augmentation
from .perturb import limited

_REST = REST.astype(np.float32)
_HIPS, _KNEES, _ANKLES = (
    [JOINT[f"{side}_{part}"] for side in ("left", "right")] for part in ("hip", "knee", "ankle")
)
_LEG = float(np.linalg.norm(np.diff(REST[[1, 4, 7]], axis=0), axis=-1).sum())  # metres, stretched
_UPRIGHT = 0.7  # cosine of the pelvis's lean past which nobody stands
_LOWEST = 0.32  # of a leg's length from hip to ankle when it is folded
_BACK = 0.35  # of the depth that hips may go back
_SHARES = (1.0, 0.75, 0.5)  # of the plan, tried until the joints' limits let the feet stay
_SLIP = 0.05  # metres


def crouched(
    rng: np.random.Generator,
    poses: np.ndarray,
    trans: np.ndarray,
    fps: float,
    config: Augmentation,
) -> tuple[np.ndarray, np.ndarray]:
    """poses (T, 24, 3) and trans (T, 3) of somebody who goes down and, perhaps, up again.

    Feet keep their places and their directions. As it was, where somebody does not stand upright
    or joints would have to turn too far.
    """
    joints, turns = forward_kinematics(poses, _REST, trans)
    depth = _depth(rng, len(poses), fps, config)
    lean = np.radians(rng.normal(*config.crouch_lean)) * depth
    # Who stoops need not bend the knees.
    lean += np.radians(rng.uniform(*config.crouch_stoop)) * _depth(rng, len(poses), fps, config)
    back = rng.uniform(0, _BACK)
    spread = np.radians(rng.normal(*config.crouch_spread, 2)) * [1, -1]
    if turns[:, 0, 1, 1].min() < _UPRIGHT:
        return poses, trans
    for share in _SHARES:
        deep = share * depth
        sunk, path = _sunk(
            poses, trans, joints, turns, deep, share * lean, back * deep, deep[:, None] * spread
        )
        sunk = limited(sunk, poses)
        slip = forward_kinematics(sunk, _REST, path)[0] - joints
        if np.abs(slip[:, _ANKLES]).max() < _SLIP:
            return sunk, path
    return poses, trans


def _sunk(poses, trans, joints, turns, depth, lean, back, spread):
    """depth, lean and back (T,), of a leg's length or radians; spread (T, 2) of the knees."""
    ahead = turns[:, 0, :, 2] * [1, 0, 1]
    ahead /= np.linalg.norm(ahead, axis=-1, keepdims=True)
    lateral = np.stack([ahead[:, 2], np.zeros(len(poses)), -ahead[:, 0]], axis=-1)
    middle = joints[:, _HIPS].mean(axis=1)
    height = middle[:, 1] - joints[:, _ANKLES, 1].min(axis=1)
    there = middle - (_LEG * back)[:, None] * ahead
    there[:, 1] -= np.minimum(depth * _LEG, np.maximum(height - _LOWEST * _LEG, 0))

    tilt = axis_angle_to_matrix(lean[:, None] * lateral)  # of the pelvis, about the middle
    hips = there[:, None] + np.einsum("tab,tjb->tja", tilt, joints[:, _HIPS] - middle[:, None])
    ankles = joints[:, _ANKLES].astype(float)
    knee, ankle = (hips + joints[:, at] - joints[:, _HIPS] for at in (_KNEES, _ANKLES))
    thigh, shin = turns[:, _HIPS], turns[:, _KNEES]
    bent = bend(hips, knee, ankle, ankles, thigh[..., 0], np.ones((len(poses), 2)))
    line = hips - ankles
    line /= np.maximum(np.linalg.norm(line, axis=-1, keepdims=True), 1e-6)
    outwards = axis_angle_to_matrix(line * spread[..., None])
    thigh, shin = outwards @ bent[0] @ thigh, outwards @ bent[1] @ shin

    root = tilt @ turns[:, 0]
    poses = np.array(poses)
    for at, turn in (
        (0, root),
        (_HIPS, np.swapaxes(root, -1, -2)[:, None] @ thigh),
        (_KNEES, np.swapaxes(thigh, -1, -2) @ shin),
        (_ANKLES, np.swapaxes(shin, -1, -2) @ turns[:, _ANKLES]),
    ):
        poses[:, at] = matrix_to_axis_angle(turn)
    moved = there + np.einsum("tab,tb->ta", tilt, trans - middle)
    return poses, moved.astype(np.float32)


def _depth(rng: np.random.Generator, frames: int, fps: float, config: Augmentation) -> np.ndarray:
    """(T,) how deep: held, on the way, or down and up again."""
    deep, high = rng.uniform(*config.crouch_depth), rng.uniform(0, 1)
    turns = np.exp(rng.uniform(*np.log(config.crouch_hertz))) * np.arange(frames) / fps
    return deep * (1 - high * (0.5 - 0.5 * np.cos(2 * np.pi * (turns + rng.uniform()))))
