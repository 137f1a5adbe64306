"""The landmark model is found again from reports made with a known one."""

import numpy as np
import pytest

from backend.body import load_body
from backend.estimators.ik.config import LIMB_FROM, LIMB_TO
from backend.estimators.ik.observations import viewing_turn
from backend.estimators.ik.points import PointModel
from backend.motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from backend.motion.skeleton import LANDMARK, LANDMARK_JOINT, LANDMARK_MIRROR
from backend.training.landmark_model import fit, tilt_share, told
from backend.training.pairs.shards import pack

DEPTH_SHARE = 0.5


def people(rng: np.random.Generator, count: int):
    """(poses (1, 24, 3), trans (1, 3), betas (10,)) of people before a camera, from all around."""
    for _ in range(count):
        local = axis_angle_to_matrix(rng.normal(size=(1, 24, 3)) * 0.35)
        tilt = axis_angle_to_matrix(np.array([rng.uniform(-0.5, 0.25), 0.0, 0.0]))
        yaw = axis_angle_to_matrix(np.array([0.0, rng.uniform(0, 6.3), 0.0]))
        local[:, 0] = tilt @ np.diag([1.0, -1.0, -1.0]) @ yaw @ local[:, 0]
        depth = rng.uniform(2.5, 5.0)
        across = rng.uniform(-0.2, 0.2, 2) * depth
        yield local, np.array([[*across, depth]]), rng.normal(size=10) * 0.8


@pytest.fixture(scope="module")
def reports():
    """Pairs of 250 people whose world landmarks halve depth and whose ankles sit 3 cm too high."""
    rng = np.random.default_rng(0)
    model = PointModel.from_body(load_body())
    posed = [model.pose(*person) for person in people(rng, 250)]
    landmarks = np.concatenate([item.landmarks for item in posed])
    rotations = np.concatenate([item.rotations for item in posed])
    offsets = np.zeros((33, 3))
    offsets[[LANDMARK["left_ankle"], LANDMARK["right_ankle"]], 1] = 0.03
    seen = landmarks + np.einsum("nkab,kb->nka", rotations[:, LANDMARK_JOINT], offsets)
    rays = seen[..., :2] / seen[..., 2:] + rng.normal(size=(250, 33, 2)) * 0.002
    turn = viewing_turn(rays)
    world = (seen - seen[:, 23:25].mean(axis=1, keepdims=True)) @ turn
    world[..., 2] *= DEPTH_SHARE
    pairs = dict(
        rays=rays, visibility=np.ones((250, 33)), world=world, landmarks=landmarks,
        rotations=rotations,
    )  # fmt: skip
    return pairs, offsets


def test_offsets_and_flattened_depth_are_found(reports):
    pairs, offsets = reports
    model = fit(pairs)
    assert np.abs(model["offsets"] - offsets).max() < 0.004
    assert model["slopes"][:8, 0] == pytest.approx(1.0, abs=0.05)
    assert model["slopes"][:8, 1] == pytest.approx(DEPTH_SHARE, abs=0.05)


def test_the_model_is_symmetric(reports):
    model = fit(reports[0])
    mirrored = model["offsets"][LANDMARK_MIRROR] * [-1, 1, 1]
    assert np.array_equal(model["offsets"], mirrored)
    assert np.array_equal(model["sigma"], model["sigma"][LANDMARK_MIRROR])
    arms = [
        i
        for i, (a, b) in enumerate(zip(LIMB_FROM, LIMB_TO, strict=True))
        if (a, b) in ((LANDMARK["left_shoulder"], LANDMARK["left_elbow"]),
                      (LANDMARK["right_shoulder"], LANDMARK["right_elbow"]))
    ]  # fmt: skip
    assert np.array_equal(model["slopes"][arms[0]], model["slopes"][arms[1]])


def test_a_few_wild_landmarks_do_not_move_the_model(reports):
    pairs, offsets = reports
    rays = pairs["rays"].copy()
    rays[::12, LANDMARK["left_ankle"]] += 0.5
    assert np.abs(fit({**pairs, "rays": rays})["offsets"] - offsets).max() < 0.006


def test_the_share_of_the_tilt_is_what_was_left_out(reports):
    pairs, _ = reports
    upright = pairs["landmarks"] - pairs["landmarks"][:, 23:25].mean(axis=1, keepdims=True)
    middle = pairs["rays"][:, [11, 12, 23, 24]].mean(axis=1)
    pitch = -0.6 * middle[:, 1]  # a network that is blind to six tenths of the ray's tilt
    c, s = np.cos(pitch), np.sin(pitch)
    turned = upright.copy()
    turned[..., 1] = c[:, None] * upright[..., 1] - s[:, None] * upright[..., 2]
    turned[..., 2] = s[:, None] * upright[..., 1] + c[:, None] * upright[..., 2]
    share = abs(tilt_share({**pairs, "world": turned}))
    assert share == pytest.approx(0.6, abs=0.05)


def test_the_offsets_go_where_blazepose_sees_a_landmark(reports):
    body = load_body()
    moved = PointModel.from_body(body, reports[1])
    plain = PointModel.from_body(body)
    ankle = LANDMARK["left_ankle"]
    local = np.tile(np.eye(3), (1, 24, 1, 1))
    difference = (
        moved.pose(local, np.zeros((1, 3)), np.zeros(10)).landmarks
        - plain.pose(local, np.zeros((1, 3)), np.zeros(10)).landmarks
    )
    assert difference[0, ankle] == pytest.approx([0.0, 0.03, 0.0])


def test_shards_say_the_same_as_the_poses_they_were_made_of():
    rng = np.random.default_rng(1)
    model = PointModel.from_body(load_body())
    records, expected = [], []
    for local, trans, betas in people(rng, 3):
        posed = model.pose(local, trans, betas)
        rays = posed.landmarks[..., :2] / posed.landmarks[..., 2:]
        records.append(
            {
                "landmarks": (rays - [0.01, -0.02]) / 0.5, "region": [[0.01, -0.02, 0.5, 0.1]],
                "visibility": np.full((1, 33), 255), "world": posed.landmarks - trans,
                "score": np.array([0.9 if len(records) else 0.1]), "features": np.zeros((1, 64)),
                "seen": np.array([True]), "poses": matrix_to_axis_angle(local), "trans": trans,
                "up": np.array([[0.0, -1.0, 0.0]]), "contacts": np.zeros((1, 4)), "betas": betas,
                "fps": np.array(30.0), "focal": np.array(0.9), "aspect": np.array(1.5),
                "occluded": np.array(False), "key": np.array("a"),
            }
        )  # fmt: skip
        expected.append((rays, posed))
    pairs = told(pack(records))
    assert len(pairs["rays"]) == 2, "what was not found is left out"
    rays, posed = (np.concatenate(part) for part in zip(
        *[(rays, posed.landmarks) for rays, posed in expected[1:]], strict=True
    ))  # fmt: skip
    assert np.abs(pairs["rays"] - rays).max() < 1e-3
    assert np.abs(pairs["landmarks"] - posed).max() < 5e-3
