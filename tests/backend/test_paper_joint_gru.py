"""`joint_gru`: joints that know nothing of each other, frozen features, and a run that works."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.errors import OneTakeError
from backend.estimators.papers.joint_gru import Config as NetworkConfig
from backend.estimators.papers.joint_gru import Estimator, Network
from backend.training.critics.motion import MotionConfig
from backend.training.loop import BEST, Loop
from backend.training.papers import Material, prepared
from backend.training.papers.joint_gru import BUDGET, ROWS, Config, Losses, Objective
from backend.training.papers.material import observed
from backend.training.papers.rows import configured
from tests.backend.paper_people import K, material, track_of, whole_body

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def body():
    return whole_body()


@pytest.fixture(scope="module")
def people(body) -> Material:
    return material(body)


def small(**changes) -> Config:
    base = Config(
        "test", network=NetworkConfig(hidden=8, context=16), motion=MotionConfig(16), alone=0.0,
        critic_every=2, windows=4, steps=6, real=6, warmup=1, validate_every=3, validation=64,
        rate=1e-3,
    )  # fmt: skip
    return configured(base, changes)


def network_of(people: Material, **settings) -> Network:
    torch.manual_seed(0)
    network = Network(NetworkConfig(**settings))
    network.fit(people.typical(CPU))
    return network.eval()


@pytest.mark.parametrize("temporal", [True, False])
def test_it_answers_with_a_body(temporal, people):
    given, _ = observed(people.pairs.take(slice(0, 3)), CPU)
    answer = network_of(people, temporal=temporal)(given)
    assert answer.rotations.shape == (3, 20, 24, 3, 3)
    identity = answer.rotations @ answer.rotations.transpose(-1, -2)
    assert torch.allclose(identity, torch.eye(3).expand_as(identity), atol=1e-5)
    assert answer.trans.shape == (3, 20, 3) and (answer.trans[..., 2] > 0).all()
    assert answer.betas.shape == (3, 10)
    assert answer.features.shape == answer.frozen.shape == (3, 20, 24, 128)
    assert torch.equal(answer.features, answer.frozen) == (not temporal)


def test_a_single_frame_knows_no_other_and_a_gru_only_those_before(people):
    given, _ = observed(people.pairs.take(slice(0, 3)), CPU)
    points = given.points.clone()
    points[:, 7] += 0.3
    other = replace(given, points=points)
    for temporal in (False, True):
        network = network_of(people, temporal=temporal)
        moved = (network(other).rotations - network(given).rotations).abs().amax(dim=(0, 2, 3, 4))
        assert moved[7] > 1e-3 and moved[:7].max() < 1e-6
        assert (moved[8:].max() > 1e-5) == temporal


def test_a_joint_turns_by_its_own_features_alone(people):
    network = network_of(people)
    f = torch.randn(2, 6, 24, 128)
    other = f.clone()
    other[:, :, 5] += 1.0
    moved = network.heads(network.encoders(other)) - network.heads(network.encoders(f))
    by_joint = moved.abs().amax(dim=(0, 1, 3))
    assert by_joint[5] > 1e-3 and by_joint[[*range(5), *range(6, 24)]].max() < 1e-6


def test_every_loss_reaches_the_network_and_the_critics_stays_its_own(people):
    objective, batches = prepared(small(), people, CPU)
    rng = np.random.default_rng(0)
    network, critics = objective.network, objective.critics

    def reached(module: torch.nn.Module) -> float:
        return sum(float(p.grad.abs().sum()) for p in module.parameters() if p.grad is not None)

    for name in Losses.__dataclass_fields__:
        network.zero_grad(), critics.zero_grad()
        parts, judged = objective.losses(batches.at(0), rng)
        parts[name].backward()
        assert reached(network) > 0, name
        assert (reached(critics) > 0) == (name == "adversarial"), name
    network.zero_grad(), critics.zero_grad()
    objective.critic_losses(judged, rng)["critic"].backward()
    assert reached(critics) > 0 and reached(network) == 0


def test_l_reg_pulls_the_encoders_to_frozen_features(people):
    """Nothing that makes f is learnt; the heads, which L_reg says nothing of, are left alone."""
    objective, batches = prepared(small(), people, CPU)
    parts, _ = objective.losses(batches.at(0), np.random.default_rng(0))
    parts["features"].backward()
    network = objective.network
    assert all(p.grad is None for p in network.context.parameters())
    assert all(float(p.grad.abs().sum()) > 0 for p in network.encoders.parameters())
    for part in (network.heads, network.shape, network.camera):
        assert all(p.grad is None or not p.grad.any() for p in part.parameters())


def test_features_are_learnt_of_single_frames_and_frozen_then(people, tmp_path):
    """The way the paper takes PARE's features: trained before the encoders, and never after."""
    config = small(steps=6, alone=0.5)
    objective, batches = prepared(config, people, CPU)
    network = objective.network

    def moved(part: torch.nn.Module, steps: range) -> bool:
        before = [p.detach().clone() for p in part.parameters()]
        for step in steps:
            parts, _ = objective.losses(batches.at(step), np.random.default_rng(0))
            assert (float(parts["features"]) > 0) == (step >= 3)
            network.zero_grad()
            parts["loss"].backward()
            with torch.no_grad():
                for p in network.parameters():
                    p -= 1e-3 * p.grad if p.grad is not None else 0.0
        return any(not torch.equal(a, b) for a, b in zip(before, part.parameters(), strict=True))

    encoders = [p.detach().clone() for p in network.encoders.parameters()]
    assert moved(network.context, range(3))
    assert all(
        torch.equal(a, b) for a, b in zip(encoders, network.encoders.parameters(), strict=True)
    )
    assert not moved(network.context, range(3, 5))
    assert moved(network.encoders, range(5, 6))


def test_the_truth_costs_nothing_and_the_discriminator_believes_what_is_real(people):
    objective, batches = prepared(small(network={"temporal": False}), people, CPU)
    windows = batches.at(0)
    _, truth = observed(windows, CPU)

    class Told(torch.nn.Module):
        taught, alone = torch.tensor(0), torch.tensor(False)

        def forward(self, given):
            return truth

    class Known(torch.nn.Module):
        """1 of what swings as people do in the library, 0 of what was estimated."""

        def forward(self, rotations):
            same = rotations.shape == truth.rotations.shape
            own = same and torch.equal(rotations, truth.rotations)
            return torch.full((len(rotations), 1), 0.0 if own else 1.0)

    objective.network, objective.critics["motion"] = Told(), Known()
    parts, judged = objective.losses(windows, np.random.default_rng(0))
    for name in ("pose", "shape", "joints", "key_points"):
        assert float(parts[name]) < 1e-6, name
    assert float(parts["adversarial"]) == 0.5  # seen through
    assert float(objective.critic_losses(judged, np.random.default_rng(0))["critic"]) == 0.0


def run(config: Config, people: Material, folder, stop_after: int | None = None):
    objective, batches = prepared(config, people, CPU)
    loop = Loop(objective, config, batches, folder, CPU)
    rows, calls = [], iter(range(1000))
    loop.run(rows.append, lambda: stop_after is not None and next(calls) + 1 >= stop_after)
    return loop, rows


def test_it_learns_and_its_weights_estimate_a_video(people, body, tmp_path):
    config = small(
        steps=40, validate_every=10, alone=0.5, rate=3e-3, losses=BUDGET["losses"]
    )  # fmt: skip
    _, rows = run(config, people, tmp_path)
    for name in ("pose", "joints"):
        assert rows[-1][name] < 0.9 * rows[0][name], name
    assert {"adversarial", "critic"} <= set(rows[-1])
    estimator = Estimator(tmp_path / BEST)
    assert estimator.network.config == config.network
    motion = estimator.estimate(
        track_of(people.pairs, 0), K, body,
        progress=lambda done, total: None, should_stop=lambda: False,
    )  # fmt: skip
    assert motion.local.shape == (20, 24, 3, 3) and motion.betas.shape == (10,)
    assert np.abs(motion.trans - people.pairs.trans[0]).max() < 1.0
    with pytest.raises(OneTakeError) as caught:
        Estimator(tmp_path / "none.safetensors")
    assert caught.value.code == "bad_weights"


def test_a_run_that_was_stopped_goes_on_with_its_discriminator(people, tmp_path):
    whole, _ = run(small(), people, tmp_path / "whole")
    run(small(), people, tmp_path / "parts", stop_after=2)
    resumed, _ = run(small(), people, tmp_path / "parts")
    for module in ("network", "critics"):
        pairs = zip(
            getattr(whole.objective, module).state_dict().items(),
            getattr(resumed.objective, module).state_dict().values(),
            strict=True,
        )
        for (name, value), other in pairs:
            assert torch.allclose(value, other, atol=1e-6), (module, name)


def test_rows_are_what_the_table_compares(people):
    default = Config("table")
    single, separate, full = (configured(default, BUDGET, row.changes) for row in ROWS)
    assert not single.network.temporal and separate.network.temporal and full.network.temporal
    assert separate == configured(full, {"losses": {"features": 0.0}})
    assert full.losses.features > 0 and (ROWS[0].seeds, ROWS[-1].seeds) == (3, 3)
    assert not Objective(replace(single, real=2), people, CPU).critics
    whole = Objective(replace(full, real=2), people, CPU)
    assert whole.critics and 1e6 < sum(p.numel() for p in whole.network.parameters()) < 3e6
