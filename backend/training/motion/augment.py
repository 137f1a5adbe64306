"""Plausible motion that nobody recorded, out of motion that somebody did."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

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
from .contacts import clearance
from .floor import lay_down, settle
from .sequence import Window

_PRIOR = Path(__file__).parents[2] / "weights" / "pose_prior.safetensors"
_REST = REST.astype(np.float32)


@dataclass(frozen=True)
class Augmentation:
    """How often each change happens (0..1) and how large it is; angles in degrees."""

    speed: tuple[float, float] = (0.7, 1.4)  # time alone: people are slower and faster than actors
    heading: float = 1.0  # turned about the vertical
    mirror: float = 0.5
    static: float = 0.05  # people who stand still are filmed too
    mix: float = 0.2  # the upper body of another window
    exaggerate: float = 0.15
    exaggeration: tuple[float, float] = (0.8, 1.25)  # of every turn away from the mean pose
    perturb: float = 0.5
    perturb_part: float = 0.6  # chance of each part of the body, once a window is perturbed
    perturb_spread: tuple[float, float] = (4.0, 10.0)  # standard deviation of the slow wandering
    perturb_offset: float = 5.0  # standard deviation of what stays the same through the window
    perturb_hertz: tuple[float, float] = (0.1, 2.0)  # slower than what people do on purpose
    topple: float = 0.05  # turned about a horizontal axis and laid down: lying people, handstands
    topple_angle: tuple[float, float] = (50.0, 180.0)


OFF = Augmentation(
    speed=(1.0, 1.0), heading=0, mirror=0, static=0, mix=0, exaggerate=0, perturb=0, topple=0
)

# Everything above the pelvis: what mixing replaces.
_UPPER = [JOINTS.index(name) for name in JOINTS if name.startswith("spine")]
_UPPER += [
    index
    for index, name in enumerate(JOINTS)
    if name.split("_")[-1] in ("neck", "collar", "head", "shoulder", "elbow", "wrist", "hand")
]
_HANDS = [JOINT[name] for name in ("left_wrist", "right_wrist", "left_hand", "right_hand")]
_FREE_HANDS = 0.15  # m over the floor: hands lower than that may bear the body
_UPRIGHT = 0.5  # cosine of the pelvis's lean past which an upper body does not fit another's legs

# Parts that wander on their own, and degrees their limits are widened by: CMU hardly moves wrists,
# ankles, toes, neck and head, so its percentiles are narrower than people. Three joints of the
# spine add up, so each moves less. The hands' own joints were never captured.
_PARTS = (
    (("spine1", "spine2", "spine3"), 0.5, 3.0),
    (("neck", "head"), 0.8, 15.0),
    (("left_collar", "right_collar"), 0.4, 3.0),
    (("left_shoulder", "right_shoulder"), 1.0, 5.0),
    (("left_elbow", "right_elbow"), 1.0, 3.0),
    (("left_wrist", "right_wrist"), 1.0, 20.0),
    (("left_hip", "right_hip"), 0.8, 5.0),
    (("left_knee", "right_knee"), 0.8, 3.0),
    (("left_ankle", "right_ankle"), 1.0, 12.0),
    (("left_foot", "right_foot"), 0.8, 10.0),
)
_PART = np.array(
    [next((i for i, (names, *_) in enumerate(_PARTS) if name in names), -1) for name in JOINTS[1:]]
)
_SCALE = np.where(_PART < 0, 0, np.array([scale for _, scale, _ in _PARTS])[_PART])
_MARGIN = np.where(_PART < 0, 0, np.array([margin for *_, margin in _PARTS])[_PART])
_WAVES = 3  # sines that make up the wandering of one number
_TURNABLE = np.radians(160)  # past it an axis-angle may flip its axis, and limits mean nothing
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
    unchanged = poses
    if rng.random() < config.mix:
        poses = _mixed(poses, trans, another())
    if rng.random() < config.exaggerate:
        poses = _limited(exaggerated(poses, rng.uniform(*config.exaggeration)), poses)
    if rng.random() < config.perturb:
        poses = _limited(_perturbed(rng, poses, fps, config), poses)
    if poses is not unchanged:
        before, _ = forward_kinematics(unchanged, _REST, trans)
        after, _ = forward_kinematics(poses, _REST, trans)
        trans = trans + settle(before, after, fps)
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


def mixed(poses: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Root and legs of poses (T, 24, 3), everything from the first spine joint up of other."""
    poses = np.array(poses)
    poses[:, _UPPER] = other[:, _UPPER]
    return poses


def exaggerated(poses: np.ndarray, factor: float) -> np.ndarray:
    """Every joint's turn away from its mean over the window times factor; the root stays."""
    turns = continuous_quaternions(axis_angle_to_quaternion(poses[:, 1:]))
    mean = turns.mean(axis=0)
    mean /= np.linalg.norm(mean, axis=-1, keepdims=True)
    away = quaternion_to_axis_angle(multiply_quaternions(conjugate(mean), turns)) * factor
    turns = multiply_quaternions(mean, axis_angle_to_quaternion(away))
    return np.concatenate([poses[:, :1], quaternion_to_axis_angle(turns)], axis=1)


def _mixed(poses, trans, other):
    """Mixed where both people stand on their feet: hands that bear a body belong to its legs."""
    for candidate in ((poses, trans), (other.poses, other.trans)):
        joints, rotations = forward_kinematics(*candidate[:1], _REST, candidate[1])
        if clearance(joints)[:, _HANDS].min() < _FREE_HANDS:
            return poses
        if rotations[:, 0, 1, 1].min() < _UPRIGHT:
            return poses
    return mixed(poses, other.poses)


def _perturbed(rng, poses, fps, config):
    """Slow wandering and a constant offset of the parts that chance picks."""
    parts = len(_PARTS)
    on = rng.random(parts) < config.perturb_part
    spread = np.radians(rng.uniform(*config.perturb_spread, parts)) * on
    offset = np.radians(config.perturb_offset) * on
    shape = (23, 3, _WAVES)
    rate = np.exp(rng.uniform(*np.log(config.perturb_hertz), shape))
    phase = rng.uniform(0, 2 * np.pi, shape)
    height = rng.normal(0, np.sqrt(2 / _WAVES), shape)  # a sine's variance is half its square
    time = np.arange(len(poses)) / fps
    angle = 2 * np.pi * rate * time[:, None, None, None] + phase
    noise = (np.sin(angle) * height).sum(axis=-1) * spread[_PART][:, None]
    noise += rng.normal(size=(23, 3)) * offset[_PART][:, None]
    noise *= _SCALE[:, None]
    turns = axis_angle_to_quaternion(poses[:, 1:])
    turns = multiply_quaternions(turns, axis_angle_to_quaternion(noise))
    return np.concatenate([poses[:, :1], quaternion_to_axis_angle(turns)], axis=1)


@cache
def _limits():
    """(23, 3) lower and upper limits of axis-angles, radians."""
    prior = load_file(_PRIOR)
    margin = np.radians(_MARGIN)[:, None]
    return prior["lower"].reshape(23, 3) - margin, prior["upper"].reshape(23, 3) + margin


def _limited(poses, unchanged):
    """poses inside what joints do, or as far out as they already were."""
    lower, upper = _limits()
    joints, original = poses[:, 1:], unchanged[:, 1:]
    limited = np.clip(joints, np.minimum(lower, original), np.maximum(upper, original))
    widest = np.maximum(np.linalg.norm(joints, axis=-1), np.linalg.norm(original, axis=-1))
    turnable = (widest.max(axis=0) < _TURNABLE)[:, None]
    return np.concatenate([poses[:, :1], np.where(turnable, limited, original)], axis=1)


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
