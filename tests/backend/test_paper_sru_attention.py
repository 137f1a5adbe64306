"""`sru_attention`: what its network may know, what its losses reach, and that a run works."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.errors import OneTakeError
from backend.estimators.papers.sru_attention import Config as NetworkConfig
from backend.estimators.papers.sru_attention import Estimator, Network
from backend.training.critics.graph import GraphConfig
from backend.training.critics.motion import MotionConfig
from backend.training.loop import BEST, CURVES, Loop
from backend.training.papers import Material, prepared
from backend.training.papers.config import PaperConfig
from backend.training.papers.material import observed
from backend.training.papers.rows import configured
from backend.training.papers.sru_attention import BUDGET, ROWS, Config, Losses, Objective
from tests.backend.paper_people import K, material, track_of, whole_body

CPU = torch.device("cpu")
FRAMES = 16


@pytest.fixture(scope="module")
def body():
    return whole_body()


@pytest.fixture(scope="module")
def people(body) -> Material:
    return material(body)


def small(**changes) -> Config:
    network = NetworkConfig(hidden=32, width=48, dropout=0.0)
    base = Config(
        "test", network=network, graph=GraphConfig((8, 4)), motion=MotionConfig(16),
        windows=4, steps=6, real=6, warmup=1, validate_every=3, validation=64, rate=1e-3,
    )  # fmt: skip
    return configured(base, changes)


def network_of(encoder: str, people: Material) -> Network:
    torch.manual_seed(0)
    network = Network(NetworkConfig(encoder=encoder, hidden=32, width=48))
    network.fit(people.typical(CPU))
    # Corrections start small; here what matters is whether they are there.
    torch.nn.init.normal_(network.regressor.step.weight, std=0.05)
    return network.eval()


@pytest.mark.parametrize("encoder", ["sru_attention", "gru"])
def test_it_answers_with_a_body(encoder, people):
    given, _ = observed(people.pairs.take(slice(0, 3)), CPU)
    answer = network_of(encoder, people)(given)
    assert answer.rotations.shape == (3, 20, 24, 3, 3)
    identity = answer.rotations @ answer.rotations.transpose(-1, -2)
    assert torch.allclose(identity, torch.eye(3).expand_as(identity), atol=1e-5)
    assert answer.trans.shape == (3, 20, 3) and (answer.trans[..., 2] > 0).all()
    assert answer.betas.shape == (3, 10)
    if encoder == "gru":
        assert answer.attention is None
    else:
        assert torch.allclose(answer.attention.sum(-1), torch.ones(3, 20))


def test_attention_alone_knows_the_future(people):
    """The first row's GRU runs forward; SRU and attention see the whole window (section 3.1)."""
    given, _ = observed(people.pairs.take(slice(0, 3)), CPU)
    points = given.points.clone()
    points[:, -1] += 0.3
    later = replace(given, points=points)
    for encoder, knows in (("gru", False), ("sru_attention", True)):
        network = network_of(encoder, people)
        moved = (network(later).rotations - network(given).rotations).abs().amax(dim=(0, 2, 3, 4))
        assert moved[-1] > 1e-3, encoder
        assert (moved[:-1].min() > 1e-6) if knows else (moved[:-1].max() < 1e-6), encoder


def test_what_is_reported_of_nobody_changes_nothing(people):
    given, _ = observed(people.pairs.take(slice(0, 3)), CPU)
    seen = given.seen.clone()
    seen[:, 4] = False
    given = replace(given, seen=seen)
    world, features = given.world.clone(), given.features.clone()
    world[:, 4], features[:, 4] = 1.0, 7.0
    network = network_of("sru_attention", people)
    spoilt = network(replace(given, world=world, features=features))
    assert torch.equal(spoilt.rotations, network(given).rotations)


@pytest.mark.parametrize("discriminator", ["graph", "motion"])
def test_every_loss_reaches_the_network_and_the_critics_stays_theirs(discriminator, people):
    objective, batches = prepared(small(discriminator=discriminator), people, CPU)
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


def test_the_truth_costs_nothing_and_a_metre_costs_what_it_says(people):
    objective, batches = prepared(small(), people, CPU)
    windows = batches.at(0)
    _, truth = observed(windows, CPU)

    class Told(torch.nn.Module):
        def forward(self, given):
            return truth

    objective.network = Told()
    parts, _ = objective.losses(windows, np.random.default_rng(0))
    for name in ("pose", "shape", "joints", "key_points"):
        assert float(parts[name]) < 1e-4, name
    truth = replace(truth, betas=truth.betas + 0.1)
    parts, _ = objective.losses(windows, np.random.default_rng(0))
    assert float(parts["shape"]) == pytest.approx(0.1 * 10**0.5, rel=1e-4)
    assert float(parts["joints"]) > 1e-3  # another shape has its joints elsewhere


def test_the_discriminator_sees_motion_and_no_camera(people):
    """However the camera is turned, joints are shown alike; who turns is not."""
    objective, batches = prepared(small(), people, CPU)
    _, truth = observed(batches.at(0), CPU)
    before = objective._shown(truth.rotations, truth.betas)
    turn = torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    turned = truth.rotations.clone()
    turned[:, :, 0] = turn @ turned[:, :, 0]
    assert torch.allclose(objective._shown(turned, truth.betas), before, atol=1e-5)
    spun = truth.rotations.clone()
    spun[:, 8:, 0] = turn @ spun[:, 8:, 0]
    after = objective._shown(spun, truth.betas)
    assert torch.allclose(after[:, :8], before[:, :8], atol=1e-5)
    assert (after[:, 8:] - before[:, 8:]).abs().max() > 0.3


def run(config: PaperConfig, people: Material, folder, stop_after: int | None = None):
    objective, batches = prepared(config, people, CPU)
    loop = Loop(objective, config, batches, folder, CPU)
    rows, calls = [], iter(range(1000))
    loop.run(rows.append, lambda: stop_after is not None and next(calls) + 1 >= stop_after)
    return loop, rows


def test_it_learns_and_its_weights_estimate_a_video(people, body, tmp_path):
    config = small(steps=40, validate_every=10, rate=3e-3)
    _, rows = run(config, people, tmp_path)
    for name in ("pose", "joints", "key_points"):
        assert rows[-1][name] < 0.8 * rows[0][name], name
    header = (tmp_path / CURVES).read_text().split("\n")[0].split(",")
    assert {"adversarial", "critic"} <= set(header)
    estimator = Estimator(tmp_path / BEST)
    assert estimator.network.config == config.network
    motion = estimator.estimate(
        track_of(people.pairs, 0), K, body,
        progress=lambda done, total: None, should_stop=lambda: False,
    )  # fmt: skip
    assert motion.local.shape == (20, 24, 3, 3) and motion.betas.shape == (10,)
    # Where the landmarks are the person is, whatever is thought of the pose.
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
    made = [configured(default, BUDGET, row.changes) for row in ROWS]
    assert [c.network.encoder for c in made] == ["gru", *["sru_attention"] * 4]
    assert [c.discriminator for c in made] == ["motion", "motion", *["graph"] * 3]
    assert made[-1] == made[-2] == made[-3] and ROWS[-1].smoothed and ROWS[-2].smoothed
    assert ROWS[-1].seeds == ROWS[-3].seeds == 3
    for config in made[:3]:
        sizes = Objective(replace(config, real=2), people, CPU)
        assert 1e6 < sum(p.numel() for p in sizes.network.parameters()) < 3e6


def test_a_name_that_is_none_is_an_error_for_the_user(tmp_path):
    for odd in ({"discriminator": "gcn"}, {"network": {"encoder": "lstm"}}):
        with pytest.raises(OneTakeError) as caught:
            Config.of({"name": "x"} | odd, tmp_path / "odd.json")
        assert caught.value.code == "bad_config"
