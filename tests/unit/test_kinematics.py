"""Forward kinematics and skinning, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from backend.motion.body import Body
from backend.motion.kinematics import forward_kinematics
from backend.motion.rotations import axis_angle_to_matrix
from backend.motion.skeleton import (
    JOINT,
    JOINTS,
    LANDMARK_JOINT,
    LANDMARKS,
    LEVELS,
    LIMB_JOINTS,
    MIRROR,
    PARENTS,
    REST,
)

QUARTER = np.pi / 2


def pose(**rotations):
    poses = np.zeros((1, 24, 3))
    for name, vector in rotations.items():
        poses[0, JOINT[name]] = vector
    return poses


def test_the_skeleton_is_whole():
    assert len(JOINTS) == 24 and len(set(JOINTS)) == 24
    assert sorted(joint for level in LEVELS for joint in level) == list(range(24))
    for depth, level in enumerate(LEVELS[1:], 1):
        assert all(PARENTS[joint] in LEVELS[depth - 1] for joint in level)
    assert (MIRROR[MIRROR] == np.arange(24)).all()
    for name, other in zip(JOINTS, MIRROR, strict=True):
        swapped = name.replace("left", "R").replace("right", "left").replace("R", "right")
        assert JOINTS[other] == swapped
    assert np.abs(REST[MIRROR] * [-1, 1, 1] - REST).max() < 1e-9
    assert len(LANDMARKS) == len(LANDMARK_JOINT) == 33
    assert len(LIMB_JOINTS) == 12


def test_no_rotation_is_the_rest_moved():
    joints, rotations = forward_kinematics(pose(), REST, np.array([[1.0, 2.0, 3.0]]))
    assert joints[0] == pytest.approx(REST - REST[0] + [1, 2, 3])
    assert rotations[0] == pytest.approx(np.tile(np.eye(3), (24, 1, 1)))


def test_a_bent_knee_moves_the_shin_only():
    trans = np.zeros((1, 3))
    straight, _ = forward_kinematics(pose(), REST, trans)
    # Positive about +x, y up and facing +z: the shin swings back.
    bent, _ = forward_kinematics(pose(left_knee=[QUARTER, 0, 0]), REST, trans)
    moved = {JOINT["left_ankle"], JOINT["left_foot"]}
    for joint in range(24):
        same = np.allclose(bent[0, joint], straight[0, joint])
        assert same != (joint in moved), JOINTS[joint]
    knee, ankle = bent[0, JOINT["left_knee"]], bent[0, JOINT["left_ankle"]]
    x, y, z = REST[JOINT["left_ankle"]] - REST[JOINT["left_knee"]]
    assert ankle - knee == pytest.approx([x, -z, y])
    assert ankle[2] < knee[2]


def test_rotations_add_down_the_chain():
    poses = pose(pelvis=[0, QUARTER, 0], left_shoulder=[0, 0, QUARTER], left_elbow=[0.3, 0, 0])
    joints, rotations = forward_kinematics(poses, REST, np.zeros((1, 3)))
    turn, raise_arm, bend = axis_angle_to_matrix(
        np.array([[0, QUARTER, 0], [0, 0, QUARTER], [0.3, 0, 0]])
    )
    assert rotations[0, JOINT["left_elbow"]] == pytest.approx(turn @ raise_arm @ bend)
    forearm = REST[JOINT["left_wrist"]] - REST[JOINT["left_elbow"]]
    expected = joints[0, JOINT["left_elbow"]] + turn @ raise_arm @ bend @ forearm
    assert joints[0, JOINT["left_wrist"]] == pytest.approx(expected)


def test_bones_keep_their_length_and_matrices_do_as_well_as_vectors():
    rng = np.random.default_rng(0)
    poses, trans = rng.normal(0, 1, (20, 24, 3)), rng.normal(0, 1, (20, 3))
    joints, _ = forward_kinematics(poses, REST, trans)
    lengths = np.linalg.norm(joints[:, 1:] - joints[:, PARENTS[1:]], axis=-1)
    assert lengths == pytest.approx(
        np.tile(np.linalg.norm(REST[1:] - REST[PARENTS[1:]], axis=-1), (20, 1))
    )
    assert joints[:, 0] == pytest.approx(trans)
    again, _ = forward_kinematics(axis_angle_to_matrix(poses), REST, trans)
    assert again == pytest.approx(joints)


def test_wrong_shapes_are_refused():
    with pytest.raises(AssertionError, match="not"):
        forward_kinematics(np.zeros((5, 23, 3)), REST, np.zeros((5, 3)))


@pytest.fixture
def body():
    """A vertex on each joint, one half-way down the left forearm, shape that stretches y."""
    elbow, wrist = JOINT["left_elbow"], JOINT["left_wrist"]
    vertices = np.concatenate([REST, [(REST[elbow] + REST[wrist]) / 2]])
    weights = np.concatenate([np.eye(24), np.zeros((1, 24))])
    weights[24, [elbow, wrist]] = 0.5
    shapes = np.zeros((25, 3, 10))
    shapes[:, 1, 0] = vertices[:, 1]
    return Body(
        name="sticks",
        v_template=vertices,
        shapedirs=shapes,
        J_regressor=np.eye(24, 25),
        weights=weights,
        f=np.array([[0, 1, 2]]),
    )


def test_skinned_vertices_on_joints_go_with_the_joints(body):
    rng = np.random.default_rng(1)
    poses, trans = rng.normal(0, 0.7, (7, 24, 3)), rng.normal(0, 1, (7, 3))
    betas = np.zeros(10)
    betas[0] = 0.1
    rest = body.rest_joints(betas)
    assert rest[:, 1] == pytest.approx(1.1 * REST[:, 1])
    joints, _ = forward_kinematics(poses, rest, trans)
    assert body.skin(poses, betas, trans)[:, :24] == pytest.approx(joints)


def test_a_vertex_between_two_joints_goes_half_way(body):
    poses = pose(left_wrist=[0, 0, QUARTER])
    vertices = body.skin(poses, np.zeros(10), REST[:1])
    wrist = REST[JOINT["left_wrist"]]
    start = body.v_template[24]
    x, y, z = start - wrist
    turned = wrist + np.array([-y, x, z])
    assert vertices[0, 24] == pytest.approx((start + turned) / 2)


def test_pose_correctives_are_added_in_the_rest_pose(body):
    correctives = np.zeros((25, 3, 207))
    first = 9 * (JOINT["left_knee"] - 1)
    correctives[0, 2, first : first + 9] = np.eye(3).ravel()
    # trace(R - I) of the knee's rotation moves the first vertex along z.
    bent = replace(body, posedirs=correctives).skin(
        pose(left_knee=[QUARTER, 0, 0]), np.zeros(10), REST[:1]
    )
    assert bent[0, 0] - REST[0] == pytest.approx([0, 0, 1 - 3])
