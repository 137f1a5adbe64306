"""The fit recovers known motion from its landmarks."""

import itertools

import numpy as np
import pytest

from backend.body import load_body
from backend.estimators.ik import IKEstimator, windows
from backend.estimators.ik.analytic import analytic_pose, starting_translation
from backend.estimators.ik.config import IKConfig
from backend.estimators.ik.objective import TURNS, FrameObjective
from backend.estimators.ik.observations import observe
from backend.estimators.ik.points import ACTIVE, LandmarkModel, PointModel
from backend.estimators.ik.prior import PosePrior, inverse_right_jacobian
from backend.estimators.ik.solver import Smoothness, State, minimise
from backend.motion.rotations import axis_angle_to_matrix, geodesic_angle, matrix_to_axis_angle
from backend.motion.skeleton import JOINT, LIMB_JOINTS
from backend.people.track import PersonTrack

K = np.array([[1000.0, 0.0, 640.0], [0.0, 1000.0, 360.0], [0.0, 0.0, 1.0]])
LIMBS = list(LIMB_JOINTS)


@pytest.fixture(scope="module")
def body():
    return load_body()


@pytest.fixture(scope="module")
def model(body):
    return PointModel.from_body(body)


def motion(frames=40, seed=0):
    """A person who turns, swings arms and bends knees: local (T,24,3,3), trans (T,3)."""
    time = np.arange(frames) / 30
    pose = np.tile(PosePrior.load().mean_pose(), (frames, 1, 1))
    pose[:, JOINT["left_shoulder"], 1] += 0.6 * np.sin(4 * time)
    pose[:, JOINT["right_shoulder"], 2] += 0.5 * np.sin(3 * time)
    pose[:, JOINT["left_elbow"], 1] -= 0.4 + 0.4 * np.sin(5 * time)
    pose[:, JOINT["left_knee"], 0] += 0.4 + 0.4 * np.sin(4 * time)
    pose[:, JOINT["right_hip"], 0] += 0.3 * np.sin(4 * time)
    local = axis_angle_to_matrix(pose)
    heading = np.zeros((frames, 3))
    heading[:, 1] = np.linspace(-0.8, 0.8, frames)
    local[:, 0] = np.diag([1.0, -1.0, -1.0]) @ axis_angle_to_matrix(heading)
    trans = np.stack([0.3 * np.sin(time), 0 * time, 4 + 0.3 * time], axis=-1)
    return local, trans


def track_of(model, local, trans, noise=0.0, seen=None, fps=30.0):
    """What a perfect (or noisy) landmark network would report."""
    rng = np.random.default_rng(1)
    points = model.pose(local, trans, np.zeros(10)).landmarks
    frames = len(points)
    pixels = points[..., :2] / points[..., 2:] * 1000 + K[:2, 2]
    pixels = pixels + rng.normal(size=pixels.shape) * noise * 1000 / 4
    world = points - points[:, 23:25].mean(axis=1, keepdims=True)
    world = world + rng.normal(size=world.shape) * noise
    return PersonTrack(
        person_id=1,
        frame_index=np.arange(frames, dtype=np.int32),
        timestamps=np.arange(frames) / fps,
        landmarks=np.concatenate([pixels, np.ones((frames, 33, 1))], -1).astype(np.float32),
        world_landmarks=world.astype(np.float32),
        score=np.ones(frames, np.float32),
        seen=np.ones(frames, bool) if seen is None else seen,
        box=np.zeros((frames, 4), np.float32),
        regions=np.zeros((frames, 4), np.float32),
    )


def estimate(track, body, **config):
    # The made-up network reports the body as it is, so nothing of the landmark model applies.
    return IKEstimator(IKConfig(landmark_model_share=0.0, **config)).estimate(
        track, K, body, progress=lambda done, total: None, should_stop=lambda: False
    )


def limb_error(model, found, local, trans):
    """Mean distance of the limb joints, each skeleton's hips at the origin, metres."""
    a = model.pose(found.local, found.trans, found.betas).joints
    b = model.pose(local, trans, np.zeros(10)).joints
    a, b = (x[:, LIMBS] - x[:, 1:3].mean(axis=1, keepdims=True) for x in (a, b))
    return np.linalg.norm(a - b, axis=-1).mean()


def test_the_landmark_jacobian_is_the_derivative(model):
    local, trans = motion(3)
    betas = np.linspace(-1, 1, 10)
    rng = np.random.default_rng(0)
    step = rng.normal(size=(3, TURNS + 3)) * 1e-6
    state = State(local, trans, betas)
    posed = model.pose(local, trans, betas)
    shape_step = rng.normal(size=10) * 1e-6
    moved = state.moved(step, shape_step)
    measured = model.pose(moved.local, moved.trans, moved.betas).landmarks - posed.landmarks
    expected = (
        np.einsum("tkad,td->tka", model.landmark_jacobian(posed), step[:, :TURNS])
        + step[:, None, TURNS:]
        + model.shape_jacobian(posed) @ shape_step
    )
    assert np.abs(measured - expected).max() < 1e-9


def test_the_gradient_is_the_derivative_of_the_cost(model):
    local, trans = motion(4)
    track = track_of(model, local, trans, noise=0.03)
    seen = observe(track.landmarks, track.world_landmarks, track.seen, track.timestamps, K)
    objective = FrameObjective(model, LandmarkModel.load(), PosePrior.load(), seen, IKConfig())
    state = State(analytic_pose(model, seen), trans + 0.05, np.full(10, 0.1))
    reference = np.full(4, 4.0)
    terms = objective.terms(state.local, state.trans, state.betas, reference, True)
    rng = np.random.default_rng(2)
    step, shape_step = rng.normal(size=(4, TURNS + 3)) * 1e-5, rng.normal(size=10) * 1e-5

    def cost(sign):
        moved = state.moved(sign * step, sign * shape_step)
        return objective.cost(moved.local, moved.trans, moved.betas, reference)

    measured = (cost(1) - cost(-1)) / 2
    expected = 2 * (np.sum(terms.gradient * step) + terms.shape_gradient @ shape_step)
    assert expected == pytest.approx(measured, rel=1e-3)


def test_the_inverse_right_jacobian_is_the_derivative_of_the_logarithm():
    theta = np.random.default_rng(0).normal(size=(50, 3))
    delta = np.random.default_rng(1).normal(size=(50, 3)) * 1e-6
    turned = axis_angle_to_matrix(theta) @ axis_angle_to_matrix(delta)
    measured = matrix_to_axis_angle(turned) - matrix_to_axis_angle(axis_angle_to_matrix(theta))
    small = np.linalg.norm(theta, axis=-1) < 3.0
    expected = np.einsum("tab,tb->ta", inverse_right_jacobian(theta), delta)
    assert np.abs(measured - expected)[small].max() < 1e-9


def test_the_analytic_start_is_near(model):
    local, trans = motion()
    track = track_of(model, local, trans)
    seen = observe(track.landmarks, track.world_landmarks, track.seen, track.timestamps, K)
    start = analytic_pose(model, seen)
    angle = np.degrees(geodesic_angle(start, local))[:, ACTIVE]
    assert np.median(angle) < 15
    placed = starting_translation(model, start, np.zeros(10), seen)
    assert np.linalg.norm(placed - trans, axis=-1).max() < 0.4


def test_noisy_landmarks_give_the_motion_back(body, model):
    local, trans = motion(60)
    found = estimate(track_of(model, local, trans, noise=0.02), body)
    assert limb_error(model, found, local, trans) < 0.035
    elbow = np.degrees(geodesic_angle(found.local[:, 18], local[:, 18]))
    assert np.mean(elbow) < 12
    assert found.confidence.min() > 0.9


def test_windows_leave_no_seam(body, model):
    local, trans = motion(100)
    track = track_of(model, local, trans, noise=0.01)
    whole = estimate(track, body, window=200)
    parts = estimate(track, body, window=40, overlap=12)
    assert np.degrees(geodesic_angle(whole.local, parts.local)).max() < 4
    jump = np.linalg.norm(np.diff(parts.trans, n=2, axis=0), axis=-1).max()
    assert jump < np.linalg.norm(np.diff(whole.trans, n=2, axis=0), axis=-1).max() + 0.01


def test_a_gap_is_filled_without_confidence(body, model):
    local, trans = motion(60)
    seen = np.ones(60, bool)
    seen[20:32] = False
    track = track_of(model, local, trans, seen=seen)
    track.landmarks[~seen] = np.nan
    track.world_landmarks[~seen] = np.nan
    found = estimate(track, body)
    assert np.isfinite(found.local).all()
    assert np.isfinite(found.trans).all()
    assert (found.confidence[20:32] == 0).all()
    assert (found.confidence[:20] > 0.9).all()
    assert limb_error(model, found, local, trans) < 0.06


def test_one_frame_is_enough(body, model):
    local, trans = motion(1)
    found = estimate(track_of(model, local, trans), body)
    assert found.local.shape == (1, 24, 3, 3)
    assert limb_error(model, found, local, trans) < 0.05


def test_the_same_input_gives_the_same_motion(body, model):
    local, trans = motion(30)
    track = track_of(model, local, trans, noise=0.02)
    assert np.array_equal(estimate(track, body).local, estimate(track, body).local)


def test_smoothness_holds_a_frame_that_contradicts_its_neighbours(model):
    local, trans = motion(30)
    track = track_of(model, local, trans)
    track.landmarks[15, [15, 17, 19, 21], 0] += 150  # a wrist that jumps for one frame
    seen = observe(track.landmarks, track.world_landmarks, track.seen, track.timestamps, K)
    config = IKConfig()
    objective = FrameObjective(model, LandmarkModel.load(0.0), PosePrior.load(), seen, config)
    start = State(local, trans, np.zeros(10))
    arguments = dict(iterations=12, free_shape=False, tolerance=1e-4)
    smooth, _ = minimise(objective, Smoothness(seen.timestamps, config), start, **arguments)
    alone, _ = minimise(objective, None, start, **arguments)
    wrist = [
        model.pose(s.local, s.trans, s.betas).joints[15, 20]
        - model.pose(local, trans, np.zeros(10)).joints[15, 20]
        for s in (smooth, alone)
    ]
    assert np.linalg.norm(wrist[0]) < 0.8 * np.linalg.norm(wrist[1])


@pytest.mark.parametrize("frames", [1, 5, 160, 170, 185, 400, 1000])
def test_windows_cover_everything_and_overlap(frames):
    spans = list(windows(frames, 160, 24))
    assert spans[0][0] == 0
    assert spans[-1][1] == frames
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert end - start == 24
