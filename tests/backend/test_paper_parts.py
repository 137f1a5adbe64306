"""Parts of the papers' estimators: rotations, encoders over time, regressors."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.autograd import gradcheck

from backend.estimators.papers.attention import TemporalAttention
from backend.estimators.papers.gru import JointGRUs, JointHeads
from backend.estimators.papers.regressor import (
    IterativeConfig,
    IterativeRegressor,
    ThreeLayerConfig,
    ThreeLayerRegressor,
    mean_pose,
)
from backend.estimators.papers.sru import SRU
from backend.estimators.rotations import (
    axis_angle_to_matrix,
    from_six,
    matrix_to_axis_angle,
    to_six,
)
from backend.motion import rotations as numpy_rotations

ANGLES = [0.0, 1e-9, 1e-4, 0.019, 0.021, 0.099, 0.101, 1.0, 2.5, math.pi - 1e-4]


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def turns(angle: float, count: int = 6) -> torch.Tensor:
    """(count, 3) axis-angles of one angle, double precision."""
    axes = torch.randn(count, 3, dtype=torch.float64)
    return angle * axes / axes.norm(dim=-1, keepdim=True)


@pytest.mark.parametrize("angle", [*ANGLES, math.pi])
def test_axis_angles_are_those_of_numpy_and_come_back(angle):
    given = turns(angle)
    matrices = axis_angle_to_matrix(given)
    expected = numpy_rotations.axis_angle_to_matrix(given.numpy())
    assert np.abs(matrices.numpy() - expected).max() < 1e-9
    back = matrix_to_axis_angle(matrices)
    if angle == math.pi:  # both ends of an axis are one rotation
        back = back * (back * given).sum(-1, keepdim=True).sign()
    assert (back - given).abs().max() < 1e-7
    single = matrix_to_axis_angle(axis_angle_to_matrix(given.float()))
    assert (axis_angle_to_matrix(single) - matrices).abs().max() < 1e-6


@pytest.mark.parametrize("angle", ANGLES)
def test_axis_angles_have_gradients_at_zero_and_near_pi(angle):
    given = turns(angle, 3).requires_grad_()
    assert gradcheck(axis_angle_to_matrix, given)
    assert gradcheck(lambda v: matrix_to_axis_angle(axis_angle_to_matrix(v)), given)


def test_half_a_turn_has_a_finite_gradient():
    matrices = torch.diag(torch.tensor([-1.0, -1.0, 1.0])).requires_grad_()
    (gradient,) = torch.autograd.grad(matrix_to_axis_angle(matrices).sum(), matrices)
    assert gradient.isfinite().all()


def test_six_numbers_are_made_of_rotations_and_back():
    matrices = axis_angle_to_matrix(torch.randn(20, 4, 3))
    assert torch.allclose(from_six(to_six(matrices)), matrices, atol=1e-6)
    assert gradcheck(from_six, torch.randn(4, 6, dtype=torch.float64, requires_grad=True))


def sru_by_hand(layer: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Lei et al. 2018 eq. 1-4, frame by frame, of one layer as wide as its input."""
    w, w_f, w_r = layer.project.weight.chunk(3)
    (v_f, v_r), (b_f, b_r) = layer.peep, layer.bias
    c, out = torch.zeros_like(x[:, 0]), []
    for t in range(x.shape[1]):
        f = torch.sigmoid(x[:, t] @ w_f.T + v_f * c + b_f)
        r = torch.sigmoid(x[:, t] @ w_r.T + v_r * c + b_r)
        c = f * c + (1 - f) * (x[:, t] @ w.T)
        out.append(r * c + (1 - r) * x[:, t] * math.sqrt(3))
    return torch.stack(out, dim=1)


def test_the_sru_is_the_recurrence_of_its_paper():
    made = SRU(5, 5, 1)
    layer = made.layers[0]
    nn.init.normal_(layer.peep)
    nn.init.normal_(layer.bias)
    x = torch.randn(3, 7, 5)
    assert torch.allclose(made(x), sru_by_hand(layer, x), atol=1e-6)


def test_the_sru_knows_the_past_and_not_the_future():
    made = SRU(6, 8, 3)
    x = torch.randn(2, 10, 6)
    other = x.clone()
    other[:, 5] += 1
    apart = (made(other) - made(x)).abs().amax(dim=(0, 2))
    assert torch.equal(apart[:5], torch.zeros(5))
    assert (apart[5:] > 1e-5).all()


def test_the_sru_keeps_the_size_of_what_goes_through_it():
    x = torch.randn(16, 20, 64)
    assert 0.65 < SRU(64, 64, 6)(x).std() < 1.35


def test_attention_looks_both_ways():
    made = TemporalAttention(8)
    h = torch.randn(2, 9, 8)
    out, weights = made(h)
    assert weights.shape == (2, 9, 9)
    assert torch.allclose(weights.sum(-1), torch.ones(2, 9)) and (weights > 0).all()
    other = h.clone()
    other[:, 4] += 1
    apart = (made(other)[0] - out).abs().amax(dim=(0, 2))
    assert (apart > 1e-5).all()


def test_attention_is_equations_4_to_7():
    made = TemporalAttention(2, leak=0.5)
    with torch.no_grad():
        for layer, factor in ((made.query, 1.0), (made.key, 2.0), (made.value, 3.0)):
            layer.weight.copy_(factor * torch.eye(2))
            layer.bias.zero_()
    out, weights = made(torch.tensor([[[1.0, 0.0], [0.0, -1.0]]]))
    # Leaky ReLU halves what is negative. q k^T: [[2, 0], [0, 0.5]], over the root of 2.
    first = math.exp(2 / math.sqrt(2)) / (math.exp(2 / math.sqrt(2)) + 1)
    second = math.exp(0.5 / math.sqrt(2)) / (math.exp(0.5 / math.sqrt(2)) + 1)
    expected = torch.tensor([[[first, 1 - first], [1 - second, second]]])
    assert torch.allclose(weights, expected)
    assert torch.allclose(out, expected @ torch.tensor([[3.0, 0.0], [0.0, -1.5]]))


def torch_gru(made: JointGRUs, joint: int) -> nn.GRU:
    """torch's own GRU with the weights of a joint."""
    layers = len(made.from_input)
    gru = nn.GRU(made.inputs, made.hidden, layers, batch_first=True)
    with torch.no_grad():
        for layer in range(layers):
            for name, source in (
                ("weight_ih", made.from_input), ("weight_hh", made.from_state),
                ("bias_ih", made.input_bias), ("bias_hh", made.state_bias),
            ):  # fmt: skip
                value = source[layer][joint].T
                getattr(gru, f"{name}_l{layer}").copy_(value.squeeze(-1))
    return gru


def test_each_joints_gru_is_torchs_gru():
    made = JointGRUs()
    f = torch.randn(3, 16, 24, 128)
    got = made(f)
    for joint in (0, 7, 23):
        states, _ = torch_gru(made, joint)(f[:, :, joint])
        expected = states @ made.back.weight[joint] + made.back.bias[joint]
        assert torch.allclose(got[:, :, joint], expected, atol=1e-5)


def test_no_joint_knows_of_another_nor_of_the_future():
    made, heads = JointGRUs(joints=5, inputs=6, hidden=4), JointHeads(joints=5, inputs=6)
    f = torch.randn(2, 8, 5, 6)
    other = f.clone()
    other[:, 3, 2] += 1
    apart = (heads(made(other)) - heads(made(f))).abs().amax(dim=(0, 3))  # (T, J)
    assert (apart[3:, 2] > 1e-6).all()
    apart[3:, 2] = 0
    assert torch.equal(apart, torch.zeros(8, 5))


def test_heads_start_near_no_rotation():
    sixes = JointHeads()(0.1 * torch.randn(2, 3, 24, 128))
    assert sixes.shape == (2, 3, 24, 6)
    assert matrix_to_axis_angle(from_six(sixes)).norm(dim=-1).mean() < 0.2


def test_the_iterative_regressor_starts_from_the_mean_and_steps():
    made = IterativeRegressor(7, IterativeConfig(width=32)).eval()
    features = torch.randn(2, 5, 7)
    sixes, betas, camera = made(features)
    assert sixes.shape == (2, 5, 24, 6) and betas.shape == (2, 5, 10) and camera.shape == (2, 5, 3)
    assert (from_six(sixes) - mean_pose()).abs().max() < 0.2
    # By hand, with steps that are worth something.
    nn.init.normal_(made.step.weight)
    first, second = made.mlp[0], made.mlp[3]
    guess = made.mean.expand(2, 5, -1)
    for _ in range(3):
        hidden = torch.relu(first(torch.cat([features, guess], dim=-1)))
        guess = guess + made.step(torch.relu(second(hidden)))
    assert torch.allclose(torch.cat([made(features)[0].flatten(2), *made(features)[1:]], -1), guess)


def test_the_iterative_regressor_drops_units_only_in_training():
    made = IterativeRegressor(7, IterativeConfig(width=32))
    nn.init.normal_(made.step.weight)
    features = torch.randn(4, 7)
    assert not torch.equal(made(features)[0], made(features)[0])
    made.eval()
    assert torch.equal(made(features)[0], made(features)[0])


def test_the_three_layers_say_eighty_five_numbers():
    made = ThreeLayerRegressor(7, ThreeLayerConfig(width=16))
    assert [type(layer) for layer in made.mlp].count(nn.Linear) == 3
    assert made.mlp[-1].out_features == 85
    rotations, betas, camera = made(torch.zeros(2, 7))
    assert betas.shape == (2, 10) and camera.shape == (2, 3)
    assert (rotations - mean_pose()).abs().max() < 0.1
    # The root turns before the camera: a quarter to the left of the picture.
    with torch.no_grad():
        made.mlp[-1].weight.zero_()
        made.mlp[-1].bias[79:82] = torch.tensor([0.0, math.pi / 2, 0.0])
    facing = made(torch.zeros(1, 7))[0][0, 0] @ torch.tensor([0.0, 0.0, 1.0])
    assert torch.allclose(facing, torch.tensor([-1.0, 0.0, 0.0]), atol=1e-6)


def test_the_three_layers_learn_from_the_mean_itself():
    made = ThreeLayerRegressor(4, ThreeLayerConfig(width=8))
    nn.init.zeros_(made.mlp[-1].weight)
    rotations, _, _ = made(torch.randn(3, 4))
    # What a loss of the pose sees: its slope is neither nan nor nothing where all angles are zero.
    rotations.square().mul(torch.randn_like(rotations)).sum().backward()
    gradient = made.mlp[-1].weight.grad
    assert gradient.isfinite().all() and gradient[:69].abs().max() > 0
