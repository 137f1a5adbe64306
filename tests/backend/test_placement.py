"""The world that people are placed in agrees with the camera they were seen by."""

from dataclasses import replace

import numpy as np
import pytest

from backend.body import load_body
from backend.estimators import CameraMotion
from backend.estimators.ik.prior import PosePrior
from backend.motion.kinematics import forward_kinematics
from backend.motion.rotations import axis_angle_to_matrix
from backend.world.placement import place

TIMES = np.arange(60) / 30


@pytest.fixture(scope="module")
def body():
    return load_body()


def standing(body, pitch=0.0, yaw=0.4, away=4.0):
    """Somebody who stands and sways before a camera that looks down by `pitch` radians."""
    pose = np.tile(PosePrior.load().mean_pose() * 0.3, (len(TIMES), 1, 1))
    pose[:, 16, 2] += 0.5 * np.sin(4 * TIMES)
    local = axis_angle_to_matrix(pose)
    camera = axis_angle_to_matrix(np.array([pitch, 0.0, 0.0])) @ np.diag([1.0, -1.0, -1.0])
    local[:, 0] = camera @ axis_angle_to_matrix(np.array([0.0, yaw, 0.0]))
    rest = body.rest_joints(np.zeros(10)).astype(float)
    joints, _ = forward_kinematics(local, rest, np.zeros((len(TIMES), 3)))
    ankles = joints[:, [7, 8]].mean(axis=1)
    trans = np.array([0.0, 1.0, away]) - ankles  # the feet do not move
    return CameraMotion(local, trans, np.zeros(10), np.ones((len(TIMES), 24), np.float32))


def test_the_camera_sees_everyone_where_they_were(body):
    motion = standing(body)
    placed = place([motion], [TIMES], body)[0]
    rest = body.rest_joints(np.zeros(10)).astype(float)
    joints, _ = forward_kinematics(motion.local, rest, motion.trans)
    seen = placed.joints @ placed.camera_R.T + placed.camera_t
    # The path was steadied by a few millimetres; the pose is the same.
    assert np.abs((seen - seen[:, :1]) - (joints - joints[:, :1])).max() < 1e-4
    assert np.linalg.norm(seen - joints, axis=-1).max() < 0.05


@pytest.mark.parametrize("pitch", [-0.4, 0.0, 0.25])
def test_a_camera_that_looks_down_does_not_tilt_the_motion(body, pitch):
    placed = place([standing(body, pitch)], [TIMES], body)[0]
    upright = placed.joints[:, 12] - placed.joints[:, [7, 8]].mean(axis=1)
    lean = np.degrees(np.arccos(upright[:, 1] / np.linalg.norm(upright, axis=-1)))
    assert lean.max() < 6.0


def test_feet_stand_on_the_floor_and_count_as_contacts(body):
    placed = place([standing(body)], [TIMES], body)[0]
    soles = body.skin(placed.poses, np.zeros(10), placed.trans)[..., 1].min(axis=1)
    assert np.abs(soles).max() < 0.03
    assert placed.contacts.min() > 0.6


def test_the_first_person_starts_at_the_origin_facing_ahead(body):
    placed = place([standing(body, yaw=2.0), standing(body, yaw=-1.0, away=6.0)], [TIMES] * 2, body)
    assert placed[0].trans[0, [0, 2]] == pytest.approx([0.0, 0.0], abs=1e-5)
    facing = axis_angle_to_matrix(placed[0].poses[0, 0].astype(float)) @ [0.0, 0.0, 1.0]
    assert facing[2] > 0.99
    assert np.array_equal(placed[0].camera_R, placed[1].camera_R)
    assert np.linalg.norm(placed[1].trans[0, [0, 2]]) == pytest.approx(2.0, abs=0.3)


def test_who_stands_on_a_roof_stands_where_the_estimator_says_so(body):
    above, below = standing(body), standing(body, away=6.0)
    told = np.full((len(TIMES), 4), 0.9, np.float32)
    above = replace(above, trans=above.trans - [0.0, 1.5, 0.0])
    guessed = place([below, above], [TIMES] * 2, body)[1].contacts
    known = place([replace(each, contacts=told) for each in (below, above)], [TIMES] * 2, body)[1]
    assert np.ptp(known.trans[:, 1]) < 0.1 and known.trans[:, 1].min() > 2.0
    assert guessed.max() < 0.1 and known.contacts.min() > 0.8
