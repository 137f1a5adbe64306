"""Plausible motion that nobody recorded, out of motion that somebody did."""

from collections.abc import Callable, Sequence

import numpy as np

from ...motion.kinematics import forward_kinematics
from ...motion.rotations import (
    axis_angle_to_quaternion,
    conjugate,
    continuous_quaternions,
    multiply_quaternions,
    quaternion_to_axis_angle,
    quaternion_to_matrix,
)
from ...motion.skeleton import JOINT, JOINTS, MIRROR, REST
from .config import Augmentation
from .contacts import clearance
from .crouch import crouched
from .floor import lay_down, settle
from .perturb import limited, perturbed
from .sequence import Window

_REST = REST.astype(np.float32)

# Everything above the pelvis: what mixing replaces.
_LEGS = ("hip", "knee", "ankle", "foot")
_UPPER = [i for i, name in enumerate(JOINTS) if i and name.split("_")[-1] not in _LEGS]
_ARMS = [
    [JOINT[f"{side}_{part}"] for part in ("collar", "shoulder", "elbow", "wrist", "hand")]
    for side in ("left", "right")
]
_HANDS = [JOINT[name] for name in ("left_wrist", "right_wrist", "left_hand", "right_hand")]
_FREE_HANDS = 0.15  # m over the floor: hands lower than that may bear the body
_UPRIGHT = 0.5  # cosine of the pelvis's lean past which an upper body does not fit another's legs
_TOPPLED_PATH = 0.2  # of the horizontal path that is left: nobody slides at walking pace


def augment(
    rng: np.random.Generator,
    window: Window,
    fps: float,
    config: Augmentation,
    another: Callable[[], Window],
) -> Window:
    """The window with random changes; `another` draws a window of the same length to mix with."""
    poses, trans = window.poses, window.trans
    if rng.random() < config.static:
        frame = rng.integers(len(poses))
        poses = np.broadcast_to(poses[frame], poses.shape)
        trans = np.broadcast_to(trans[frame], trans.shape)
    unchanged, path = poses, trans
    if rng.random() < config.mix:
        # Arms of two strangers: what one limb does says nothing of the other.
        parts = _ARMS if rng.random() < config.mix_arms else [_UPPER]
        for part in parts:
            poses = _mixed(poses, trans, another(), part)
    if rng.random() < config.exaggerate:
        poses = limited(exaggerated(poses, rng.uniform(*config.exaggeration)), poses)
    if rng.random() < config.perturb:
        poses = limited(perturbed(rng, poses, fps, config), poses)
    (own,) = rng.spawn(1)  # chance of its own: whatever else is drawn is the same without it
    if own.random() < config.crouch:
        poses, trans = crouched(own, poses, trans, fps, config)
    if poses is not unchanged:
        both = np.concatenate([unchanged, poses]), _REST, np.concatenate([path, trans])
        joints, _ = forward_kinematics(*both)
        trans = trans + settle(*np.split(joints, 2), fps)
    if rng.random() < config.mirror:
        poses, trans = mirrored(poses, trans)
    if rng.random() < config.topple:
        poses, trans = _toppled(rng, poses, trans, fps, config)
    if rng.random() < config.heading:
        angle = rng.uniform(-np.pi, np.pi)
        poses, trans = turned(poses, trans, np.array([0, angle, 0], np.float32))
    return Window(
        np.ascontiguousarray(poses, np.float32), np.ascontiguousarray(trans, np.float32), window.key
    )


def mirrored(poses: np.ndarray, trans: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Left and right exchanged across the y-z plane: poses (T, 24, 3), trans (T, 3)."""
    # A rotation is an axial vector: its x component stays where a position's changes sign.
    signs = np.array([1, -1, -1], np.float32)
    return poses[:, MIRROR] * signs, trans * -signs


def turned(
    poses: np.ndarray, trans: np.ndarray, rotation: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The whole motion turned about the world's origin by an axis-angle (3,)."""
    turn = axis_angle_to_quaternion(rotation)
    poses = np.array(poses)
    root = multiply_quaternions(turn, axis_angle_to_quaternion(poses[:, 0]))
    poses[:, 0] = quaternion_to_axis_angle(root)
    return poses, trans @ quaternion_to_matrix(turn).T.astype(trans.dtype)


def mixed(poses: np.ndarray, other: np.ndarray, part: Sequence[int] = _UPPER) -> np.ndarray:
    """poses (T, 24, 3) with some joints of other: by default all from the first spine joint up."""
    poses = np.array(poses)
    poses[:, part] = other[:, part]
    return poses


def exaggerated(poses: np.ndarray, factor: float) -> np.ndarray:
    """Every joint's turn away from its mean over the window times factor; the root stays."""
    turns = continuous_quaternions(axis_angle_to_quaternion(poses[:, 1:]))
    mean = turns.mean(axis=0)
    mean /= np.linalg.norm(mean, axis=-1, keepdims=True)
    away = quaternion_to_axis_angle(multiply_quaternions(conjugate(mean), turns))
    turns = multiply_quaternions(mean, axis_angle_to_quaternion(factor * away))
    return np.concatenate([poses[:, :1], quaternion_to_axis_angle(turns)], axis=1)


def _mixed(poses, trans, other, part):
    """Mixed where both people stand on their feet: hands that bear a body belong to its legs."""
    both = np.concatenate([poses, other.poses]), _REST, np.concatenate([trans, other.trans])
    joints, rotations = forward_kinematics(*both)
    free = clearance(joints)[:, _HANDS].min() > _FREE_HANDS
    upright = rotations[:, 0, 1, 1].min() > _UPRIGHT
    return mixed(poses, other.poses, part) if free and upright else poses


def _toppled(rng, poses, trans, fps, config):
    """The body turned about a horizontal axis and set on the floor wherever it is lowest."""
    heading = rng.uniform(0, 2 * np.pi)
    angle = np.radians(rng.uniform(*config.topple_angle))
    axis = angle * np.array([np.cos(heading), 0, np.sin(heading)], np.float32)
    poses, _ = turned(poses, trans, axis)
    middle = trans.mean(axis=0)
    trans = middle + _TOPPLED_PATH * (trans - middle)
    joints, _ = forward_kinematics(poses, _REST, trans)
    trans[:, 1] += lay_down(joints, fps)
    return poses, trans
