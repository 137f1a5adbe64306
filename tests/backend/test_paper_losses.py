"""The papers' losses, each on a case computed by hand, and their gradients."""

import math
import time

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch.autograd import gradcheck

from backend.estimators.rotations import axis_angle_to_matrix
from backend.motion.skeleton import JOINT, REST
from backend.training.papers import losses
from backend.training.papers.bone_directions import (
    BACKWARD,
    BONES,
    FORWARD,
    PARALLEL,
    bone_directions,
    direction_loss,
)
from backend.training.papers.losses import WeightedRegression, WeightedRegressionConfig
from backend.training.papers.silhouette import (
    SilhouetteConfig,
    TrueSilhouettes,
    silhouette_loss,
    spread_vertices,
    to_predicted,
    to_true,
)

KINDS = ("norm", "squares", "absolute")


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def double(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def test_key_points_by_hand():
    true = torch.zeros(1, 2, 2, 2)
    predicted = true.clone()
    predicted[0, 0] = torch.tensor([[3.0, 4.0], [12.0, 0.0]])
    visibility = torch.tensor([[[1.0, 1.0], [1.0, 0.0]]])
    assert losses.key_points(predicted, true, visibility) == 6.5  # (13 + 0) / 2 frames
    assert losses.key_points(predicted, true, visibility, "squares") == pytest.approx(169 / 6)
    assert losses.key_points(predicted, true, visibility, "absolute") == pytest.approx(19 / 6)


@pytest.mark.parametrize("kind", KINDS)
def test_hidden_key_points_count_nothing(kind):
    true, predicted = torch.randn(2, 3, 4, 2), torch.randn(2, 3, 4, 2)
    visibility = torch.ones(2, 3, 4)
    visibility[..., 1] = 0
    hidden = predicted.clone()
    hidden[..., 1, :] += 100
    wanted = losses.key_points(predicted, true, visibility, kind)
    assert losses.key_points(hidden, true, visibility, kind) == wanted
    assert losses.key_points(predicted, true, 0 * visibility, kind) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_key_points_have_gradients(kind):
    visibility = torch.rand(2, 3, 4, dtype=torch.float64)
    true = torch.randn(2, 3, 4, 2, dtype=torch.float64)
    assert gradcheck(lambda p: losses.key_points(p, true, visibility, kind), double(2, 3, 4, 2))


def test_joints_pose_and_shape_by_hand():
    off = torch.zeros(1, 2, 24, 3)
    off[0, 0, 5] = torch.tensor([2.0, 3.0, 6.0])
    assert losses.joints(off, torch.zeros_like(off)) == 3.5  # (7 + 0) / 2 frames
    assert losses.joints(off, 0 * off, "squares") == pytest.approx(49 / (2 * 72))
    # Half a turn of one joint about z: diag(-2, -2, 0) from no rotation.
    still = torch.eye(3).expand(1, 1, 24, 3, 3)
    turned = still.clone()
    turned[0, 0, 3] = axis_angle_to_matrix(torch.tensor([0.0, 0.0, math.pi]))
    assert losses.pose(turned, still) == pytest.approx(math.sqrt(8), rel=1e-5)
    betas = torch.zeros(2, 10)
    betas[0, :2] = torch.tensor([3.0, 4.0])
    assert losses.shape(betas, 0 * betas) == 2.5
    assert losses.shape(betas[:, None].expand(-1, 7, -1), torch.zeros(2, 7, 10)) == 2.5


@pytest.mark.parametrize("kind", KINDS)
def test_joints_pose_and_shape_have_gradients(kind):
    true = torch.randn(2, 3, 4, 3, dtype=torch.float64)
    assert gradcheck(lambda p: losses.joints(p, true, kind), double(2, 3, 4, 3))
    true = torch.randn(2, 3, 2, 3, 3, dtype=torch.float64)
    assert gradcheck(lambda p: losses.pose(p, true, kind), double(2, 3, 2, 3, 3))
    true = torch.randn(2, 10, dtype=torch.float64)
    assert gradcheck(lambda p: losses.shape(p, true, kind), double(2, 10))


def test_what_is_right_has_a_gradient_of_nothing():
    right = torch.ones(1, 2, 24, 3, requires_grad=True)
    losses.joints(right, torch.ones(1, 2, 24, 3)).backward()
    assert torch.equal(right.grad, torch.zeros_like(right))


def test_smoothness_by_hand():
    path = torch.tensor([0.0, 1.0, 4.0, 9.0]).view(1, 4, 1)  # differences 1, 3, 5; then 2, 2
    first, second = losses.smoothness(path)
    assert first == pytest.approx(35 / 3) and second == 4
    still = losses.smoothness(torch.ones(2, 4, 3))
    assert still == (0, 0)
    assert gradcheck(losses.smoothness, double(2, 4, 3))


def test_limb_lengths_may_differ_but_not_change():
    joints = torch.zeros(1, 2, 3, 3)
    joints[0, :, 1, 0] = torch.tensor([1.0, 3.0])  # lengths 1, 3: variance 1
    joints[0, :, 2, 1] = 7.0  # from joint 0: 7, 7
    assert losses.limb_length_variance(joints, ((0, 1), (0, 2))) == 0.5
    turning = torch.as_tensor(REST).float() @ axis_angle_to_matrix(torch.randn(1, 9, 3))
    assert losses.limb_length_variance(turning) < 1e-10
    assert gradcheck(losses.limb_length_variance, double(2, 4, 24, 3))


def test_the_weighted_regression_by_hand():
    made = WeightedRegression(WeightedRegressionConfig(epsilon=0.5)).eval()
    made.mean.fill_(0.25)  # 1 - alpha
    true = torch.zeros(1, 2, 3)
    predicted = torch.tensor([[[0.3, 0.4, 0.0], [0.0, 0.0, 0.0]]])  # L0 = (0.5 + 0) / 2
    extra = (0.25 + 0.75) ** 2 * 0.25 * math.e  # eq. 2
    assert made(predicted, true) == pytest.approx(0.25 + 0.5 * extra)


def test_hard_poses_pull_more_but_not_without_bound():
    made = WeightedRegression().double().eval()
    made.mean.fill_(0.06)

    def pull(distance: float) -> float:
        predicted = torch.tensor([[[distance, 0.0, 0.0]]], dtype=torch.float64, requires_grad=True)
        made(predicted, torch.zeros_like(predicted)).backward()
        return float(predicted.grad[0, 0, 0])

    assert pull(0.06) == pytest.approx(1.006, abs=0.002)
    assert 3 < pull(0.35) < 6
    assert pull(5.0) < 60  # of what would be e^83


def test_the_mean_of_the_weighted_regression_follows_training_alone():
    made = WeightedRegression(WeightedRegressionConfig(momentum=0.5))
    one, zero = torch.full((4, 1, 3), 1 / math.sqrt(3)), torch.zeros(4, 1, 3)
    made(0.1 * one, zero)
    assert made.mean == pytest.approx(0.1)
    made(0.3 * one, zero)
    assert made.mean == pytest.approx(0.2)
    made.eval()(one, zero)
    assert made.mean == pytest.approx(0.2)
    made = made.double()
    true = torch.randn(3, 4, 3, dtype=torch.float64)
    assert gradcheck(lambda off: made(true + 0.1 * off, true), double(3, 4, 3))


def test_features_are_kept_by_the_frobenius_norm_of_each_joint():
    frozen = torch.zeros(1, 2, 2, 2, requires_grad=True)
    features = torch.zeros(1, 2, 2, 2)
    features[0, :, 0] = torch.tensor([[1.0, 2.0], [2.0, 4.0]])  # joint 0: norm 5; joint 1: 0
    features.requires_grad_()
    loss = losses.stay_near(features, frozen)
    assert loss.item() == pytest.approx(5 / 2 / math.sqrt(4))
    loss.backward()
    assert frozen.grad is None and features.grad[0, :, 0].abs().min() > 0
    assert gradcheck(
        lambda f: losses.stay_near(f, torch.ones(2, 3, 2, 4).double()), double(2, 3, 2, 4)
    )


def test_bones_point_forward_backward_or_along_the_picture():
    assert len(BONES) == 14
    joints = torch.as_tensor(REST).float() * torch.tensor([1.0, -1.0, -1.0])  # before the camera
    names = [f"{inner} {outer}" for inner, outer in BONES]

    def of(inner: str, outer: str, angle: float) -> int:
        """The label of a bone that stands at an angle out of the picture, towards the camera."""
        moved = joints.clone()
        out = math.radians(angle)
        ends = torch.tensor([math.cos(out), 0.0, -math.sin(out)])
        moved[JOINT[outer]] = moved[JOINT[inner]] + 0.3 * ends
        return int(bone_directions(moved)[names.index(f"{inner} {outer}")])

    bone = ("left_elbow", "left_wrist")
    assert [of(*bone, angle) for angle in (80, 21, 19, 0, -19, -21, -80)] == [
        FORWARD, FORWARD, PARALLEL, PARALLEL, PARALLEL, BACKWARD, BACKWARD,
    ]  # fmt: skip
    # A body that hangs its arms out in the picture has hardly a bone that leaves it.
    assert (bone_directions(joints) == PARALLEL).sum() >= 12


def test_bones_of_any_direction_are_a_third_each():
    directions = bone_directions(torch.randn(2000, 24, 3))
    shares = torch.bincount(directions.flatten(), minlength=3) / directions.numel()
    assert (shares - 1 / 3).abs().max() < 0.02


def test_the_loss_of_directions_by_hand():
    directions = torch.full((2, 5, 14), BACKWARD)
    logits = torch.zeros(2, 5, 14, 3)
    assert direction_loss(logits, directions) == pytest.approx(math.log(3))
    logits[..., BACKWARD] = math.log(2)  # a half, beside two quarters
    assert direction_loss(logits, directions) == pytest.approx(math.log(2))
    assert gradcheck(lambda said: direction_loss(said, directions[:, 0]), double(2, 14, 3))


def square(size: int = 32, low: int = 10, high: int = 20) -> np.ndarray:
    """(1, size, size): pixels low..high are the person."""
    mask = np.zeros((1, size, size), bool)
    mask[0, low : high + 1, low : high + 1] = True
    return mask


def of_masks(masks: np.ndarray, **sizes: int) -> TrueSilhouettes:
    return TrueSilhouettes.of(masks, np.random.default_rng(0), SilhouetteConfig(**sizes))


def test_the_field_is_the_distance_to_the_silhouette():
    masks = np.random.default_rng(3).random((3, 40, 30)) > 0.995
    masks[2] = False
    true = of_masks(masks)
    for mask, field in zip(masks[:2], true.field[:2, 0], strict=True):
        assert np.abs(field.numpy() - ndimage.distance_transform_edt(~mask)).max() < 1e-4
    assert true.there.tolist() == [1, 1, 0]
    x, y = true.pixels[0].long().unbind(-1)
    assert masks[0][y, x].all()


def test_vertices_outside_the_silhouette_by_hand():
    true = of_masks(square())
    # Inside; 4 px to the right; 2 and a half above; outside the picture, 3 beyond its 11 px.
    vertices = torch.tensor([[[15.0, 15.0], [24.0, 12.0], [15.0, 7.5], [34.0, 15.0]]])
    parts = to_true(vertices.transpose(0, 1), true.field.expand(4, -1, -1, -1))
    assert torch.allclose(parts, torch.tensor([0.0, 16.0, 6.25, 121.0 + 9.0]), atol=1e-4)
    assert to_true(vertices, true.field).item() == pytest.approx(parts.mean().item(), rel=1e-5)


def test_pixels_without_a_vertex_by_hand():
    pixels = torch.tensor([[[0.0, 0.0], [10.0, 0.0]]])
    vertices = torch.tensor([[[3.0, 4.0], [10.0, 1.0], [50.0, 50.0]]], requires_grad=True)
    off = to_predicted(pixels, vertices)
    assert off.item() == pytest.approx((25 + 1) / 2)
    off.sum().backward()
    # Each pixel pulls its nearest vertex; a vertex that is nobody's nearest is left alone.
    assert torch.equal(vertices.grad[0], torch.tensor([[3.0, 4.0], [0.0, 1.0], [0.0, 0.0]]))


def test_the_silhouette_loss_has_gradients():
    true = of_masks(np.concatenate([square(), square(low=5, high=9)]), pixels=30)
    # Not on whole numbers, where the bilinear field has its corners.
    within = 0.2 + 0.6 * torch.rand(2, 12, 2, dtype=torch.float64)
    vertices = (30 * torch.rand(2, 12, 2, dtype=torch.float64)).floor() + within
    vertices[0, 0] = torch.tensor([-3.3, 40.2])  # outside of the picture
    vertices.requires_grad_()
    assert gradcheck(lambda v: silhouette_loss(v, true), vertices)


def test_a_silhouette_is_filled_and_not_left():
    true = of_masks(square(size=64, low=20, high=40), pixels=100)
    vertices = (torch.rand(1, 60, 2) * 8 + 5).requires_grad_()  # too small, and elsewhere
    first = silhouette_loss(vertices, true).item()
    for _ in range(300):
        loss = silhouette_loss(vertices, true)
        (gradient,) = torch.autograd.grad(loss, vertices)
        with torch.no_grad():
            vertices -= 0.5 * gradient
    assert loss < 0.05 * first
    with torch.no_grad():
        assert to_true(vertices, true.field) < 1
        assert to_predicted(true.pixels, vertices) < 15  # no pixel far from one


def test_pictures_without_a_person_count_nothing():
    vertices = torch.full((2, 5, 2), 2.0, requires_grad=True)
    both = of_masks(np.concatenate([square(), np.zeros((1, 32, 32), bool)]))
    alone = silhouette_loss(vertices[:1], of_masks(square())).item()
    assert silhouette_loss(vertices, both).item() == pytest.approx(alone)
    none = silhouette_loss(vertices[1:], of_masks(np.zeros((1, 32, 32), bool)))
    none.backward()
    assert none == 0 and vertices.grad.isfinite().all()


def test_a_batch_of_silhouettes_takes_a_fraction_of_a_second():
    masks = np.zeros((64, 256, 256), bool)
    masks[:, 40:220, 90:160] = True
    config = SilhouetteConfig()
    vertices = (torch.rand(64, config.vertices, 2) * 256).requires_grad_()
    took = []
    for _ in range(5):
        start = time.process_time()
        true = of_masks(masks)
        silhouette_loss(vertices, true).backward()
        took.append(time.process_time() - start)
    # Seconds of one core: 0.17 of a slow one, several times that where others fill its cache.
    assert min(took) < 1.5, took


def test_vertices_are_drawn_by_the_skin_they_stand_for():
    areas = torch.ones(6000)
    areas[:3000] = 0.1  # half of the mesh, a tenth of the skin of the other half
    chosen = spread_vertices(areas, torch.Generator().manual_seed(0), SilhouetteConfig())
    assert len(chosen.unique()) == SilhouetteConfig().vertices
    assert 0.03 < (chosen < 3000).float().mean() < 0.2
