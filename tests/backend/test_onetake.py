"""The `onetake` estimator as it ships: its weights on people whose motion is known."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from backend.body.make import body_arrays
from backend.errors import OneTakeError
from backend.estimators import create, names
from backend.estimators.ik.points import PointModel
from backend.estimators.onetake import OneTakeEstimator, load_network
from backend.evaluation import metrics
from backend.motion.body import Body
from backend.motion.kinematics import forward_kinematics
from backend.motion.rotations import axis_angle_to_matrix
from backend.people import PersonTrack

KEYS = ("v_template", "shapedirs", "J_regressor", "weights", "f", "landmark_regressor")
WIDTH, HEIGHT, FOCAL = 1280, 720, 1200.0
K = np.array([[FOCAL, 0, WIDTH / 2], [0, FOCAL, HEIGHT / 2], [0, 0, 1]])
PITCH = np.radians(12.0)


@pytest.fixture(scope="module")
def body() -> Body:
    arrays = body_arrays()
    return Body("onetake", **{key: arrays[key] for key in KEYS})


@pytest.fixture(scope="module")
def estimator() -> OneTakeEstimator:
    return OneTakeEstimator.of_quality("balanced", "cpu")


def walker(frames: int) -> np.ndarray:
    """(T, 24, 3): somebody who walks on the spot with swinging arms, facing half left."""
    phase = np.arange(frames) / 30 * 2 * np.pi * 0.9
    poses = np.zeros((frames, 24, 3))
    poses[:, 1, 0], poses[:, 2, 0] = -0.45 * np.sin(phase), 0.45 * np.sin(phase)
    poses[:, 4, 0] = 0.4 + 0.35 * np.cos(phase)
    poses[:, 5, 0] = 0.4 - 0.35 * np.cos(phase)
    poses[:, 16, 2], poses[:, 17, 2] = -1.2, 1.2  # arms hang down
    poses[:, 16, 1], poses[:, 17, 1] = 0.4 * np.sin(phase), 0.4 * np.sin(phase)
    poses[:, 0, 1] = 0.6
    return poses


def filmed(body: Body, frames: int, shift=(0.0, 0.0, 4.5)):
    """A track of exact landmarks, and the true rotations and joints in the camera."""
    local = axis_angle_to_matrix(walker(frames))
    camera = axis_angle_to_matrix(np.array([PITCH, 0, 0])) @ np.diag([1.0, -1.0, -1.0])
    local[:, 0] = camera @ local[:, 0]
    trans = np.tile(np.array(shift), (frames, 1))
    posed = PointModel.from_body(body).pose(local, trans, np.zeros(10))
    pixels = posed.landmarks[..., :2] / posed.landmarks[..., 2:] * FOCAL + K[:2, 2]
    world = posed.landmarks - posed.landmarks[:, 23:25].mean(axis=1, keepdims=True)
    track = PersonTrack(
        person_id=1, frame_index=np.arange(frames, dtype=np.int32),
        timestamps=np.arange(frames) / 30,
        landmarks=np.concatenate([pixels, np.full((frames, 33, 1), 0.95)], -1).astype("f4"),
        world_landmarks=world.astype("f4"), score=np.ones(frames, "f4"),
        seen=np.ones(frames, bool), box=np.zeros((frames, 4), "f4"),
        regions=np.zeros((frames, 4), "f4"),
    )  # fmt: skip
    return track, local, posed.joints, camera[:, 1]


def estimated(estimator, track, body):
    return estimator.estimate(
        track, K, body, progress=lambda done, total: None, should_stop=lambda: False
    )


def joints_of(motion, body) -> np.ndarray:
    rest = body.rest_joints(motion.betas).astype(float)
    return forward_kinematics(motion.local, rest, motion.trans)[0]


def test_a_walk_comes_back(estimator, body):
    track, _, joints, up = filmed(body, 90)
    motion = estimated(estimator, track, body)
    found = joints_of(motion, body)
    assert metrics.pooled(metrics.pa_mpjpe(found, joints)) < 55
    assert metrics.pooled(metrics.mpjpe(found, joints)) < 90
    mean_up = motion.up.mean(axis=0)
    assert np.degrees(np.arccos(mean_up @ up / np.linalg.norm(mean_up))) < 10
    pixels = found[..., :2] / found[..., 2:] * FOCAL
    true = joints[..., :2] / joints[..., 2:] * FOCAL
    assert np.linalg.norm(pixels - true, axis=-1).mean() < 0.03 * FOCAL / 4.5  # 3 cm there


def test_the_corner_of_the_picture_changes_nothing_of_the_pose(estimator, body):
    straight = estimated(estimator, filmed(body, 40)[0], body)
    track, _, joints, _ = filmed(body, 40, shift=(1.6, 0.2, 4.5))
    aside = estimated(estimator, track, body)
    a, b = joints_of(straight, body), joints_of(aside, body)
    assert metrics.pooled(metrics.pa_mpjpe(a, b)) < 25
    assert metrics.pooled(metrics.mpjpe(b, joints)) < 95


def test_gaps_and_single_frames_and_uneven_times(estimator, body):
    track, *_ = filmed(body, 50)
    track.seen[20:30] = False
    track.landmarks[20:30, :, 2] = 0
    track.timestamps[25:] += 0.31
    motion = estimated(estimator, track, body)
    assert np.isfinite(motion.local).all() and np.isfinite(motion.trans).all()
    assert (motion.confidence[20:30] == 0).all() and motion.confidence[:20].mean() > 0.2
    one = estimated(estimator, filmed(body, 1)[0], body)
    assert one.local.shape == (1, 24, 3, 3) and one.contacts.shape == (1, 4)


def test_what_an_estimator_gives(estimator, body):
    motion = estimated(estimator, filmed(body, 30)[0], body)
    assert motion.local.shape == (30, 24, 3, 3) and motion.betas.shape == (10,)
    assert np.allclose(np.linalg.det(motion.local), 1, atol=1e-5)
    assert motion.contacts.min() >= 0 and motion.contacts.max() <= 1
    assert np.allclose(np.linalg.norm(motion.up, axis=-1), 1, atol=1e-6)


def test_the_same_video_gives_the_same_motion(estimator, body):
    track, *_ = filmed(body, 40)
    first, second = (estimated(estimator, track, body) for _ in range(2))
    assert np.array_equal(first.local, second.local)
    assert np.array_equal(first.trans, second.trans)


def test_progress_and_stopping_within_the_network_and_the_fit(estimator, body):
    track, *_ = filmed(body, 700)  # windows by the dozen, and three of the fit
    shares, calls = [], []
    estimator.estimate(
        track, K, body, progress=lambda done, total: shares.append(done / total),
        should_stop=lambda: bool(calls.append(1)),
    )  # fmt: skip
    assert shares == sorted(shares) and shares[-1] == 1
    assert sum(0 < share < 0.5 for share in shares) >= 1
    assert sum(0.5 < share < 1 for share in shares) >= 2
    for stop in range(1, len(calls) + 1):
        left = iter(range(stop - 1))
        with pytest.raises(OneTakeError) as caught:
            estimator.estimate(
                track, K, body, progress=lambda done, total: None,
                should_stop=lambda left=left: next(left, None) is None,
            )  # fmt: skip
        assert caught.value.code == "cancelled"


def test_every_name_makes_an_estimator_of_every_quality():
    for name in names():
        for quality in ("fast", "balanced", "best"):
            assert hasattr(create(name, quality), "estimate")


def test_a_file_that_holds_no_weights_is_named(tmp_path):
    path = tmp_path / "odd.safetensors"
    save_file({"x": torch.zeros(3)}, path)
    with pytest.raises(OneTakeError, match=r"odd\.safetensors"):
        load_network(path)
    path.write_bytes(b"no weights at all")
    with pytest.raises(OneTakeError, match=r"odd\.safetensors"):
        load_network(path)
