"""Takes against truth: a multi-camera reference, and the sample that we rendered ourselves."""

import numpy as np

from ...body import load_body
from ...bootstrap.processes import ROOT
from ...commands import SAMPLE, smoothed, smoothing_settings
from ...motion.body import Body
from ...motion.kinematics import forward_kinematics
from ...motion.skeleton import LIMB_JOINTS
from ...motion.smoothing import SmoothingSettings
from ...motion.take import Take
from ...people import PersonTrack
from .. import metrics, pose2sim
from ..report import Bar, Row, Table
from .session import Clip, Session

SAMPLE_TRUTH = ROOT / "tests" / "sample" / "sample.truth.take.npz"
_PA, _MPJPE, _ACCEL, _LIMBS = "PA-MPJPE, mm", "MPJPE, mm", "rel. accel", "limb dir., °"
_BARS = {_PA: Bar("≤", 75), _MPJPE: Bar("≤", 105), _ACCEL: Bar("≤", 1.2)}
_GRAVITY = "gravity, °"
_POSITIONS = {_PA: ".1f", _MPJPE: ".1f", _ACCEL: ".2f", _LIMBS: ".1f", _GRAVITY: ".1f"}
_SOLES = ("sole_left_heel", "sole_left_toe", "sole_right_heel", "sole_right_toe")


def measure(session: Session) -> list[Table]:
    """A table for each clip of the folder that has a reference, then two for the sample."""
    settings = smoothing_settings("default")
    assert settings is not None
    tables = []
    for video in session.videos():
        truth = video.with_suffix(".truth.npz")
        if truth.exists():
            with np.load(truth, allow_pickle=False) as data:
                joints, fps = data["joints_cam"], float(data["fps"])
                up = data["R"][:, 2]  # the reference's world has z up
            tables.append(positions(session.converted(video), joints, fps, up, settings, _BARS))
    return tables + _sample(session, settings)


def positions(
    clip: Clip,
    true: np.ndarray,
    fps: float,
    up: np.ndarray,
    settings: SmoothingSettings,
    bars: dict[str, Bar],
) -> Table:
    """pose2sim's rows for person 1; bars count for the smoothed take.

    true (T, 24, 3) joints and up (3,) in the axes of a camera that stands still.
    """
    take, track = Take.load(clip.takes[0]), PersonTrack.load(clip.tracks[0])
    rows = []
    for found in pose2sim.evaluate(take, true, fps, settings, track):
        values = {
            _PA: found.pa_mpjpe,
            _MPJPE: found.mpjpe,
            _ACCEL: found.relative_acceleration,
            _LIMBS: found.limb_direction,
        }
        if found.name.startswith(take.estimator):
            values[_GRAVITY] = angle(take.camera_R[:, 1].astype(float), up)
        rows.append(Row(found.name, values, bars if found.name.endswith("smoothed") else {}))
    note = "Gravity is the angle between the take's up and the true one, in the camera."
    return Table(f"Accuracy: {clip.name}, 12 limb joints", _POSITIONS, rows, note)


def _sample(session: Session, settings: SmoothingSettings) -> list[Table]:
    if not (SAMPLE.exists() and SAMPLE_TRUTH.exists()):
        row = Row("sample", problem="the sample has not been rendered")
        return [Table("Accuracy: sample", {}, [row])]
    clip, true = session.converted(SAMPLE), Take.load(SAMPLE_TRUTH)
    take, body = Take.load(clip.takes[0]), load_body()
    joints = pose2sim.in_camera(true, true.poses, true.trans)
    rows = [
        Row(f"{take.estimator}, {name}", rendered(motion, true, body))
        for name, motion in (("raw", take), ("smoothed", smoothed(take, settings)))
    ]
    note = "Slope and r are medians over the joint angles that move by more than 15°."
    columns = dict.fromkeys(rows[0].values, ".1f") | {
        "slope": ".2f",
        "r": ".2f",
        "lag, frames": "d",
    }
    return [
        positions(clip, joints, true.fps, true.camera_R[:, 1].astype(float), settings, {}),
        Table("Accuracy: sample, against all that is known of it", columns, rows, note),
    ]


def rendered(take: Take, true: Take, body: Body) -> dict[str, float]:
    """Figures that only a rendered clip allows, by column; the camera of both stands still.

    Angles are those of the 23 joints with a parent; slope and r are medians over the angles that
    move (a few that the picture hardly shows would rule a mean). Lag is that of the limb joints.
    """
    times = metrics.frame_times(take.timestamps, true.timestamps)
    (poses, trans), (true_poses, true_trans) = (
        (
            metrics.resample_poses(motion.poses.astype(float), motion.timestamps, times),
            metrics.resample(motion.trans.astype(float), motion.timestamps, times),
        )
        for motion in (take, true)
    )
    vertices = body.skin(poses, take.betas, trans)
    true_vertices = body.skin(true_poses, true.betas, true_trans)
    joints = _in_camera(take, forward_kinematics(poses, take.rest, trans)[0])
    true_joints = _in_camera(true, forward_kinematics(true_poses, true.rest, true_trans)[0])
    pve = metrics.pve(
        _in_camera(take, vertices),
        _in_camera(true, true_vertices),
        joints[:, 0],
        true_joints[:, 0],
    )
    angles, true_angles = (
        metrics.joint_angles(each[:, 1:], true_poses[:, 1:]) for each in (poses, true_poses)
    )
    swing = metrics.amplitude(angles, true_angles)
    limbs, true_limbs = (
        metrics.centred(each)[:, LIMB_JOINTS].reshape(len(times), -1)
        for each in (joints, true_joints)
    )
    soles = np.concatenate([body.extra[name] for name in _SOLES])
    return {
        "PVE, mm": metrics.pooled(pve),
        "angles, °": metrics.pooled(metrics.angle_errors(poses[:, 1:], true_poses[:, 1:])),
        "twist, °": metrics.pooled(metrics.twist_errors(poses, true_poses, true.rest)),
        "slope": float(np.median(swing.slope)),
        "r": float(np.median(swing.correlation)),
        "lag, frames": metrics.lag(limbs, true_limbs),
        "RTE, %": metrics.pooled(metrics.rte(trans, true_trans)),
        "foot skate, mm/frame": metrics.pooled(
            metrics.foot_skate(vertices[:, soles], true_vertices[:, soles])
        ),
    }


def _in_camera(take: Take, points: np.ndarray) -> np.ndarray:
    return points @ take.camera_R.T + take.camera_t


def angle(a: np.ndarray, b: np.ndarray) -> float:
    """Degrees between two vectors (3,)."""
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)))
