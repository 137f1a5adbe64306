"""Training: the losses by hand, faults, batches, and a loop that goes on where it stopped."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from backend.body.make import body_arrays
from backend.body.torch_body import TorchBody
from backend.errors import OneTakeError
from backend.estimators.onetake import WEIGHTS, load_network
from backend.estimators.onetake.config import NetworkConfig
from backend.estimators.onetake.network import Answer, MotionTransformer
from backend.motion.body import Body
from backend.training.batches import CLIP, Batches, Pool
from backend.training.command import start_from
from backend.training.config import TrainingConfig
from backend.training.critics.graph import GraphConfig
from backend.training.faults import FaultRates, faulty, softened
from backend.training.loop import BEST, CURVES, Loop
from backend.training.losses import LossWeights, draft_loss, losses, posed
from backend.training.noise import NoiseModel
from backend.training.onetake import OneTakeObjective
from backend.training.sensitivity import sensitivity
from backend.training.windows import Windows, in_pieces, mirrored, prepared

FRAMES = 8
NO_FAULTS = FaultRates(**{f.name: 0.0 for f in fields(FaultRates)})


@pytest.fixture(scope="module")
def body() -> TorchBody:
    arrays = body_arrays()
    keys = ("v_template", "shapedirs", "J_regressor", "weights", "f", "landmark_regressor")
    return TorchBody(Body("onetake", **{key: arrays[key] for key in keys}))


@pytest.fixture(scope="module")
def windows(body) -> Windows:
    """People whose landmarks are reported as they are."""
    rng = np.random.default_rng(0)
    count = 12
    pose = rng.normal(size=(count, 1, 24, 3)) * 0.3
    poses = (pose + np.cumsum(rng.normal(size=(count, FRAMES, 24, 3)) * 0.01, 1)).astype("f4")
    poses[:, :, 0] += [np.pi, 0, 0]  # upright in a camera whose y points down
    trans = rng.normal(size=(count, 1, 3)) * 0.3 + [0, 0, 4]
    trans = np.repeat(trans, FRAMES, 1).astype("f4")
    betas = rng.normal(size=(count, 10)).astype("f4")
    windows = Windows(
        rays=np.zeros((count, FRAMES, 33, 2), "f4"),
        visibility=rng.uniform(0.8, 1.0, (count, FRAMES, 33)).astype("f4"),
        world=np.zeros((count, FRAMES, 33, 3), "f4"),
        features=np.zeros((count, FRAMES, 64), "f4"),
        has_features=np.zeros((count, FRAMES), bool),
        seen=np.ones((count, FRAMES), bool),
        times=np.tile(np.arange(FRAMES, dtype="f4") / 30, (count, 1)),
        poses=poses, trans=trans, betas=betas,
        up=np.tile(np.array([0.6, -0.8, 0], "f4"), (count, FRAMES, 1)),
        contacts=(rng.random((count, FRAMES, 4)) < 0.5).astype("f4"),
    )  # fmt: skip
    from backend.motion.rotations import axis_angle_to_matrix

    rotations = torch.as_tensor(axis_angle_to_matrix(poses)).float()
    with torch.no_grad():
        landmarks = posed(body, rotations, torch.as_tensor(betas), torch.zeros(count, FRAMES, 3))
    landmarks = landmarks["landmarks"].numpy()
    placed = landmarks + trans[:, :, None]
    middle = landmarks[:, :, 23:25].mean(axis=2, keepdims=True)
    return replace(windows, rays=placed[..., :2] / placed[..., 2:], world=landmarks - middle)


def perfect(truth) -> Answer:
    scaled = truth.trans.clone()
    scaled[..., 2] *= truth.depth_scale[:, None]
    velocity = truth.velocity.clone()
    velocity[..., 2] *= truth.depth_scale[:, None]
    return Answer(
        rotations=truth.rotations, betas=truth.betas, trans=scaled,
        velocity=velocity, up=truth.up,
        contacts=torch.where(truth.contacts > 0.5, 20.0, -20.0),
        error=torch.full(truth.rotations.shape[:3], -3.0),
        doubt=torch.full((*truth.rotations.shape[:2], 33), -3.0),
    )  # fmt: skip


def test_the_truth_has_no_loss_whatever_the_roll_and_the_lens(windows, body):
    count = len(windows)
    given, truth = prepared(
        windows, torch.device("cpu"), roll=np.full(count, 0.3), lens=np.full(count, 1.3)
    )
    parts = losses(perfect(truth), truth, body, given)
    for name, value in parts.items():
        if name not in ("error", "doubt", "rotations", "turns"):
            assert abs(float(value)) < 1e-4, name
    # The smooth angle has a thousandth of a radian at its bottom.
    assert float(parts["rotations"]) < 2e-3 and float(parts["turns"]) < 2e-3


def test_what_is_seen_turns_with_the_picture(windows, body):
    """Under any roll the canonical points are the truth's, and world landmarks turn along."""
    for roll in (0.0, 0.5):
        given, truth = prepared(windows, torch.device("cpu"), roll=np.full(len(windows), roll))
        with torch.no_grad():
            posed_ = posed(body, truth.rotations, truth.betas, torch.zeros_like(truth.trans))
        landmarks = posed_["landmarks"]
        placed = landmarks + truth.trans[:, :, None]
        there = placed[..., :2] / placed[..., 2:] / given.size[:, None, None, None]
        assert (given.points - there).abs().max() < 1e-4
        # Of the report's own axes: those of the camera, not of the ray to the person.
        upright = given.world.norm(dim=-1) - (
            landmarks - landmarks[:, :, 23:25].mean(dim=2, keepdim=True)
        ).norm(dim=-1)
        assert upright.abs().max() < 1e-4
    spun = given.world @ _roll(-roll)
    straight, _ = prepared(windows, torch.device("cpu"))
    assert (spun - straight.world).abs().max() < 1e-5


def _roll(angle: float) -> torch.Tensor:
    """What turns row vectors by -angle about the view."""
    from backend.motion.rotations import axis_angle_to_matrix

    turned = axis_angle_to_matrix(np.array([0.0, 0.0, angle]))
    return torch.as_tensor(turned).float().T


def test_losses_speak_in_their_units(windows, body):
    given, truth = prepared(windows, torch.device("cpu"))
    right = perfect(truth)
    turned = right.rotations.clone()
    angle = torch.tensor(0.2)
    c, s = angle.cos(), angle.sin()
    nod = torch.tensor([[1.0, 0, 0], [0, c, -s], [0, s, c]])
    turned[:, :, 15] = turned[:, :, 15] @ nod
    parts = losses(replace(right, rotations=turned), truth, body, given)
    chord = 2 * np.sin(0.1)  # |R - 1| / sqrt(2) of a turn by 0.2
    assert float(parts["rotations"]) == pytest.approx(chord / 23 + 1e-3, rel=0.05)
    assert float(parts["joints"]) < 1e-6  # the head's joint itself stays
    moved = right.trans + torch.tensor([0.0, 0.0, 0.4])
    parts = losses(replace(right, trans=moved), truth, body, given)
    expected = (moved[..., 2] / truth.trans[..., 2]).log().mean()
    assert float(parts["place"]) == pytest.approx(float(expected), rel=0.05)
    swung = right.velocity + torch.tensor([0.5, 0, 0])
    parts = losses(replace(right, velocity=swung), truth, body, given)
    assert float(parts["root_velocity"]) == pytest.approx(0.5, rel=1e-3)


def test_every_loss_reaches_the_network(windows, body):
    torch.manual_seed(0)
    network = MotionTransformer(NetworkConfig(width=32, layers=2, rounds=2, heads=2, dropout=0.0))
    given, truth = prepared(windows, torch.device("cpu"))
    for name in set(LossWeights.__dataclass_fields__) - {"adversarial"}:
        network.zero_grad()
        drafts = []
        parts = losses(network(given, drafts), truth, body, given)
        parts["drafts"] = draft_loss(drafts, network, truth, given)
        parts[name].backward()
        reached = sum(float(p.grad.abs().sum()) for p in network.parameters() if p.grad is not None)
        assert np.isfinite(reached) and reached > 0, name


def test_a_mirror_twice_is_nothing_and_once_is_a_mirrored_body(windows, body):
    again = mirrored(mirrored(windows))
    for name in ("rays", "world", "poses", "trans", "up", "contacts"):
        assert np.allclose(getattr(again, name), getattr(windows, name), atol=1e-6), name
    # Our body is symmetric, so what a mirrored body reports is the mirrored report.
    given, truth = prepared(mirrored(windows), torch.device("cpu"))
    with torch.no_grad():
        there = posed(body, truth.rotations, truth.betas, truth.trans)["landmarks"]
    flat = there[..., :2] / there[..., 2:] / given.size[:, None, None, None]
    assert (flat - given.points).abs().max() < 0.02
    once = mirrored(windows)
    assert np.allclose(once.up[..., 0], -0.6) and np.allclose(once.up[..., 1], -0.8)
    assert np.array_equal(once.contacts, windows.contacts[..., [2, 3, 0, 1]])
    left, right = 15, 16  # wrists
    assert np.array_equal(once.visibility[..., left], windows.visibility[..., right])
    assert np.allclose(once.world[:, :, left], windows.world[:, :, right] * [-1, 1, 1])


def test_faults_leave_the_truth_and_without_rates_everything(windows):
    rng = np.random.default_rng(1)
    same = faulty(windows, rng, NO_FAULTS)
    spoilt = faulty(windows, rng, FaultRates(swap=1, lost_limb=1, wild_limb=1, gap=1, jump=1))
    for f in fields(Windows):
        assert np.array_equal(getattr(same, f.name), getattr(windows, f.name)), f.name
    for name in ("poses", "trans", "up", "betas", "contacts", "times"):
        assert np.array_equal(getattr(spoilt, name), getattr(windows, name)), name
    assert not np.array_equal(spoilt.rays, windows.rays)
    assert spoilt.seen.any(axis=1).all() and not spoilt.seen.all()
    assert (spoilt.visibility >= 0).all() and (spoilt.visibility <= 1).all()


def test_borrowed_errors_bring_back_what_was_reported(windows, body):
    """Fitted to exact reports, the noise model reports exactly; a shift is learnt and given."""
    rng = np.random.default_rng(0)
    model = NoiseModel.fit(replace(windows, world=windows.world + 0.05), body)
    given, truth = prepared(windows, torch.device("cpu"))
    with torch.no_grad():
        landmarks = posed(body, truth.rotations, truth.betas, torch.zeros_like(truth.trans))
    rays, visibility, world = model.report(landmarks["landmarks"], truth.trans, given.times, rng)
    expected = truth.trans[:, :, None] + landmarks["landmarks"]
    assert (rays - expected[..., :2] / expected[..., 2:]).abs().max() < 0.02
    middle = landmarks["landmarks"][:, :, 23:25].mean(dim=2, keepdim=True)
    assert (world - (landmarks["landmarks"] - middle)).mean() == pytest.approx(0.05, abs=0.01)
    assert visibility.mean() == pytest.approx(0.9, abs=0.02)


def test_softened_errors_are_a_share_of_what_they_were(windows, body):
    rng = np.random.default_rng(3)
    wrong = replace(
        windows,
        rays=windows.rays + rng.normal(size=windows.rays.shape).astype("f4") * 0.01,
        world=windows.world + rng.normal(size=windows.world.shape).astype("f4") * 0.05,
    )
    kept = softened(wrong, body, np.random.default_rng(0), 0.4, 0.7)
    for name, least in (("rays", 0.4), ("world", 0.7)):
        before, after = (getattr(w, name) - getattr(windows, name) for w in (wrong, kept))
        share = np.sqrt(np.square(after).sum((1, 2, 3)) / np.square(before).sum((1, 2, 3)))
        assert (share > least - 0.02).all() and (share < 1.02).all() and np.ptp(share) > 0.1
        assert np.allclose(after, share[:, None, None, None] * before, atol=2e-4)
    assert np.array_equal(kept.poses, windows.poses)


def test_sensitivity_says_what_blazeposes_errors_cost(windows, body):
    wrong = replace(windows, world=windows.world * np.array([1, 1, 0.3], "f4"))
    table = sensitivity(wrong, WEIGHTS, torch.device("cpu"))
    shown = {row.name: row.values["limb dir., °"] for row in table.rows}
    everything, world = shown["100%, 100%"], shown["100%, 50%"]
    assert shown["50%, 100%"] == pytest.approx(everything, abs=0.01)  # the picture had none
    assert shown["50%, 50%"] == pytest.approx(world, abs=0.01)
    assert shown["0%, 0%"] < world < 0.95 * everything


class Marked:
    """Draws windows that say which generator made them."""

    def draw(self, rng, count, frames) -> Windows:
        assert frames == CLIP
        mark = np.full((count, frames, 1, 1), rng.random(), "f4")
        return Windows(**{f.name: mark.copy() for f in fields(Windows)})


def test_a_pool_changes_a_little_every_step_and_follows_from_the_step_alone():
    rolling = Pool(Marked(), seed=5, size=100)
    before = rolling.at(3).rays.copy()
    after = rolling.at(4).rays.copy()
    assert 0 < (before != after).any(axis=(1, 2, 3)).sum() <= 16
    for step in range(5, 30):
        last = rolling.at(step).rays.copy()
    assert np.array_equal(last, Pool(Marked(), seed=5, size=100).at(29).rays)
    assert not (last == before).any()  # everything has been drawn anew since


def test_windows_are_cut_out_of_clips(windows):
    cut = windows.cut(np.array([3, 0]), np.array([1, 5]), 2)
    assert np.array_equal(cut.rays[0], windows.rays[3, 1:3])
    assert np.array_equal(cut.times[1], windows.times[0, 5:7])
    assert np.array_equal(cut.betas, windows.betas[[3, 0]])
    pieces = in_pieces(windows, 3)
    assert len(pieces) == len(windows) * (FRAMES // 3)
    assert np.array_equal(pieces.poses[1], windows.poses[0, 3:6])


def test_single_frames_train_and_are_judged(windows, body, tmp_path):
    config = small(frames=1)
    torch.manual_seed(0)
    loop = loop_of(config, windows, body, tmp_path, in_pieces(windows, 1))
    rows = []
    loop.run(rows.append)
    assert np.isfinite(rows[-1]["loss"]) and np.isfinite(rows[-1]["val_pa_mpjpe"])
    assert np.isnan(rows[-1]["val_relative_accel"])


def small(**settings) -> TrainingConfig:
    network = NetworkConfig(width=32, layers=2, rounds=2, heads=2)
    return TrainingConfig(
        "test", network=network, rendered=4, synthetic=0, warmup=1,
        **({"frames": FRAMES, "steps": 6, "validate_every": 3} | settings),
    )  # fmt: skip


def loop_of(config, windows, body, folder, validation) -> Loop:
    cpu = torch.device("cpu")
    network = MotionTransformer(config.network)
    objective = OneTakeObjective(network, config, body, validation, cpu)
    return Loop(objective, config, Batches(config, body, windows, None), folder, cpu)


def trained(config, windows, body, folder, stop_after=None):
    torch.manual_seed(config.seed)
    loop = loop_of(config, windows, body, folder, windows)
    rows = []
    calls = iter(range(1000))
    loop.run(rows.append, lambda: stop_after is not None and next(calls) + 1 >= stop_after)
    return loop, rows


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(windows, body, tmp_path):
    whole, _ = trained(small(), windows, body, tmp_path / "whole")
    trained(small(), windows, body, tmp_path / "parts", stop_after=2)
    resumed, _ = trained(small(), windows, body, tmp_path / "parts")
    assert resumed.step == whole.step == 6
    for name, value in whole.average.items():
        assert torch.allclose(value, resumed.average[name], atol=1e-6), name
    assert (resumed.best, resumed.stale) == (whole.best, whole.stale)
    curves = [(tmp_path / run / CURVES).read_text().splitlines() for run in ("whole", "parts")]
    assert [row.split(",")[0] for row in curves[1]] == ["step", "3", "6"]
    assert curves[0][2].split(",")[3] == curves[1][2].split(",")[3]  # the second half's mean loss


def test_a_critic_judges_beside_the_losses_and_goes_on_where_it_stopped(windows, body, tmp_path):
    judged = small(
        losses=LossWeights(adversarial=1.0), critic=GraphConfig((8, 4), blocks=1), critic_rate=1e-2
    )
    whole, rows = trained(judged, windows, body, tmp_path / "whole")
    assert 0 < rows[-1]["adversarial"] < 2 and 0 < rows[-1]["critic"] < 2
    parts, _ = whole.objective.losses(windows, np.random.default_rng(0))
    whole.network.zero_grad()
    parts["adversarial"].backward()
    assert sum(float(p.grad.abs().sum()) for p in whole.network.parameters() if p.grad is not None)
    trained(judged, windows, body, tmp_path / "parts", stop_after=2)
    resumed, _ = trained(judged, windows, body, tmp_path / "parts")
    for name, value in whole.objective.critics.state_dict().items():
        assert torch.allclose(value, resumed.objective.critics.state_dict()[name], atol=1e-6), name
    alone, _ = trained(small(), windows, body, tmp_path / "alone")
    assert not list(alone.objective.critics.parameters())
    assert any(not torch.equal(alone.average[n], v) for n, v in whole.average.items())


def test_another_configuration_does_not_go_on(windows, body, tmp_path):
    trained(small(), windows, body, tmp_path, stop_after=2)
    with pytest.raises(OneTakeError, match="another configuration"):
        trained(small(rate=1e-3), windows, body, tmp_path)


def test_a_run_starts_only_from_weights_that_fit(tmp_path):
    network = MotionTransformer(small().network)
    save_file(network.state_dict() | {"other": torch.zeros(2)}, tmp_path / "odd.safetensors")
    for path in (tmp_path / "odd.safetensors", tmp_path / "none.safetensors"):
        with pytest.raises(OneTakeError, match=path.stem):
            start_from(network, path)


def test_training_learns_and_its_weights_load(windows, body, tmp_path):
    _, rows = trained(
        small(steps=150, validate_every=75, rate=3e-3, faults=NO_FAULTS), windows, body, tmp_path
    )
    assert rows[-1]["val_mpjpe"] < 0.9 * rows[0]["val_mpjpe"]
    network = load_network(tmp_path / BEST)
    assert network.config == small().network


def test_it_stops_when_nothing_gets_better(windows, body, tmp_path):
    loop, _ = trained(small(steps=50, rate=0.0, patience=2), windows, body, tmp_path)
    assert loop.step == 9  # one best, two that are no better


def test_a_configuration_is_read_back_and_a_wrong_one_is_named(tmp_path):
    path = tmp_path / "config.json"
    config = small(rate=1e-3)
    config.save(path)
    assert TrainingConfig.load(path) == config
    path.write_text(json.dumps({"name": "x", "network": {"widht": 3}}))
    with pytest.raises(OneTakeError, match="widht"):
        TrainingConfig.load(path)
