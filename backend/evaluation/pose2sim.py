"""A take against a multi-camera reference, beside baselines that do nothing.

python -m backend.evaluation.pose2sim TAKE TRUTH [--track TRACK.npz] [--preset PRESET.json]

TRUTH is an npz with `joints_cam` (T, 24, 3), metres in the camera's axes (x right, y down, z
forward), SMPL's order, NaN where unknown, and `fps`; its frame i is the video's frame i. TRACK is
the person's track, for BlazePose's own 3D landmarks. Twelve limb joints, at 30 fps.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..motion.kinematics import forward_kinematics
from ..motion.skeleton import JOINTS, LANDMARK, LIMB_JOINTS
from ..motion.smoothing import SmoothingSettings, smooth
from ..motion.take import Take
from ..people import PersonTrack
from . import metrics


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    pa_mpjpe: float  # mm
    mpjpe: float  # mm
    relative_acceleration: float
    limb_direction: float  # degrees


def in_camera(take: Take, poses: np.ndarray, trans: np.ndarray) -> np.ndarray:
    """Joints (T, 24, 3) of a motion of the take, in the camera's axes, metres."""
    joints, _ = forward_kinematics(poses, take.rest, trans)
    R = np.broadcast_to(take.camera_R, (len(take), 3, 3))
    t = np.broadcast_to(take.camera_t, (len(take), 3))
    return np.einsum("tab,tjb->tja", R, joints) + t[:, None]


def limbs_of_track(track: PersonTrack) -> np.ndarray:
    """BlazePose's world landmarks as (T, 24, 3) with NaN for all but the twelve limb joints."""
    joints = np.full((len(track.timestamps), 24, 3), np.nan)
    landmarks = [LANDMARK[JOINTS[joint]] for joint in LIMB_JOINTS]
    joints[:, LIMB_JOINTS] = track.world_landmarks[:, landmarks]
    return joints


def score(name: str, predicted: np.ndarray, true: np.ndarray) -> Row:
    """Both (N, 24, 3) in the camera's axes at 30 fps."""
    return Row(
        name,
        metrics.pooled(metrics.pa_mpjpe(predicted, true)),
        metrics.pooled(metrics.mpjpe(predicted, true)),
        metrics.relative_acceleration(
            metrics.acceleration_errors(predicted, true), metrics.accelerations(true)
        ),
        metrics.pooled(metrics.limb_directions(predicted, true)),
    )


def still_poses(true: np.ndarray) -> dict[str, np.ndarray]:
    """The middle frame that knows every limb joint, and the mean, of (N, 24, 3): each (24, 3)."""
    limbs = list(LIMB_JOINTS)
    centred = metrics.centred(true)
    whole = np.flatnonzero(~np.isnan(centred[:, limbs]).any(axis=(1, 2)))
    mean = np.full((24, 3), np.nan)
    mean[limbs] = np.nanmean(centred[:, limbs], axis=0)
    return {"frozen pose": centred[whole[len(whole) // 2]], "mean pose": mean}


def evaluate(
    take: Take,
    true: np.ndarray,
    fps: float,
    settings: SmoothingSettings,
    track: PersonTrack | None = None,
) -> list[Row]:
    """Rows of the table, on the frames that take, truth and track share.

    true (T, 24, 3) in the camera's axes at fps, some frame of it whole. The frozen and the mean
    pose are the truth's own: no system that stands still could do better.
    """
    true_times = np.arange(len(true)) / fps
    clocks = [true_times, take.timestamps, *([] if track is None else [track.timestamps])]
    times = metrics.frame_times(*clocks)
    truth = metrics.resample(np.asarray(true, float), true_times, times)
    rows = [
        score(name, np.repeat(pose[None], len(truth), axis=0), truth)
        for name, pose in still_poses(truth).items()
    ]
    if track is not None:
        limbs = metrics.resample(limbs_of_track(track), track.timestamps, times)
        rows.append(score("BlazePose world landmarks", limbs, truth))
    smoothed = smooth(take.poses, take.trans, take.timestamps, settings)
    for name, motion in (("raw", (take.poses, take.trans)), ("smoothed", smoothed)):
        joints = metrics.resample(in_camera(take, *motion), take.timestamps, times)
        rows.append(score(f"{take.estimator}, {name}", joints, truth))
    return rows


def table(rows: list[Row]) -> str:
    """The rows as text, one a line, under a heading."""
    lines = [f"{'':28s}{'PA-MPJPE':>10s}{'MPJPE':>8s}{'rel. accel':>12s}{'limb dir.':>11s}"]
    for row in rows:
        lines.append(
            f"{row.name:28s}{row.pa_mpjpe:7.1f} mm{row.mpjpe:5.0f} mm"
            f"{row.relative_acceleration:12.2f}{row.limb_direction:9.1f} °"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m backend.evaluation.pose2sim")
    parser.add_argument("take", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--track", type=Path, help="the person's track, for BlazePose's own 3D")
    parser.add_argument("--preset", type=Path, help="smoothing preset (JSON), else the default")
    arguments = parser.parse_args()
    with np.load(arguments.truth, allow_pickle=False) as data:
        true, fps = data["joints_cam"], float(data["fps"])
    settings = SmoothingSettings.load(arguments.preset) if arguments.preset else SmoothingSettings()
    track = PersonTrack.load(arguments.track) if arguments.track else None
    print(table(evaluate(Take.load(arguments.take), true, fps, settings, track)))


if __name__ == "__main__":
    main()
