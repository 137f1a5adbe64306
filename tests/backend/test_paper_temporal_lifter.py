"""`temporal_lifter`: 2D poses cleaned over whole clips, lifted a few at a time."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.signal import savgol_coeffs

from backend.body.torch_body import TorchBody
from backend.errors import OneTakeError
from backend.estimators.papers.temporal_lifter import Config as NetworkConfig
from backend.estimators.papers.temporal_lifter import (
    Estimator,
    Network,
    bridged,
    cleaned,
    jumping,
    lifted,
    points_of,
    resampled,
)
from backend.training.loop import BEST, Loop
from backend.training.papers import Material, prepared
from backend.training.papers.losses import TemporalWeights
from backend.training.papers.rows import configured
from backend.training.papers.temporal_lifter import BUDGET, ROWS, Config, Objective
from tests.backend.paper_people import K, pictured, track_of, whole_body

CPU = torch.device("cpu")
SMALL = NetworkConfig(width=48, blocks=2)
RAW = replace(SMALL, outliers=False, smoothed=False)
FRAMES = 20
WRIST, NOSE = 15, 0


@pytest.fixture(scope="module")
def plain():
    return whole_body()


@pytest.fixture(scope="module")
def body(plain):
    return TorchBody(plain)


@pytest.fixture(scope="module")
def windows(plain):
    """Clips of two frame rates."""
    clips = pictured(plain, count=10, frames=FRAMES)
    times = clips.times.copy()
    times[:5] *= 2
    return replace(clips, times=times)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def small(**settings) -> Config:
    defaults = dict(
        windows=8, crops=2, warmup=1, steps=6, validate_every=3, average=0.9, validation=200,
        network=SMALL,
    )  # fmt: skip
    return Config("test", **(defaults | settings))


def made_of(windows, body) -> Material:
    """Judged on what was learnt: these tests ask whether it learns at all."""
    return Material(windows, windows, None, body)


def loop_of(config, windows, body, folder) -> Loop:
    objective, batches = prepared(config, made_of(windows, body), CPU)
    return Loop(objective, config, batches, folder, CPU)


def clip(windows, index=-1):
    return windows.rays[index : index + 1 or None], windows.times[index].astype(float)


def test_the_papers_network_has_134_million_weights():
    with torch.device("meta"):
        network = Network(NetworkConfig())
    blocks = sum(p.numel() for p in network.blocks.blocks.parameters() if p.ndim == 2)
    assert blocks == 4 * 2 * 4096**2 == 134_217_728


def test_resampling_is_linear_and_keeps_the_ends():
    times = np.array([0.0, 0.1, 0.3])
    values = np.array([[[1.0], [3.0], [-1.0]]])
    got = resampled(values, times, np.array([-1.0, 0.05, 0.1, 0.2, 0.3, 0.32]))
    assert np.allclose(got[0, :, 0], [1, 2, 3, 1, -1, -1])


def test_clips_are_looked_at_fifty_times_a_second(windows):
    rays, times = clip(windows)
    got, at = cleaned(rays, np.ones((1, FRAMES), bool), times, RAW)
    assert np.allclose(np.diff(at), 0.02) and times[-1] <= at[-1] < times[-1] + 0.02
    assert got.shape == (1, len(at), 33, 2)
    assert np.abs(resampled(got, at, times) - rays).max() < 2e-3
    short, at = cleaned(rays[:, :2], np.ones((1, 2), bool), times[:2], RAW)
    assert short.shape == (1, 8, 33, 2) and np.allclose(short[0, -1], rays[0, 1])
    alone, at = cleaned(rays, np.ones((1, FRAMES), bool), times, replace(RAW, frames=1))
    assert np.array_equal(at, times) and np.array_equal(alone, rays)


def test_the_input_is_smoothed_by_savitzky_and_golay(windows):
    """In the middle, its published coefficients; a cubic goes through as it is, the ends too."""
    rng = np.random.default_rng(0)
    times = np.arange(61) / 50
    rays = rng.normal(size=(1, 61, 33, 2)).astype("f4")
    config = replace(SMALL, outliers=False)
    got, _ = cleaned(rays, np.ones((1, 61), bool), times, config)
    weights = savgol_coeffs(41, 3)
    expected = np.einsum("w,wpc->pc", weights[::-1], rays[0, 10:51])
    assert np.abs(got[0, 30] - expected).max() < 1e-5
    cubic = np.polyval([1.0, -2.0, 0.5, 0.1], times).astype("f4")[None, :, None, None]
    cubic = np.broadcast_to(cubic, rays.shape)
    assert np.abs(cleaned(cubic, np.ones((1, 61), bool), times, config)[0] - cubic).max() < 1e-4
    noise = np.abs(got - 0).std() / rays.std()
    assert noise < 0.4


def test_a_joint_that_jumps_is_dropped_and_its_neighbours_tell(windows):
    rays, times = clip(windows)
    spoilt = rays.copy()
    spoilt[0, 9, WRIST] += 0.15  # a person is about 0.25 from the middle out, 4 m away
    found = jumping(spoilt, times, SMALL)
    assert found[0, 9, WRIST] and not found[0, :, NOSE].any()
    assert not jumping(rays, times, SMALL).any()
    everything = np.ones((1, FRAMES), bool)
    right, _ = cleaned(rays, everything, times, replace(SMALL, smoothed=False))
    mended, _ = cleaned(spoilt, everything, times, replace(SMALL, smoothed=False))
    left, _ = cleaned(spoilt, everything, times, RAW)
    assert np.abs(mended - right).max() < 0.01 < 0.05 < np.abs(left - right).max()


def test_a_jump_is_a_change_of_speed(windows):
    """The same way in more time is slower: no outlier at six frames a second, one at sixty."""
    rays, times = clip(windows)
    spoilt = rays.copy()
    spoilt[0, 9, WRIST] += 0.05
    assert not jumping(spoilt, times * 5, SMALL).any()
    assert jumping(spoilt, times / 2, SMALL)[0, 9, WRIST]


def test_what_was_not_seen_lies_between_what_was():
    rays = np.zeros((1, 4, 33, 2))
    rays[0, :, :, 0] = np.array([0.0, 9.0, 9.0, 3.0])[:, None]
    kept = np.ones((1, 4, 33), bool)
    kept[0, 1:3] = False
    kept[0, :, NOSE] = False  # never seen: left alone
    got = bridged(rays, kept, np.arange(4.0))
    assert np.allclose(got[0, :, 1, 0], [0, 1, 2, 3])
    assert np.array_equal(got[0, :, NOSE], rays[0, :, NOSE])


def test_it_looks_at_windows_and_single_frames_at_themselves(windows):
    points = torch.randn(4, 8, 33, 2)
    other = points.clone()
    other[:, 3] += 0.5
    network = Network(SMALL).eval()
    apart = (network.lifted(other) - network.lifted(points)).abs().amax(dim=(0, 2))
    assert (apart > 1e-6).all()
    network = Network(replace(RAW, frames=1)).eval()
    assert network.lifted(points[:, :1]).shape == (4, 1, 171)
    with pytest.raises(AssertionError):
        network.lifted(points)


def test_windows_of_training_are_the_true_body_where_it_is_seen(windows, body):
    objective = Objective(small(network=RAW), made_of(windows, body), CPU)
    flat, points = objective.windows(windows, np.random.default_rng(0), crops=3)
    assert flat.shape == (30, 8, 33, 2) and points.shape == (30, 8, 57, 3)
    # Standing about 4 m away, a body in perspective: its landmarks are where they are seen.
    seen = flat - flat.mean(dim=2, keepdim=True)
    there = points[:, :, 24:, :2] - points[:, :, 24:, :2].mean(dim=2, keepdim=True)
    scale = (seen * there).sum() / there.square().sum()
    assert (seen - scale * there).square().mean().sqrt() < 0.15 * seen.square().mean().sqrt()
    # What goes in and what comes out has mean 0 and deviation 1.
    standard = objective.network.points(points.flatten(2))
    assert standard.mean().abs() < 0.3 and 0.7 < float(standard.std()) < 1.3


def test_every_loss_is_the_papers_and_reaches_the_network(windows, body):
    objective = Objective(small(), made_of(windows, body), CPU)
    parts, judged = objective.losses(windows, np.random.default_rng(0))
    weights = TemporalWeights()
    assert judged is None and len(objective.critics) == 0
    expected = (
        parts["points"] + weights.first * parts["first"] + weights.second * parts["second"]
        + weights.limbs * parts["limbs"]
    )  # fmt: skip
    assert parts["loss"].item() == pytest.approx(expected.item(), rel=1e-6)
    for name in ("points", "first", "second", "limbs"):
        objective.network.zero_grad()
        parts[name].backward(retain_graph=True)
        assert objective.network.blocks.first[0].weight.grad.abs().max() > 0, name
    # By hand, of what the network says of these windows.
    objective.network.eval()
    flat, want = objective.windows(windows, np.random.default_rng(5), 2)
    parts, _ = objective.losses(windows, np.random.default_rng(5))
    with torch.no_grad():
        got = objective.network.lifted(flat)
    off = got - objective.network.points(want.flatten(2))
    assert parts["points"].item() == pytest.approx(off.square().mean().item(), rel=1e-4)
    moved = got.diff(dim=1).square().mean()
    assert parts["first"].item() == pytest.approx(moved.item(), rel=1e-4)


def test_single_frames_have_no_losses_over_time(windows, body):
    config = configured(small(), ROWS[0].changes)
    objective = Objective(config, made_of(windows, body), CPU)
    parts, _ = objective.losses(windows, np.random.default_rng(0))
    assert set(parts) == {"loss", "points"}
    assert np.isfinite(objective.network.eval() and objective.validate()["val_mpjpe"])


def test_it_learns_and_its_weights_become_an_estimator(windows, body, plain, tmp_path):
    rows = []
    config = small(steps=40, validate_every=20, rate=5e-3, losses=TemporalWeights(0.2, 0.2, 0.2))
    loop_of(config, windows, body, tmp_path).run(rows.append)
    assert rows[-1]["points"] < 0.6 * rows[0]["points"]
    assert rows[-1]["val_mpjpe"] < 0.8 * rows[0]["val_mpjpe"]
    estimator = Estimator(tmp_path / BEST)
    assert estimator.network.config == SMALL
    track = track_of(windows, 7)
    track.image_features = None  # it needs no picture
    joints, _ = points_of(estimator.network, track, K)
    rays, times = windows.rays[7], windows.times[7].astype(float)
    again, _ = lifted(estimator.network, rays, windows.seen[7], times)
    assert joints.shape == (FRAMES, 24, 3) and np.abs(joints - again).max() < 1e-3
    track.seen[4:7] = False
    track.landmarks[4:7, :, :2] += 500
    around, _ = points_of(estimator.network, track, K)
    assert np.abs(around - joints)[[0, 1, 18, 19]].max() < 0.05
    found = estimator.estimate(
        track, K, plain, progress=lambda part, whole: None, should_stop=lambda: False
    )
    assert found.local.shape == (FRAMES, 24, 3, 3) and np.isfinite(found.local).all()
    assert (found.confidence[4:7] == 0).all()


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(windows, body, tmp_path):
    whole = loop_of(small(), windows, body, tmp_path / "whole")
    whole.run(lambda row: None)
    calls = iter(range(100))
    loop_of(small(), windows, body, tmp_path / "parts").run(
        lambda row: None, lambda: next(calls) >= 1
    )
    resumed = loop_of(small(), windows, body, tmp_path / "parts")
    assert resumed.step == 2
    resumed.run(lambda row: None)
    for name, value in whole.average.items():
        assert torch.allclose(value.float(), resumed.average[name].float(), atol=1e-5), name


def test_every_row_builds_and_the_budget_is_two_million():
    for row in ROWS:
        config = configured(Config("test"), BUDGET, row.changes)
        network = Network(config.network)
        assert sum(p.numel() for p in network.parameters()) < 2.3e6
        assert network.window == (1 if row is ROWS[0] else 8)
    assert ROWS[-1].changes == {} and ROWS[0].seeds == ROWS[-1].seeds == 3


def test_without_weights_it_says_so(tmp_path):
    with pytest.raises(OneTakeError, match="temporal_lifter"):
        Estimator(tmp_path / "none.safetensors")
