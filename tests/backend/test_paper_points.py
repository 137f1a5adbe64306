"""What the point networks say becomes a body: the true landmarks give the true joints back."""

import numpy as np
import pytest
import torch

from backend.body import load_body
from backend.body.torch_body import TorchBody
from backend.errors import OneTakeError
from backend.estimators.ik.prior import PosePrior
from backend.estimators.onetake.canonical import turn_towards
from backend.estimators.papers.points import PointEstimator, Points, fitted, points_of
from backend.motion.kinematics import forward_kinematics
from backend.motion.rotations import axis_angle_to_matrix, geodesic_angle
from backend.motion.skeleton import JOINT
from backend.people.blazepose_steps import FEATURES
from backend.people.track import PersonTrack

K = np.array([[900.0, 0.0, 640.0], [0.0, 900.0, 360.0], [0.0, 0.0, 1.0]])
FRAMES = 20


@pytest.fixture(scope="module")
def body():
    return load_body()


@pytest.fixture(scope="module")
def truth(body):
    """Somebody at the edge of the picture, well above its middle, who turns and bends."""
    time = np.arange(FRAMES) / 30
    pose = np.tile(PosePrior.load().mean_pose(), (FRAMES, 1, 1))
    pose[:, JOINT["left_shoulder"], 1] += 0.6 * np.sin(4 * time)
    pose[:, JOINT["left_elbow"], 1] -= 0.4 + 0.4 * np.sin(5 * time)
    pose[:, JOINT["right_knee"], 0] += 0.4 + 0.4 * np.sin(4 * time)
    pose[:, JOINT["right_hip"], 0] -= 0.3
    local = axis_angle_to_matrix(pose)
    heading = np.zeros((FRAMES, 3))
    heading[:, 1] = np.linspace(-0.4, 0.8, FRAMES)
    local[:, 0] = np.diag([1.0, -1.0, -1.0]) @ axis_angle_to_matrix(heading)
    trans = np.stack([1.6 + 0.2 * time, -1.2 + 0 * time, 4 + 0.3 * time], axis=-1)
    betas = np.array([0.8, -0.5, 0.3, 0, 0, 0, 0, 0, 0, 0])
    with torch.no_grad():
        posed = TorchBody(body)(
            torch.as_tensor(local).float(), torch.as_tensor(betas).float(), torch.zeros(FRAMES, 3),
            landmarks=True,
        )  # fmt: skip
    points = {name: posed[name].double().numpy() for name in ("joints", "landmarks")}
    return points | {"local": local, "trans": trans}


def track_of(truth) -> PersonTrack:
    placed = truth["landmarks"] + truth["trans"][:, None]
    pixels = placed[..., :2] / placed[..., 2:] * np.diag(K)[:2] + K[:2, 2]
    track = PersonTrack(
        person_id=1,
        frame_index=np.arange(FRAMES, dtype=np.int32),
        timestamps=np.arange(FRAMES) / 30,
        landmarks=np.concatenate([pixels, np.ones((FRAMES, 33, 1))], -1).astype(np.float32),
        world_landmarks=np.zeros((FRAMES, 33, 3), np.float32),
        score=np.ones(FRAMES, np.float32),
        seen=np.ones(FRAMES, bool),
        box=np.zeros((FRAMES, 4), np.float32),
        regions=np.zeros((FRAMES, 4), np.float32),
    )
    track.landmarks[:, 0, 2] = 0.7 + 0.3 * np.arange(FRAMES) / FRAMES
    track.image_features = np.zeros((FRAMES, FEATURES), np.float16)
    return track


class Knowing:
    """A network that knows the truth: the nose's visibility says of which frame."""

    def __init__(self, truth, window: int) -> None:
        self.window = window
        points = np.concatenate([truth["joints"], truth["landmarks"]], axis=1)
        self.points = torch.as_tensor(points).float()

    def __call__(self, given) -> Points:
        frames = ((given.visibility[..., 0] - 0.7) / 0.3 * FRAMES).round().long()
        there = self.points[frames] @ turn_towards(given.centre).transpose(-1, -2)
        return Points(there[..., :24, :], there[..., 24:, :])


def run(landmarks, truth, body):
    return fitted(
        landmarks, track_of(truth), K, body,
        progress=lambda part, whole: None, should_stop=lambda: False,
    )  # fmt: skip


def test_true_landmarks_give_the_true_joints_back(truth, body):
    found = run(truth["landmarks"], truth, body)
    joints, _ = forward_kinematics(found.local, body.rest_joints(found.betas), np.zeros((1, 3)))
    off = np.linalg.norm(joints - truth["joints"], axis=-1)[:, :22]
    assert off.mean() < 0.012
    assert np.degrees(geodesic_angle(found.local[:, 0], truth["local"][:, 0])).mean() < 3
    assert np.linalg.norm(found.trans - truth["trans"], axis=-1).mean() < 0.08
    assert found.contacts is None and found.up is None
    assert found.confidence.min() > 0.9


@pytest.mark.parametrize("window", [1, 8])
def test_points_come_back_in_the_axes_of_the_camera(truth, window):
    joints, landmarks = points_of(Knowing(truth, window), track_of(truth), K)
    assert np.abs(joints - truth["joints"]).max() < 1e-4
    assert np.abs(landmarks - truth["landmarks"]).max() < 1e-4


def test_an_estimate_reports_how_far_it_is_and_can_be_stopped(truth, body):
    estimator = PointEstimator(Knowing(truth, 8), points_of, "cpu")
    reported = []

    def estimate(should_stop):
        return estimator.estimate(
            track_of(truth), K, body,
            progress=lambda part, whole: reported.append((part, whole)), should_stop=should_stop,
        )  # fmt: skip

    found = estimate(lambda: False)
    whole = run(truth["landmarks"], truth, body)
    assert np.degrees(geodesic_angle(found.local, whole.local)).max() < 0.1
    assert reported == sorted(reported) and reported[-1] == (FRAMES, FRAMES)
    with pytest.raises(OneTakeError, match="cancelled"):
        estimate(lambda: True)
