"""`multimodal_depth`: two branches, each with its own supervision, and a regressor of frames."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.body.torch_body import TorchBody
from backend.errors import OneTakeError
from backend.estimators.papers.multimodal_depth import Config as NetworkConfig
from backend.estimators.papers.multimodal_depth import Estimator, Network
from backend.estimators.papers.points import points_of
from backend.motion.skeleton import JOINT
from backend.training.loop import BEST, Loop
from backend.training.papers import Material, prepared
from backend.training.papers.bone_directions import BACKWARD, BONES, FORWARD, bone_directions
from backend.training.papers.material import observed
from backend.training.papers.multimodal_depth import BUDGET, ROWS, Config, Losses, Objective
from backend.training.papers.rows import configured
from tests.backend.paper_people import K, pictured, track_of, whole_body

CPU = torch.device("cpu")
SMALL = NetworkConfig(width=48, blocks=2, dropout=0.0, branch_width=32)


@pytest.fixture(scope="module")
def plain():
    return whole_body()


@pytest.fixture(scope="module")
def body(plain):
    return TorchBody(plain)


@pytest.fixture(scope="module")
def windows(plain):
    return pictured(plain, count=12, frames=6)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def small(**settings) -> Config:
    defaults = dict(
        windows=32, warmup=1, steps=8, validate_every=4, average=0.9, critic_width=16,
        validation=72, network=SMALL,
    )  # fmt: skip
    return Config("test", **(defaults | settings))


def made_of(windows, body) -> Material:
    """Judged on what was learnt: these tests ask whether it learns at all."""
    return Material(windows, windows, None, body)


def loop_of(config, windows, body, folder) -> Loop:
    objective, batches = prepared(config, made_of(windows, body), CPU)
    return Loop(objective, config, batches, folder, CPU)


def single(windows):
    return windows.cut(np.arange(len(windows)), np.zeros(len(windows), int), 1)


def test_it_answers_with_points_depths_and_directions(windows):
    given, _ = observed(windows, CPU)
    answer = Network(SMALL).eval()(given)
    assert answer.joints.shape == (12, 6, 24, 3) and answer.landmarks.shape == (12, 6, 33, 3)
    assert answer.depth.shape == (12, 6, 33) and answer.directions.shape == (12, 6, 14, 3)
    base = Network(replace(SMALL, coarse=False, directions=False)).eval()(given)
    assert base.depth is None and base.directions is None


def test_no_frame_knows_of_its_neighbours(windows):
    network = Network(SMALL).eval()
    given, _ = observed(windows, CPU)
    points, features = given.points.clone(), given.features.clone()
    points[:, 3] += 0.5
    features[:, 3] += 1
    other = network(replace(given, points=points, features=features))
    apart = (other.joints - network(given).joints).abs().amax(dim=(0, 2, 3))
    assert apart[3] > 1e-5
    assert apart[[0, 1, 2, 4, 5]].max() == 0


def test_the_base_sees_2d_joints_alone(windows):
    given, _ = observed(windows, CPU)
    other = replace(given, features=given.features + 1, world=given.world + 1)
    for changes, same in ((dict(coarse=False, directions=False), True), ({}, False)):
        network = Network(replace(SMALL, **changes)).eval()
        apart = (network(other).joints - network(given).joints).abs().max()
        assert (apart == 0) == same


def reached(network, loss) -> set[str]:
    """The parts of the network that a loss has a slope in."""
    network.zero_grad()
    loss.backward(retain_graph=True)
    return {
        name.split(".")[0]
        for name, p in network.named_parameters()
        if p.grad is not None and p.grad.abs().max() > 0
    }


def test_every_part_learns_from_its_own_supervision(windows, body):
    objective = Objective(small(pretraining=0.0), made_of(windows, body), CPU)
    parts, _ = objective.losses(single(windows), np.random.default_rng(0))
    network = objective.network
    assert reached(network, parts["points"]) == {"regressor"}
    assert reached(network, parts["depth"]) == {"depth"}
    assert reached(network, parts["adversarial"]) == {"depth"}
    assert reached(network, parts["directions"]) == {"directions"}
    assert reached(network, parts["loss"]) == {"regressor", "depth", "directions"}


def test_the_critic_learns_and_leaves_the_network_alone(windows, body):
    objective = Objective(small(), made_of(windows, body), CPU)
    _, judged = objective.losses(single(windows), np.random.default_rng(0))
    objective.network.zero_grad()
    objective.critics.zero_grad()
    objective.critic_losses(judged, np.random.default_rng(0))["critic"].backward()
    assert all(p.grad is None for p in objective.network.parameters())
    assert all(p.grad.abs().max() > 0 for p in objective.critics.parameters())
    # A coarse pose is the 2D joints with a depth: only that tells real from made up.
    made_up, real = judged
    assert torch.equal(made_up[..., [0, 1, 3, 4]], real[..., [0, 1, 3, 4]])
    assert not torch.equal(made_up[..., 2], real[..., 2])


def test_the_coarse_branch_is_refined_after_its_pretraining(windows, body):
    objective = Objective(small(pretraining=0.5, steps=4), made_of(windows, body), CPU)
    weights = Losses()
    for step in range(1, 5):
        parts, _ = objective.losses(single(windows), np.random.default_rng(0))
        plain = (
            weights.points * parts["points"] + weights.depth * parts["depth"]
            + weights.directions * parts["directions"]
        )  # fmt: skip
        refined = plain + (weights.adversarial * parts["adversarial"] if step > 2 else 0.0)
        assert parts["loss"].item() == pytest.approx(refined.item(), rel=1e-5)


def test_depth_is_in_the_units_of_the_picture(windows, body):
    """The real coarse pose, shrunk by perspective alone, is the body: its bones keep their length.

    Weak perspective: within the few percent by which near limbs look larger.
    """
    objective = Objective(small(), made_of(windows, body), CPU)
    _, (_, real) = objective.losses(single(windows), np.random.default_rng(0))
    _, truth = observed(single(windows), CPU)
    thigh, shin = (23, 25), (25, 27)
    for upper, lower in (thigh, shin):
        length = (real[:, upper, :3] - real[:, lower, :3]).norm(dim=-1)
        ratio = length / length.mean()
        assert 0.3 < float(length.mean()) < 1.5 and ratio.std() < 0.12
    assert truth.trans[..., 2].min() > 2


def test_what_leans_to_the_camera_is_forward():
    joints = torch.zeros(2, 24, 3)
    joints[0, JOINT["neck"], 2] = -1.0
    joints[1, JOINT["neck"], 2] = 1.0
    trunk = BONES.index(("pelvis", "neck"))
    assert bone_directions(joints)[:, trunk].tolist() == [FORWARD, BACKWARD]


def test_it_learns_and_its_weights_become_an_estimator(windows, body, plain, tmp_path):
    rows = []
    loop = loop_of(small(steps=40, validate_every=20, rate=5e-3), windows, body, tmp_path)
    loop.run(rows.append)
    for name in ("points", "depth", "directions", "val_mpjpe"):
        assert rows[-1][name] < 0.9 * rows[0][name], name
    assert {"adversarial", "critic", "right_directions"} <= set(rows[0])
    estimator = Estimator(tmp_path / BEST)
    assert estimator.network.config == SMALL
    track = track_of(windows, 0)
    joints, _ = points_of(estimator.network, track, K)
    assert joints.shape == (6, 24, 3)
    found = estimator.estimate(
        track, K, plain, progress=lambda part, whole: None, should_stop=lambda: False
    )
    assert found.local.shape == (6, 24, 3, 3) and np.isfinite(found.local).all()
    assert np.abs(found.trans - windows.trans[0]).max() < 1.0


def test_a_run_that_was_stopped_goes_on_with_its_critic(windows, body, tmp_path):
    whole = loop_of(small(), windows, body, tmp_path / "whole")
    whole.run(lambda row: None)
    calls = iter(range(100))
    part = loop_of(small(), windows, body, tmp_path / "parts")
    part.run(lambda row: None, lambda: next(calls) >= 2)
    assert part.step == 3
    resumed = loop_of(small(), windows, body, tmp_path / "parts")
    assert resumed.step == 3 and int(resumed.network.taught) == 3
    for name, value in part.objective.critics.state_dict().items():
        assert torch.equal(value, resumed.objective.critics.state_dict()[name]), name
    resumed.run(lambda row: None)
    # The running mean of the loss starts anew: its share in the loss is a thousandth.
    for name, value in whole.average.items():
        assert torch.allclose(value.float(), resumed.average[name].float(), atol=2e-3), name


def test_every_row_builds_and_the_budget_is_two_million(windows, body):
    for row in ROWS:
        config = configured(Config("test"), BUDGET, row.changes)
        network = Network(config.network)
        assert sum(p.numel() for p in network.parameters()) < 2.3e6
    assert ROWS[-1].changes == {} and ROWS[0].seeds == ROWS[-1].seeds == 3


def test_without_weights_it_says_so(tmp_path):
    with pytest.raises(OneTakeError, match="multimodal_depth"):
        Estimator(tmp_path / "none.safetensors")
