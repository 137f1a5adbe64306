"""Every metric of one motion against the truth, as samples that can be pooled over clips."""

from collections.abc import Iterable, Sequence

import numpy as np

from ...motion.body import Body
from ...motion.skeleton import JOINT, LIMB_JOINTS
from .. import metrics
from .motion import Motion

PA, MPJPE, PVE, LIMBS = "PA-MPJPE, mm", "MPJPE, mm", "PVE, mm", "limb dir., °"
ANGLES, HEAD, WRISTS = "angles, °", "head, °", "wrists, °"
THIGH_TWIST, FOREARM_TWIST = "thigh twist, °", "forearm twist, °"
ACCEL, RELATIVE, JITTER = "accel., m/s²", "rel. accel.", "jitter, 10 m/s³"
TRUE_ACCEL, TRUE_JITTER = "true accel., m/s²", "true jitter, 10 m/s³"
SLOPE, R, LAG = "slope", "r", "lag, frames"
ROTATION_SLOPE, ROTATION_R = "rotation slope", "rotation r"
WA, W, RTE = "WA-MPJPE, mm", "W-MPJPE, mm", "RTE, %"
SKATE, GRAVITY, FLOOR = "foot skate, mm/frame", "gravity, °", "under floor, mm"

Samples = dict[str, np.ndarray]  # column -> samples of any shape, NaN where unknown

_TRAVELS = 0.5  # metres between the ends of a path that has a length
_SWING = 30  # frames: a shorter stretch shows no swing
_CHUNK = 64  # frames skinned at once: 13 000 vertices take 1 MB a frame
_SOLES = ("sole_left_heel", "sole_left_toe", "sole_right_heel", "sole_right_toe")
_WRISTS = [JOINT["left_wrist"], JOINT["right_wrist"]]


def score(predicted: Motion, true: Motion, body: Body) -> Samples:
    """Both on the same times, 30 a second; what one of them knows nothing of is left out."""
    samples = joint_scores(predicted, true)
    if predicted.poses is not None and true.poses is not None:
        samples |= _rotations(predicted, true)
    if predicted.world is not None and true.world is not None:
        samples |= _path(predicted.world, true.world, known_runs(true.joints))
    if predicted.up is not None and true.up is not None:
        samples[GRAVITY] = metrics.gravity_error(predicted.up, true.up)
    if predicted.betas is not None and true.betas is not None:
        samples |= _skin(predicted, true, body)
    return samples


def known_runs(joints: np.ndarray) -> list[slice]:
    """The stretches of frames of (T, 24, 3) in which every limb joint is known."""
    known = ~np.isnan(joints[:, LIMB_JOINTS]).any(axis=(1, 2))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(int), [0]])))
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def pool(scores: Sequence[Samples]) -> dict[str, float]:
    """Samples of several clips -> one number a column: the mean over all frames of all clips.

    Relative acceleration is the pooled error over the truth's pooled acceleration.
    """
    columns = dict.fromkeys(column for samples in scores for column in samples)
    means = {column: mean(s[column] for s in scores if column in s) for column in columns}
    if ACCEL in means:
        means[RELATIVE] = means[ACCEL] / means[TRUE_ACCEL] if means[TRUE_ACCEL] else np.nan
    return means


def mean(samples: Iterable[np.ndarray]) -> float:
    """Over everything known; NaN where that is nothing."""
    values = np.concatenate([np.ravel(each) for each in samples])
    return float(np.nanmean(values)) if np.isfinite(values).any() else np.nan


def joint_scores(predicted: Motion, true: Motion) -> Samples:
    """What positions in the camera's axes tell; every motion has these."""
    a, b = predicted.joints, true.joints
    return _swings(predicted, true, known_runs(b)) | {
        PA: metrics.pa_mpjpe(a, b),
        MPJPE: metrics.mpjpe(a, b),
        LIMBS: metrics.limb_directions(a, b),
        ACCEL: metrics.acceleration_errors(a, b),
        TRUE_ACCEL: np.linalg.norm(metrics.accelerations(b), axis=-1),
        # In the world where there is one: it is where the path trembles too.
        JITTER: metrics.jitter(a if predicted.world is None else predicted.world),
        TRUE_JITTER: metrics.jitter(b if true.world is None else true.world),
    }


def _swings(predicted: Motion, true: Motion, runs: list[slice]) -> Samples:
    a, b = metrics.limb_angles(predicted.joints), metrics.limb_angles(true.joints)
    samples = _regression(a, b, runs, SLOPE, R)
    longest = max(runs, key=lambda run: run.stop - run.start, default=slice(0, 0))
    if longest.stop - longest.start > 2:
        places = (
            metrics.centred(motion.joints)[longest][:, LIMB_JOINTS] for motion in (predicted, true)
        )
        a, b = (each.reshape(len(each), -1) for each in places)
        samples[LAG] = np.array([metrics.lag(a, b)], float)
    return samples


def _regression(a, b, runs, slope: str, correlation: str) -> Samples:
    found = [metrics.amplitude(a[run], b[run]) for run in runs if run.stop - run.start >= _SWING]
    return {
        slope: np.concatenate([np.empty(0), *(each.slope for each in found)]),
        correlation: np.concatenate([np.empty(0), *(each.correlation for each in found)]),
    }


def _rotations(predicted: Motion, true: Motion) -> Samples:
    errors = metrics.angle_errors(predicted.poses, true.poses)
    angles = (
        metrics.joint_angles(motion.poses[:, 1:], true.poses[:, 1:]) for motion in (predicted, true)
    )
    samples = {ANGLES: errors[:, 1:], HEAD: errors[:, JOINT["head"]], WRISTS: errors[:, _WRISTS]}
    if true.rest is not None:
        twists = metrics.twist_errors(predicted.poses, true.poses, true.rest)
        samples |= {THIGH_TWIST: twists[:, :2], FOREARM_TWIST: twists[:, 2:]}
    return samples | _regression(*angles, [slice(0, len(true))], ROTATION_SLOPE, ROTATION_R)


def _path(predicted: np.ndarray, true: np.ndarray, runs: list[slice]) -> Samples:
    samples = {
        column: np.concatenate(
            [np.empty((0, len(LIMB_JOINTS))), *(error(predicted[run], true[run]) for run in runs)]
        )
        for column, error in ((WA, metrics.wa_mpjpe), (W, metrics.w_mpjpe))
    }
    known = np.concatenate([np.arange(run.start, run.stop) for run in runs] or [[]]).astype(int)
    roots = [each[known][:, metrics.HIPS].mean(axis=1) for each in (predicted, true)]
    # Of somebody who stays where he is, per cent of the way he went say nothing.
    if len(known) > 1 and np.linalg.norm(np.ptp(roots[1], axis=0)) > _TRAVELS:
        samples[RTE] = metrics.rte(*roots)
    return samples


def _skin(predicted: Motion, true: Motion, body: Body) -> Samples:
    soles = np.concatenate([body.extra[name] for name in _SOLES])
    errors, lowest, points, true_points = [], [], [], []
    for start in range(0, len(true), _CHUNK):
        frames = slice(start, start + _CHUNK)
        skins = [motion.vertices(body, frames) for motion in (predicted, true)]
        lowest.append(skins[0][..., 1].min(axis=1))
        points.append(skins[0][:, soles])
        true_points.append(skins[1][:, soles])
        turned = [
            np.einsum("tab,tvb->tva", motion.camera_R[frames], skin - motion.world[frames, :1])
            for motion, skin in zip((predicted, true), skins, strict=True)
        ]
        nowhere = np.zeros((len(skins[0]), 3))
        errors.append(metrics.pve(*turned, nowhere, nowhere).mean(axis=1))
    points, true_points = np.concatenate(points), np.concatenate(true_points)
    stands = np.linalg.norm(np.diff(true_points, axis=0), axis=-1).min(axis=1) < metrics.STANDING
    return {
        PVE: np.concatenate(errors),
        SKATE: metrics.foot_skate(points, true_points),
        FLOOR: metrics.floor_depth(np.concatenate(lowest)[1:], stands),
    }
