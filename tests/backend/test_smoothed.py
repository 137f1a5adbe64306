"""What `--smooth`, the preview and the scene make of a take's motion."""

from dataclasses import replace

import numpy as np
import pytest

from backend import cli, commands
from backend.commands import smoothed
from backend.motion.skeleton import JOINT
from backend.motion.smoothing import SmoothingSettings
from tests.backend.walk import small_body, walking_take

BALLS = [JOINT["left_foot"], JOINT["right_foot"]]


@pytest.fixture
def standing():
    """Both feet on the floor all the time, while the path wanders under them."""
    body = small_body()
    take = walking_take(body)
    trans = np.zeros_like(take.trans)
    trans[:, 0] = 0.03 * np.sin(2 * take.timestamps)
    trans[:, 1] = take.rest[0, 1] - take.rest[BALLS[0], 1]
    return replace(take, contacts=np.ones((90, 4))).with_motion(take.poses, trans), body


def test_smoothing_ends_with_feet_that_stay(standing):
    take, body = standing
    settings = SmoothingSettings()
    locked = smoothed(take, settings, body)
    assert np.ptp(locked.joints[:, BALLS], axis=0).max() < 1e-3
    assert np.abs(locked.joints[:, BALLS, 1]).max() < 1e-3  # this body's soles are its joints
    assert np.array_equal(locked.contacts, take.contacts)
    loose = smoothed(take, replace(settings, foot_lock=False), body)
    assert np.ptp(loose.joints[:, BALLS], axis=0).max() > 0.03
    assert smoothed(take, None, body) is take


def test_a_body_that_is_not_known_is_taken_for_one_like_ours(standing):
    take, _ = standing
    heights = smoothed(take, SmoothingSettings()).joints[:, BALLS, 1]
    assert heights.min() > 0.01 and heights.max() < 0.02


@pytest.mark.parametrize("command", ["convert", "estimate"])
@pytest.mark.parametrize(
    "options, expected",
    [
        ([], SmoothingSettings()),
        (["--no-foot-lock"], SmoothingSettings(foot_lock=False)),
        (["--smoothing", "none", "--no-foot-lock"], None),
    ],
)
def test_the_command_line_can_leave_feet_alone(command, options, expected, monkeypatch):
    seen = []
    monkeypatch.setattr(commands, "_each", lambda _, smoothing, run: seen.append(smoothing) or 0)
    smooth = ["--smooth"] if command == "estimate" else []
    assert cli.run([command, "clip.mp4", *smooth, *options]) == 0
    assert seen == [expected]
