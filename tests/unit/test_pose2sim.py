"""The comparison with a reference finds the frames, the camera and the baselines."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from backend.evaluation import pose2sim
from backend.motion.kinematics import forward_kinematics
from backend.motion.rotations import axis_angle_to_matrix
from backend.motion.skeleton import JOINT, LANDMARK, REST
from backend.motion.smoothing import SmoothingSettings
from backend.motion.take import Take
from backend.people import PersonTrack

KEEP = SmoothingSettings(strength=dict.fromkeys(SmoothingSettings().strength, 0.0))


@pytest.fixture
def take():
    """Two seconds at 60 frames a second, from frame 12 of the video on."""
    t = 0.2 + np.arange(120) / 60
    poses = np.zeros((120, 24, 3))
    poses[:, JOINT["left_shoulder"], 2] = -0.5 + 0.6 * np.sin(5 * t)
    poses[:, JOINT["right_knee"], 0] = 0.5 + 0.4 * np.sin(4 * t)
    poses[:, 0, 1] = 0.3 * t
    trans = np.stack([t, 1 + 0 * t, 0 * t], axis=1)
    return Take(
        poses=poses, trans=trans, rest=REST, betas=np.zeros(10), body="onetake",
        joints=forward_kinematics(poses, REST, trans)[0], timestamps=t,
        confidence=np.ones((120, 24)), contacts=np.zeros((120, 4)),
        landmarks=np.zeros((120, 33, 3)), box=np.zeros((120, 4)),
        camera_R=axis_angle_to_matrix(np.array([3.0, 0.3, 0.1])), camera_t=np.array([0.1, 1, 5]),
        camera_K=np.eye(3), focal_source="user", image_size=np.array([640, 480]), fps=60.0,
        person_id=1, estimator="ik", version="1", video_name="walk.mp4",
    )  # fmt: skip


@pytest.fixture
def truth(take):
    """What it should find: the take's own joints, with a second before and after."""
    joints = take.joints @ take.camera_R.T + take.camera_t
    other = np.repeat(REST[None], 60, axis=0) + 9
    true = np.concatenate([other[:12], joints, other])
    true[:, JOINT["spine1"]] = np.nan  # not one of the twelve
    true[40:44, JOINT["left_wrist"]] = np.nan
    return true


def rows_of(take, truth, **more):
    return {row.name: row for row in pose2sim.evaluate(take, truth, 60.0, KEEP, **more)}


def test_a_perfect_take(take, truth):
    rows = rows_of(take, truth)
    for name in ("ik, raw", "ik, smoothed"):
        row = rows[name]
        assert row.mpjpe < 0.01 and row.pa_mpjpe < 0.01
        assert row.relative_acceleration < 0.01 and row.limb_direction < 0.01
    for name in ("frozen pose", "mean pose"):
        assert rows[name].relative_acceleration == pytest.approx(1)
        assert rows[name].mpjpe > 20 and rows[name].limb_direction > 2
    assert rows["mean pose"].mpjpe < rows["frozen pose"].mpjpe


def test_a_moving_camera(take, truth):
    moving = replace(
        take,
        camera_R=np.tile(take.camera_R, (120, 1, 1)),
        camera_t=np.tile(take.camera_t, (120, 1)),
    )
    assert rows_of(moving, truth)["ik, raw"].mpjpe < 0.01


def test_a_frame_late_is_seen(take, truth):
    rows = rows_of(take, np.roll(truth, 2, axis=0))
    assert rows["ik, raw"].mpjpe > 2


def test_smoothing_is_a_row_of_its_own(take, truth):
    strong = SmoothingSettings(min_cutoff=0.3, beta=0)
    rows = {row.name: row for row in pose2sim.evaluate(take, truth, 60.0, strong)}
    assert rows["ik, raw"].mpjpe < 0.01 < 10 < rows["ik, smoothed"].mpjpe


def test_world_landmarks_of_the_track(take, truth):
    joints = take.joints @ take.camera_R.T
    landmarks = np.zeros((120, 33, 3))
    for name, landmark in LANDMARK.items():
        if name in JOINT:
            landmarks[:, landmark] = 1.1 * joints[:, JOINT[name]]
    track = PersonTrack(
        person_id=1, frame_index=12 + np.arange(120), timestamps=take.timestamps,
        landmarks=np.zeros((120, 33, 3)), world_landmarks=landmarks, score=np.ones(120),
        seen=np.ones(120, bool), box=np.zeros((120, 4)), regions=np.zeros((120, 4)),
    )  # fmt: skip
    row = rows_of(take, truth, track=track)["BlazePose world landmarks"]
    assert row.pa_mpjpe < 0.01 and row.limb_direction < 0.01
    assert row.mpjpe > 10  # ten per cent too tall


def test_the_command_prints_the_table(take, truth, tmp_path, monkeypatch, capsys):
    take.save(tmp_path / "walk.take.npz")
    np.savez(tmp_path / "truth.npz", joints_cam=truth, fps=60.0)
    files = [str(tmp_path / name) for name in ("walk.take.npz", "truth.npz")]
    monkeypatch.setattr(sys, "argv", ["pose2sim", *files])
    pose2sim.main()
    lines = capsys.readouterr().out.splitlines()
    assert "PA-MPJPE" in lines[0]
    assert [line.split("  ")[0] for line in lines[1:]] == [
        "frozen pose", "mean pose", "ik, raw", "ik, smoothed"
    ]  # fmt: skip
