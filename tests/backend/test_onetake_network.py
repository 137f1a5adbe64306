"""The `onetake` network's parts: what it sees, what it says, how clips are put together."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from backend.body import load_body
from backend.estimators.blending import window_starts
from backend.estimators.ik.points import PointModel
from backend.estimators.onetake.canonical import canonical, turn_towards
from backend.estimators.onetake.config import NetworkConfig
from backend.estimators.onetake.network import Draft, MotionTransformer, Seen, in_view
from backend.estimators.onetake.run import Track, run, window_size
from backend.estimators.onetake.skeleton import Skeleton
from backend.estimators.onetake.translation import place_root
from backend.estimators.rotations import from_six
from backend.motion.kinematics import forward_kinematics
from backend.motion.rotations import axis_angle_to_matrix
from backend.motion.skeleton import LANDMARK_JOINT, LANDMARK_MIRROR, MIRROR

WINDOW, OVERLAP = window_size(torch.arange(300) / 30)
SMALL = NetworkConfig(width=32, layers=4, rounds=2, heads=2, dropout=0.0)


def a_person(frames: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Landmarks (T, 33, 3) in the camera, metres, drifting, and times (T,)."""
    rng = np.random.default_rng(seed)
    shape = rng.normal(size=(33, 3)) * [0.25, 0.6, 0.2]
    drift = np.cumsum(rng.normal(size=(frames, 1, 3)) * 0.01, axis=0)
    return shape + drift + [0.4, 0.1, 4.0], np.arange(frames) / 30


def rays_of(points: np.ndarray) -> torch.Tensor:
    return torch.as_tensor(points[..., :2] / points[..., 2:]).float()[None]


def network() -> MotionTransformer:
    torch.manual_seed(3)
    arrays = vars(PointModel.from_body(load_body()))
    for name, order in (("joints", MIRROR), ("offsets", LANDMARK_MIRROR)):  # to the last bit
        arrays[name] = (arrays[name] + arrays[name][order] * [-1, 1, 1]) / 2
        shape = f"{name}_shape"
        flipped = arrays[shape][order] * np.array([-1, 1, 1])[:, None]
        arrays[shape] = (arrays[shape] + flipped) / 2
    made = MotionTransformer(SMALL, Skeleton(**arrays)).eval()
    for part in (*made.steps, made.remarks):  # an untrained head says the same of everybody
        torch.nn.init.normal_(part.weight, std=0.1)
        torch.nn.init.normal_(part.bias, std=0.1)
    return made


def track(points: np.ndarray, times: np.ndarray) -> Track:
    frames = len(times)
    return Track(
        rays=rays_of(points)[0],
        visibility=torch.ones(frames, 33),
        world=torch.as_tensor(points - points[:, 23:25].mean(axis=1, keepdims=True)).float(),
        features=torch.zeros(frames, 64),
        has_features=torch.zeros(frames, dtype=torch.bool),
        seen=torch.ones(frames, dtype=torch.bool),
        times=torch.as_tensor(times),
    )


def test_the_canonical_view_knows_neither_the_lens_nor_the_corner_of_the_picture():
    points, times = a_person(12)
    seen, times = torch.ones(1, 12, dtype=torch.bool), torch.as_tensor(times).float()[None]
    straight = canonical(rays_of(points), seen, times)
    turn = axis_angle_to_matrix(np.array([0.15, -0.3, 0.0]))
    turned = canonical(rays_of(points @ turn.T), seen, times)
    # What is left is roll: the two shortest turns differ by one about the view itself.
    apart = turned.turn @ torch.as_tensor(turn).float() @ straight.turn.transpose(-1, -2)
    roll = torch.atan2(apart[..., 1, 0], apart[..., 0, 0])[:, :, None]
    c, s = roll.cos(), roll.sin()
    x, y = straight.points.unbind(-1)
    expected = torch.stack([c * x - s * y, s * x + c * y], -1)
    assert (turned.points - expected).abs().max() < 0.02
    assert turned.size == pytest.approx(straight.size, rel=0.01)


def test_the_canonical_view_is_bridged_over_frames_without_a_sighting():
    points, times = a_person(20)
    rays, seen = rays_of(points), torch.ones(1, 20, dtype=torch.bool)
    seen[0, 5:12] = False
    rays[0, 5:12] = 1e3  # nothing of them may be used
    view = canonical(rays, seen, torch.as_tensor(times).float()[None])
    assert view.centre.abs().max() < 1 and view.size < 1


def test_the_turn_makes_the_ray_the_axis():
    centre = torch.tensor([[0.7, -0.4], [0.0, 0.0]])
    turn = turn_towards(centre)
    ray = torch.cat([centre, torch.ones(2, 1)], -1)[..., None]
    ahead = (turn @ ray)[..., 0]
    assert ahead[:, :2].abs().max() < 1e-6
    assert torch.allclose(turn @ turn.transpose(-1, -2), torch.eye(3).expand(2, 3, 3), atol=1e-6)


def test_six_numbers_are_the_first_two_rows_of_a_rotation():
    rotation = torch.as_tensor(
        axis_angle_to_matrix(np.random.default_rng(0).normal(size=(50, 3)))
    ).float()
    assert torch.allclose(from_six(rotation[:, :2].flatten(1)), rotation, atol=1e-5)


def test_time_is_what_counts_not_the_number_of_the_frame():
    points, times = a_person(16)
    made, given = network(), track(points, times)
    again = Track(**(vars(given) | {"times": given.times + 100}))
    assert np.abs(run(made, given).rotations - run(made, again).rotations).max() < 1e-4
    slower = Track(**(vars(given) | {"times": given.times * 4}))
    assert np.abs(run(made, given).rotations - run(made, slower).rotations).max() > 1e-3


def test_a_window_is_as_long_in_slow_video():
    """13 s of 5 frames a second are no window for a network that was taught on 2."""
    for fps, frames in ((5, 9), (10, 18), (30, 54), (60, 108)):
        size, overlap = window_size(torch.arange(300) / fps)
        assert size == frames and 0.3 * size < overlap < 0.4 * size
    assert window_size(torch.arange(300) / 1000)[0] == 128
    assert window_size(torch.arange(10) * 10.0) == (2, 0)
    assert window_size(torch.zeros(1)) == (2, 0)
    points, times = a_person(300)
    slow = run(network(), track(points, times * 6))
    first = run(network(), track(points[:9], times[:9] * 6))
    # What lies seconds ahead has no say in the first frames.
    assert np.abs(slow.rotations[:5] - first.rotations[:5]).max() < 1e-4


def test_windows_cover_a_clip_and_overlap():
    for frames in (1, WINDOW, WINDOW + 1, 200, 1000):
        covered = np.zeros(frames, int)
        starts = window_starts(frames, WINDOW, OVERLAP)
        for start in starts:
            covered[start : start + WINDOW] += 1
        assert covered.all()
        assert all(a + WINDOW - b >= OVERLAP for a, b in pairwise(starts))


def test_a_long_clip_has_no_seams():
    points, times = a_person(3 * WINDOW)
    raw = run(network(), track(points, times))
    steps = np.abs(np.diff(raw.rotations, axis=0)).max(axis=(1, 2, 3))
    starts = window_starts(len(times), WINDOW, OVERLAP)[1:]
    edges = [*starts, *(start + OVERLAP for start in starts)]
    around = [steps[max(edge - 2, 0) : edge + 2].max() for edge in edges]
    assert max(around) < 3 * np.quantile(steps, 0.95)


def test_the_mean_with_the_mirror_image_is_the_mirror_image_of_itself():
    """Flip averaging: a mirrored person gets the mirrored answer, whatever the network says."""
    points, times = a_person(10)
    flipped = points[:, LANDMARK_MIRROR] * [-1, 1, 1]
    made = network()
    here, there = (
        run(made, track(points, times), flip=True),
        run(made, track(flipped, times), flip=True),
    )
    flip = np.array([-1.0, 1.0, 1.0])
    mirrored = here.rotations[:, MIRROR] * (flip[:, None] * flip)
    assert np.abs(mirrored - there.rotations).max() < 1e-4
    assert np.abs(here.trans * flip - there.trans).max() < 1e-3
    assert np.abs(here.contacts[:, [2, 3, 0, 1]] - there.contacts).max() < 1e-4


def test_unseen_frames_say_nothing():
    points, times = a_person(16)
    given = track(points, times)
    given.seen[4:8] = False
    wild = Track(**(vars(given) | {"rays": given.rays.clone(), "world": given.world.clone()}))
    wild.rays[4:8], wild.world[4:8] = 7.0, -3.0
    made = network()
    # Their own direction is bridged, but rays that project nowhere must not leak in.
    assert np.abs(run(made, given).rotations - run(made, wild).rotations).max() < 1e-5


def test_the_root_is_placed_where_the_landmarks_were_seen():
    points, times = a_person(40, seed=2)
    pelvis = points[:, 23:25].mean(axis=1)
    landmarks = points - pelvis[:, None]
    rays = points[..., :2] / points[..., 2:]
    rays[:, 7] += 0.5  # an outlier
    velocity = np.gradient(pelvis, times, axis=0)
    found = place_root(landmarks, rays, np.full((40, 33), 0.02), pelvis * 1.2, velocity, times)
    assert np.abs(found[:, :2] - pelvis[:, :2]).max() < 0.01
    assert np.abs(found[:, 2] - pelvis[:, 2]).max() < 0.1
    # Frames in which nothing was seen follow the velocity.
    spread = np.full((40, 33), 0.02)
    spread[10:20] = np.inf
    found = place_root(landmarks, rays, spread, pelvis * 1.2, velocity, times)
    assert np.abs(found[10:20] - pelvis[10:20]).max() < 0.15


def test_a_window_without_a_sighting_has_no_say_in_the_shape():
    points, times = a_person(4 * WINDOW)
    given = track(points, times)
    given.seen[WINDOW:] = False
    short = run(network(), track(points[:WINDOW], times[:WINDOW]))
    assert np.abs(run(network(), given).betas - short.betas).max() < 0.1


def test_single_precision_is_enough_where_the_rest_is_halved():
    points, times = a_person(8)
    made, given = network(), track(points, times)
    with torch.autocast("cpu", torch.bfloat16):
        halved = run(made, given)
    assert np.abs(halved.rotations - run(made, given).rotations).max() < 0.2


def test_one_frame_is_a_clip():
    points, times = a_person(1)
    raw = run(network(), track(points, times), flip=True)
    spread = np.full((1, 33), 0.02)
    rays = rays_of(points)[0].numpy()
    place_root(points - points[:, :1], rays, spread, raw.trans, raw.velocity, times)
    assert np.isfinite(raw.rotations).all() and raw.rotations.shape == (1, 24, 3, 3)


def test_every_answer_has_its_shape():
    seen = Seen(
        torch.zeros(2, 5, 33, 2), torch.ones(2, 5, 33), torch.zeros(2, 5, 33, 3),
        torch.zeros(2, 5, 64), torch.zeros(2, 5, dtype=torch.bool),
        torch.ones(2, 5, dtype=torch.bool), torch.arange(5.0).expand(2, 5) / 30,
        torch.zeros(2, 5, 2), torch.full((2,), 0.2),
    )  # fmt: skip
    for features in (False, True):
        config = NetworkConfig(width=32, layers=2, rounds=2, heads=2, features=features)
        answer = MotionTransformer(config).eval()(seen)
        assert answer.rotations.shape == (2, 5, 24, 3, 3)
        assert torch.allclose(torch.linalg.det(answer.rotations), torch.ones(2, 5, 24), atol=1e-5)
        assert answer.betas.shape == (2, 10) and answer.trans.shape == (2, 5, 3)
        assert answer.contacts.shape == (2, 5, 4) and answer.error.shape == (2, 5, 24)
        assert torch.allclose(answer.up.norm(dim=-1), torch.ones(2, 5))


def test_the_networks_skeleton_is_the_body_with_rigid_landmarks():
    body, rng = load_body(), np.random.default_rng(4)
    poses, betas = rng.normal(size=(3, 24, 3)) * 0.4, rng.normal(size=10)
    skeleton = Skeleton(**vars(PointModel.from_body(body)))
    rotations = torch.as_tensor(axis_angle_to_matrix(poses)).float()
    found = skeleton(rotations, torch.as_tensor(betas).float().expand(3, 10)).numpy()
    rest, offsets = PointModel.from_body(body).at(betas)
    joints, turned = forward_kinematics(poses, rest, np.zeros((3, 3)))
    carried = np.einsum("tkab,kb->tka", turned[:, LANDMARK_JOINT], offsets)
    assert np.abs(found - (joints[:, LANDMARK_JOINT] + carried)).max() < 1e-5


def test_a_round_is_told_what_the_pose_before_it_misses():
    """Of landmarks that are where they were reported nothing is missed, and it follows them."""
    made, pose = network(), torch.tensor(axis_angle_to_matrix(np.zeros((1, 2, 24, 3)))).float()
    size = torch.full((1,), 0.15)
    draft = Draft(pose, torch.tensor([[[0.0, 0.1, 3.0], [0.0, 0.1, 3.0]]]), torch.zeros(1, 10))
    landmarks = made.landmarks(draft)
    points = in_view(landmarks, draft.trans, size)
    given = Seen(
        points, torch.ones(1, 2, 33), landmarks - landmarks[..., 23:25, :].mean(-2, keepdim=True),
        torch.zeros(1, 2, 64), torch.zeros(1, 2, dtype=torch.bool),
        torch.ones(1, 2, dtype=torch.bool), torch.arange(2.0)[None] / 30,
        torch.zeros(1, 2, 2), size,
    )  # fmt: skip
    missed = made._misses(given, draft, torch.zeros(1, 2, 3))[..., : 33 * 5]
    assert missed.abs().max() < 1e-5
    moved = Seen(**(vars(given) | {"points": points + 0.1}))
    missed = made._misses(moved, draft, torch.zeros(1, 2, 3))
    assert torch.allclose(missed[..., :66], torch.tensor(0.4), atol=1e-5)
    drafts = []
    made(given, drafts)
    assert len(drafts) == SMALL.rounds - 1
