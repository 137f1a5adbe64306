"""Directions of limbs and rotations of joints."""

import numpy as np

from ...motion.rotations import (
    axis_angle_to_quaternion,
    conjugate,
    continuous_quaternions,
    multiply_quaternions,
    quaternion_to_axis_angle,
)
from ...motion.skeleton import JOINT
from .positions import HIPS

SHOULDERS = (JOINT["left_shoulder"], JOINT["right_shoulder"])
LIMBS = tuple(
    (JOINT[f"{side}_{start}"], JOINT[f"{side}_{end}"])
    for start, end in (
        ("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")
    )
    for side in ("left", "right")
)  # fmt: skip
# Joints whose turn about the limb they carry is reported apart: thighs and forearms.
TWISTS = tuple(
    (JOINT[f"{side}_{start}"], JOINT[f"{side}_{end}"])
    for start, end in (("hip", "knee"), ("elbow", "wrist"))
    for side in ("left", "right")
)


def limb_directions(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """(T, 8) degrees between the predicted and the true direction of each of LIMBS.

    Both in the same axes, the camera's; bone lengths do not count.
    """
    starts, ends = np.array(LIMBS).T

    def bones(joints):
        return joints[:, ends] - joints[:, starts]

    return _angles_between(bones(predicted), bones(true))


def limb_angles(joints: np.ndarray) -> np.ndarray:
    """(T, 8) degrees from joint positions (T, 24, 3) alone, left before right.

    How far both elbows and both knees bend (0 is straight), then how far both upper arms and both
    thighs are raised from the trunk's axis (0 hangs down along it).
    """
    joints = np.asarray(joints, float)
    starts, ends = np.array(LIMBS).T
    limbs = joints[:, ends] - joints[:, starts]
    thighs, shins, upper_arms, forearms = limbs[:, :2], limbs[:, 2:4], limbs[:, 4:6], limbs[:, 6:]
    down = joints[:, HIPS].mean(axis=1) - joints[:, SHOULDERS].mean(axis=1)
    trunk = np.broadcast_to(down[:, None], thighs.shape)
    a = np.concatenate([upper_arms, thighs, upper_arms, thighs], axis=1)
    b = np.concatenate([forearms, shins, trunk, trunk], axis=1)
    return _angles_between(a, b)


def _angles_between(a, b):
    # Degrees. atan2 keeps small angles, where the cosine is flat.
    sine = np.linalg.norm(np.cross(a, b), axis=-1)
    return np.degrees(np.arctan2(sine, (a * b).sum(axis=-1)))


def angle_errors(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """(T, J) degrees between parent-relative rotations (T, J, 3), axis-angle."""
    relative = multiply_quaternions(
        conjugate(axis_angle_to_quaternion(predicted)), axis_angle_to_quaternion(true)
    )
    return np.degrees(np.linalg.norm(quaternion_to_axis_angle(relative), axis=-1))


def twist_errors(predicted: np.ndarray, true: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """(T, 4) degrees of turn about the limb, for TWISTS: thighs, then forearms.

    predicted, true (T, 24, 3) axis-angle; rest (24, 3) m gives the limbs' directions.
    """
    starts, ends = np.array(TWISTS).T
    axes = rest[ends] - rest[starts]
    axes = axes / np.linalg.norm(axes, axis=-1, keepdims=True)

    def twist(poses):  # the half of swing and twist that turns about the limb itself
        quaternions = axis_angle_to_quaternion(poses[:, starts])
        return 2 * np.arctan2((quaternions[..., 1:] * axes).sum(axis=-1), quaternions[..., 0])

    difference = twist(predicted) - twist(true)
    return np.degrees(np.abs((difference + np.pi) % (2 * np.pi) - np.pi))


def joint_angles(poses: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """(T, 3 J) degrees: rotation vectors of poses (T, J, 3) about the mean pose of reference.

    Both sides of a comparison take the truth as `reference` (T, J, 3). The vectors run on through
    180 degrees. Leave the root out: a person who turns round has no mean heading.
    """
    base = continuous_quaternions(axis_angle_to_quaternion(reference)).mean(axis=0)
    base = base / np.linalg.norm(base, axis=-1, keepdims=True)
    relative = multiply_quaternions(conjugate(base), axis_angle_to_quaternion(poses))
    relative = continuous_quaternions(relative)
    relative = relative * np.where(relative[:1, ..., :1] < 0, -1.0, 1.0)
    sine = np.linalg.norm(relative[..., 1:], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, relative[..., :1])
    vectors = relative[..., 1:] * np.where(sine > 1e-12, angle / np.maximum(sine, 1e-12), 2.0)
    return np.degrees(vectors).reshape(len(poses), -1)


def gravity_error(predicted_up: np.ndarray, true_up: np.ndarray) -> np.ndarray:
    """(...,) degrees between the predicted and the true up (..., 3), in the same axes."""
    return _angles_between(predicted_up, true_up)
