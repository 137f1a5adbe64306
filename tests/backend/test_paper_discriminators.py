"""The papers' discriminators: each learns to tell real motion from jittered motion in seconds."""

import math

import pytest
import torch
from torch import Tensor, nn

from backend.body.torch_body import kinematics
from backend.estimators.rotations import axis_angle_to_matrix, to_six
from backend.motion.skeleton import JOINT, PARENTS, REST
from backend.training.critics.adversarial import (
    gradient_penalty,
    lsgan_discriminator,
    lsgan_generator,
    wgan_critic,
    wgan_generator,
)
from backend.training.critics.graph import GraphConfig, GraphDiscriminator, normalised_adjacency
from backend.training.critics.kinematic import KinematicConfig, KinematicCritic, chain_space
from backend.training.critics.motion import MotionConfig, MotionDiscriminator
from backend.training.critics.pose import PoseConfig, PoseDiscriminator

FRAMES = 12
SPREAD = 0.15  # radians, of poses and of swings
JITTER = 0.3  # radians, of every joint in every frame


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def smooth_motion(count: int, frames: int = FRAMES) -> Tensor:
    """(count, frames, 24, 3) axis-angles: every joint swings slowly about a pose of its own."""
    shape = (count, 1, 24, 3)
    phase = 2 * math.pi * torch.rand(shape)
    speed = 0.05 + 0.15 * torch.rand(shape)  # radians a frame: at most a swing in a second
    swing = SPREAD * torch.randn(shape)
    rest = SPREAD * torch.randn(shape)
    return rest + swing * torch.sin(phase + speed * torch.arange(frames)[:, None, None])


def jittered(motion: Tensor) -> Tensor:
    return motion + JITTER * torch.randn_like(motion)


def rotations(motion: Tensor) -> Tensor:
    return axis_angle_to_matrix(motion)


def joints(motion: Tensor) -> Tensor:
    """(B, T, 24, 3) metres from the root."""
    local = axis_angle_to_matrix(motion).flatten(0, -4)
    rest = torch.as_tensor(REST).float()
    places, _ = kinematics(local, rest, torch.zeros(len(local), 3))
    return places.unflatten(0, motion.shape[:-2])


def told_apart(
    discriminator: nn.Module, real: Tensor, fake: Tensor, steps: int, rate: float, batch: int = 32
) -> float:
    """Taught on all but the last 128 of either; the share of those on their own side of a half."""
    optimiser = torch.optim.Adam(discriminator.parameters(), rate)
    known = len(real) - 128
    for _ in range(steps):
        a, b = torch.randint(known, (2, batch))
        loss = lsgan_discriminator(discriminator(real[a]), discriminator(fake[b]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    discriminator.eval()
    with torch.no_grad():
        sides = discriminator(real[known:]) > 0.5, discriminator(fake[known:]) < 0.5
    return float(torch.cat(sides).float().mean())


def test_the_graph_discriminator_learns_to_tell_jitter():
    made = GraphDiscriminator(GraphConfig(channels=(8, 4)))
    real, fake = joints(smooth_motion(512)), joints(jittered(smooth_motion(512)))
    assert told_apart(made, real, fake, steps=60, rate=3e-3) > 0.9
    # And so it teaches: its loss has a slope for every frame.
    fake = fake[:2].clone().requires_grad_()
    lsgan_generator(made(fake)).backward()
    assert (fake.grad.abs().amax(dim=(0, 2, 3)) > 0).all()


def test_the_graph_discriminator_takes_any_window_that_is_long_enough():
    made = GraphDiscriminator(GraphConfig(channels=(8, 4)))
    assert made.fewest == 9
    for frames in (9, 31):
        assert made(torch.randn(2, frames, 24, 3)).shape == (2, 1)
    with pytest.raises(AssertionError):
        made(torch.randn(2, 8, 24, 3))


def test_the_graph_is_the_skeleton():
    adjacency = normalised_adjacency()
    assert torch.equal(adjacency, adjacency.T)
    linked = {(a, b) for a, b in (adjacency > 0).nonzero().tolist() if a < b}
    assert linked == {(int(parent), child) for child, parent in enumerate(PARENTS) if parent >= 0}
    # By hand: a hand has itself and the wrist, a wrist three.
    hand, wrist = JOINT["left_hand"], JOINT["left_wrist"]
    assert adjacency[hand, hand] == pytest.approx(1 / 2)
    assert adjacency[hand, wrist] == pytest.approx(1 / math.sqrt(2 * 3))


def test_a_graph_layer_hands_on_to_neighbours_alone():
    made = GraphDiscriminator(GraphConfig(channels=(8, 4), blocks=1))
    block = made.blocks[0]
    block.norm = nn.Identity()  # it looks at all joints
    x = torch.randn(1, 3, 5, 24)
    other = x.clone()
    other[..., JOINT["left_knee"]] += 1
    moved = (block(other) - block(x)).abs().amax(dim=(0, 1, 2)) > 0
    names = ("left_hip", "left_knee", "left_ankle")
    assert set(moved.nonzero().flatten().tolist()) == {JOINT[name] for name in names}


def test_the_motion_discriminator_learns_to_tell_jitter():
    made = MotionDiscriminator(MotionConfig(width=32))
    real, fake = rotations(smooth_motion(512)), rotations(jittered(smooth_motion(512)))
    assert told_apart(made, real, fake, steps=60, rate=1e-2) > 0.9


def test_the_motion_discriminator_takes_matrices_or_six_numbers_and_no_root():
    made = MotionDiscriminator(MotionConfig(width=8)).eval()
    poses = rotations(smooth_motion(3))
    assert made(poses).shape == (3, 1)
    assert torch.equal(made(poses), made(to_six(poses).flatten(2)))
    turned = poses.clone()
    turned[:, :, 0] = rotations(smooth_motion(3))[:, :, 0]
    assert torch.equal(made(poses), made(turned))


def critics_view(motion: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Single frames as the kinematic critic sees them, each of its own person."""
    single = motion[:, 0]
    return axis_angle_to_matrix(single), torch.zeros(len(single), 10), joints(single)


def odd_rotations(real: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Feet and hands kinked: ends of chains, which move no joint (figure 4)."""
    turned = real[0].clone()
    ends = [JOINT[f"{side}_{end}"] for side in ("left", "right") for end in ("foot", "hand")]
    turned[:, ends] = axis_angle_to_matrix(1.5 * torch.randn(len(turned), len(ends), 3))
    return turned, *real[1:]


def odd_shape(real: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return real[0], 2 * torch.randn_like(real[1]), real[2]


def odd_joints(real: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return *real[:2], real[2] + 0.1 * torch.randn_like(real[2])


def distance_seen(spoil, config: KinematicConfig, steps: int = 60) -> float:
    """Share of new pairs that a critic, taught by WGAN-GP, puts in their order."""
    made = KinematicCritic(config)
    optimiser = torch.optim.Adam(made.parameters(), 2e-3, betas=(0.5, 0.9))
    for _ in range(steps):
        real, other = critics_view(smooth_motion(32, 1)), critics_view(smooth_motion(32, 1))
        loss = wgan_critic(made, real, spoil(other))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        real, other = critics_view(smooth_motion(128, 1)), critics_view(smooth_motion(128, 1))
        return float((made(*real) > made(*spoil(other))).float().mean())


SMALL = {"joint_width": 8, "pose_width": 32, "chain_width": 32, "head_width": 16}


@pytest.mark.parametrize("spoil", [odd_rotations, odd_shape, odd_joints])
def test_each_stream_of_the_kinematic_critic_sees_its_own(spoil):
    assert distance_seen(spoil, KinematicConfig(**SMALL)) > 0.8


def test_without_the_rotation_stream_kinks_go_unseen():
    made = KinematicCritic(KinematicConfig(rotations=False, **SMALL))
    real = critics_view(smooth_motion(4, 1))
    assert torch.equal(made(*real), made(*odd_rotations(real)))
    assert not torch.equal(made(*real), made(*odd_joints(real)))


def test_the_chain_space_is_lengths_and_angles_however_the_body_is_turned():
    places = joints(smooth_motion(1))[0]
    psi = chain_space(places)
    elbow, wrist = JOINT["left_elbow"], JOINT["left_wrist"]
    upper = places[:, elbow] - places[:, JOINT["left_shoulder"]]
    lower = places[:, wrist] - places[:, elbow]
    # Bone k - 1 ends in joint k.
    assert torch.allclose(psi[:, elbow - 1, elbow - 1], upper.square().sum(-1), atol=1e-6)
    assert torch.allclose(psi[:, elbow - 1, wrist - 1], (upper * lower).sum(-1), atol=1e-6)
    turn = axis_angle_to_matrix(torch.tensor([0.4, -2.0, 1.0]))
    assert torch.allclose(chain_space(places @ turn.T + 3.0), psi, atol=1e-5)


def coarse_and_condition(motion: Tensor) -> Tensor:
    """(B, 24, 5): a frame's joints beside their own orthographic picture."""
    places = joints(motion[:, 0])
    return torch.cat([places, places[..., :2]], dim=-1)


def test_the_pose_discriminator_learns_to_tell_wrong_depths():
    real, fake = (coarse_and_condition(smooth_motion(4096, 1)) for _ in range(2))
    fake[..., 2] += 0.2 * torch.randn(fake.shape[:-1])
    made = PoseDiscriminator(24, PoseConfig(width=128))
    assert told_apart(made, real, fake, steps=200, rate=3e-3, batch=64) > 0.9


def test_the_pose_discriminator_minds_its_condition():
    real, fake = (coarse_and_condition(smooth_motion(4096, 1)) for _ in range(2))
    fake[..., 3:] = fake[..., 3:].roll(1, dims=0)  # somebody else's
    made = PoseDiscriminator(24, PoseConfig(width=128))
    assert told_apart(made, real, fake, steps=200, rate=3e-3, batch=64) > 0.9


def test_least_squares_by_hand():
    assert lsgan_generator(torch.zeros(4, 1)) == 0.5  # seen through: figure 4's ceiling
    assert lsgan_generator(torch.ones(4, 1)) == 0
    real, fake = torch.tensor([[1.0], [0.0]]), torch.tensor([[0.5], [0.5]])
    assert lsgan_discriminator(real, fake) == 0.5 * 0.5 + 0.5 * 0.25
    assert lsgan_discriminator(torch.ones(2, 1), torch.zeros(2, 1)) == 0  # tells all apart
    assert lsgan_discriminator(torch.zeros(2, 1), torch.ones(2, 1)) == 1  # the wrong way round
    assert wgan_generator(torch.tensor([[1.0], [3.0]])) == -2


def test_the_gradient_penalty_by_hand():
    def critic(a, b):  # its slope is (3, 4) everywhere: 5
        return 3 * a + 4 * b

    real, fake = (torch.ones(6, 1), torch.ones(6, 1)), (torch.zeros(6, 1), torch.zeros(6, 1))
    assert gradient_penalty(critic, real, fake) == pytest.approx(16)
    assert wgan_critic(critic, real, fake) == pytest.approx(-7 + 10 * 16)


def test_a_critic_may_leave_an_argument_aside():
    real, fake = (torch.ones(2, 1), torch.ones(2, 1)), (torch.zeros(2, 1), torch.zeros(2, 1))
    assert gradient_penalty(lambda a, b: 3 * a, real, fake).detach() == pytest.approx(4)


def test_the_gradient_penalty_is_taken_between_the_samples():
    def critic(x):  # its slope is 1 between 0 and 1, and 100 beyond
        return torch.where((x < 0) | (x > 1), 100 * x, x)

    real, fake = (torch.ones(50, 1),), (torch.zeros(50, 1),)
    assert gradient_penalty(critic, real, fake) == pytest.approx(0, abs=1e-9)
    assert gradient_penalty(critic, (3 * real[0],), fake) > 1000


def test_a_critics_loss_teaches_the_critic_alone_and_twice_through():
    weight = torch.tensor(2.0, requires_grad=True)
    fake = torch.zeros(3, 1, requires_grad=True)
    wgan_critic(lambda x: weight * x, (torch.ones(3, 1),), (fake,)).backward()
    assert fake.grad is None
    assert weight.grad == pytest.approx(-1 + 10 * 2 * (2 - 1))
