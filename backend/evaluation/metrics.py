"""Metrics of human motion, as VIBE, WHAM and GVHMR compute them.

Joints are (T, 24, 3) in SMPL's order, metres, NaN where the truth does not know one; `joints`
selects which count. Each function returns one number per sample (frame and joint), so that
`pooled` can average over the frames of many sequences at once. Sequences come at 30 fps: see
`resample` and `resample_poses`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfiltfilt

from ..motion.rotations import (
    axis_angle_to_quaternion,
    conjugate,
    continuous_quaternions,
    multiply_quaternions,
    quaternion_to_axis_angle,
)
from ..motion.skeleton import JOINT, LIMB_JOINTS

FPS = 30.0
CHUNK = 100  # frames of W- and WA-MPJPE
AMPLITUDE_CUTOFF = 6.0  # Hz: human limbs hardly move faster, noise does
AMPLITUDE_RANGE = 15.0  # degrees: below, the truth's own noise is the motion
STANDING = 0.01  # metres a frame: a foot of the truth that moves less stands

HIPS = (JOINT["left_hip"], JOINT["right_hip"])
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


def pooled(samples: np.ndarray | Iterable[np.ndarray]) -> float:
    """The mean over every known sample of one or several sequences."""
    arrays = [samples] if isinstance(samples, np.ndarray) else list(samples)
    return float(np.nanmean(np.concatenate([np.ravel(array) for array in arrays])))


def frame_times(*timestamps: np.ndarray, fps: float = FPS) -> np.ndarray:
    """Times (N,) s, 1/fps apart, within all the given (T,) timestamps."""
    start = max(float(times[0]) for times in timestamps)
    end = min(float(times[-1]) for times in timestamps)
    # A millisecond of grace: container time bases round.
    return start + np.arange(int((end - start + 1e-3) * fps) + 1) / fps


def _neighbours(timestamps, times):
    right = np.clip(np.searchsorted(timestamps, times), 1, len(timestamps) - 1)
    left = right - 1
    share = (times - timestamps[left]) / (timestamps[right] - timestamps[left])
    return left, right, np.clip(share, 0, 1)


def resample(values: np.ndarray, timestamps: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(T, ...) at timestamps (T,) -> (N, ...) at times (N,), linearly."""
    if len(values) == 1:
        return np.repeat(values, len(times), axis=0)
    left, right, share = _neighbours(timestamps, times)
    share = share.reshape(-1, *[1] * (values.ndim - 1))
    mixed = values[left] * (1 - share) + values[right] * share
    # An unknown neighbour that has no weight does not make a known sample unknown.
    return np.where(share == 0, values[left], np.where(share == 1, values[right], mixed))


def resample_poses(poses: np.ndarray, timestamps: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Axis-angle (T, J, 3) at timestamps (T,) -> (N, J, 3) at times (N,), along great circles."""
    if len(poses) == 1:
        return np.repeat(poses, len(times), axis=0)
    left, right, share = _neighbours(timestamps, times)
    quaternions = axis_angle_to_quaternion(np.asarray(poses, float))
    step = multiply_quaternions(conjugate(quaternions[left]), quaternions[right])
    part = axis_angle_to_quaternion(quaternion_to_axis_angle(step) * share[:, None, None])
    return quaternion_to_axis_angle(multiply_quaternions(quaternions[left], part))


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
    count = known.sum(axis=-2, keepdims=True)
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


def accelerations(
    joints: np.ndarray, selected: Sequence[int] = LIMB_JOINTS, fps: float = FPS
) -> np.ndarray:
    """(T-2, J, 3) m/s^2 of the joints centred on the hips."""
    points = centred(joints)[:, list(selected)]
    return (points[:-2] - 2 * points[1:-1] + points[2:]) * fps**2


def acceleration_errors(
    predicted: np.ndarray,
    true: np.ndarray,
    joints: Sequence[int] = LIMB_JOINTS,
    fps: float = FPS,
) -> np.ndarray:
    """(T-2, J) m/s^2. VIBE prints mm a frame^2: at 30 fps, m/s^2 = 0.9 times that."""
    difference = accelerations(predicted, joints, fps) - accelerations(true, joints, fps)
    return np.linalg.norm(difference, axis=-1)


def relative_acceleration(
    errors: np.ndarray | Iterable[np.ndarray], true: np.ndarray | Iterable[np.ndarray]
) -> float:
    """Pooled `acceleration_errors` over the pooled size of the truth's `accelerations`.

    A pose that does not move scores 1.
    """
    arrays = [true] if isinstance(true, np.ndarray) else true
    return pooled(errors) / pooled(np.linalg.norm(array, axis=-1) for array in arrays)


def jitter(
    joints: np.ndarray, selected: Sequence[int] = LIMB_JOINTS, fps: float = FPS
) -> np.ndarray:
    """(T-3, J) in 10 m/s^3: third difference of the joints (T, 24, 3) in the world."""
    points = joints[:, list(selected)]
    third = points[3:] - 3 * points[2:-1] + 3 * points[1:-2] - points[:-3]
    return np.linalg.norm(third, axis=-1) * fps**3 / 10


def limb_directions(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """(T, 8) degrees between the predicted and the true direction of each of LIMBS.

    Both in the same axes, the camera's; bone lengths do not count.
    """
    starts, ends = np.array(LIMBS).T

    def unit(joints):
        limb = joints[:, ends] - joints[:, starts]
        return limb / np.linalg.norm(limb, axis=-1, keepdims=True)

    a, b = unit(predicted), unit(true)
    # atan2 keeps small angles, where the cosine is flat.
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


def lag(predicted: np.ndarray, true: np.ndarray, most: int = 15) -> int:
    """Frames by which predicted (T, K) follows true (T, K): the shift of best correlation.

    Positive is late. `most` frames are tried either way; at least half the frames must overlap.
    """
    most = min(most, len(true) // 2)

    def correlation(shift):
        a, b = _shifted(predicted, true, shift)
        a, b = a - a.mean(axis=0), b - b.mean(axis=0)
        return (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum() + 1e-30)

    # Of equal ones, the smallest shift.
    return max(sorted(range(-most, most + 1), key=abs), key=correlation)


def _shifted(predicted, true, shift):
    if shift >= 0:
        return predicted[shift:], true[: len(true) - shift]
    return predicted[:shift], true[-shift:]


@dataclass(frozen=True)
class Amplitude:
    """Of each joint angle that moves enough (K of them)."""

    slope: np.ndarray  # (K,) of the regression of prediction on truth: 1 is right
    correlation: np.ndarray  # (K,)
    lag: int  # frames, removed before


def amplitude(predicted: np.ndarray, true: np.ndarray, fps: float = FPS) -> Amplitude:
    """How much of the true swing is left, for angles (T, K) in degrees: see `joint_angles`.

    Both are low-passed at 6 Hz and their lag is removed; K angles whose true range is at most 15
    degrees are left out.
    """
    sections = butter(2, AMPLITUDE_CUTOFF, fs=fps, output="sos")
    pad = min(15, len(true) - 1)
    smooth_true = sosfiltfilt(sections, true, axis=0, padlen=pad)
    moving = np.ptp(smooth_true, axis=0) > AMPLITUDE_RANGE
    a = sosfiltfilt(sections, predicted[:, moving], axis=0, padlen=pad)
    b = smooth_true[:, moving]
    if not moving.any():
        return Amplitude(np.empty(0), np.empty(0), 0)
    shift = lag(a, b)
    a, b = _shifted(a, b, shift)
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    products = (a * b).sum(axis=0)
    squares = (b * b).sum(axis=0)
    return Amplitude(
        slope=products / squares,
        correlation=products / np.sqrt(squares * (a * a).sum(axis=0) + 1e-30),
        lag=shift,
    )


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


def silhouette_iou(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """(...,) overlap over union of boolean masks (..., H, W); two empty masks agree."""
    overlap = (predicted & true).sum(axis=(-1, -2))
    union = (predicted | true).sum(axis=(-1, -2))
    return np.where(union > 0, overlap / np.maximum(union, 1), 1.0)
