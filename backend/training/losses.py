"""What the networks are trained on: each loss by itself, and their sum.

Lengths in metres, windows of T frames in the axes of the camera at the person (see
`estimators.onetake.canonical`); means over every number, so that weights do not depend on sizes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from ..body.torch_body import TorchBody
from ..estimators.onetake.network import Answer, Draft, MotionTransformer, Seen, in_view

_SMALLEST = 1e-3  # metres, of an error worth telling


@dataclass(frozen=True)
class LossWeights:
    """Of each loss in the sum. The unit of each number is given so that they can be compared."""

    joints: float = 5.0  # a metre
    landmarks: float = 5.0
    rotations: float = 0.5  # a radian, parent-relative
    turns: float = 0.5  # a radian, in the camera
    reprojection: float = 0.5  # half a body
    velocity: float = 0.1  # m/s
    acceleration: float = 0.002  # m/s^2
    up: float = 1.0  # a radian
    place: float = 0.3  # of the distance
    root_velocity: float = 0.1  # m/s
    contacts: float = 0.05
    betas: float = 0.05  # a standard deviation
    error: float = 0.02
    doubt: float = 0.02
    drafts: float = 1.5  # a metre of the landmarks of earlier rounds, as `landmarks`
    adversarial: float = 0.0  # of being told from captured motion, 0.5 at most; 0: by nobody


@dataclass(frozen=True)
class Truth:
    """B windows of T frames, in the axes of Answer."""

    rotations: Tensor  # (B, T, 24, 3, 3)
    trans: Tensor  # (B, T, 3)
    velocity: Tensor  # (B, T, 3) m/s of the pelvis in the camera that films, turned
    betas: Tensor  # (B, 10)
    up: Tensor  # (B, T, 3)
    contacts: Tensor  # (B, T, 4) 0 or 1
    depth_scale: Tensor  # (B,) what a wrong focal length makes of distances


def posed(
    body: TorchBody, rotations: Tensor, betas: Tensor, trans: Tensor, *, landmarks: bool = True
) -> dict[str, Tensor]:
    """Joints (B, T, 24, 3), landmarks (B, T, 33, 3) and global rotations (B, T, 24, 3, 3)."""
    batch, frames = rotations.shape[:2]
    result = body(
        rotations.flatten(0, 1),
        betas[:, None].expand(-1, frames, -1).flatten(0, 1),
        trans.flatten(0, 1),
        landmarks=landmarks,
    )
    return {key: value.unflatten(0, (batch, frames)) for key, value in result.items()}


def centred_joints(body: TorchBody, rotations: Tensor, betas: Tensor) -> Tensor:
    """Joints (B, T, 24, 3) about the pelvis, metres."""
    origin = rotations.new_zeros(*rotations.shape[:2], 3)
    return posed(body, rotations, betas, origin, landmarks=False)["joints"]


def losses(answer: Answer, truth: Truth, body: TorchBody, given: Seen) -> dict[str, Tensor]:
    """Every loss of one batch, by the names of LossWeights."""
    times, size = given.times, given.size
    origin = torch.zeros_like(truth.trans)
    got = posed(body, answer.rotations, answer.betas, origin)
    with torch.no_grad():
        want = posed(body, truth.rotations, truth.betas, origin)
    joints = (got["joints"] - want["joints"]).norm(dim=-1)
    frames = times.shape[1]
    step = times.diff(dim=1)[..., None, None].clamp(min=1e-3)

    def moves(points: Tensor) -> tuple[Tensor, Tensor]:
        velocity = points.diff(dim=1) / step
        return velocity, velocity.diff(dim=1) / (0.5 * (step[:, 1:] + step[:, :-1]))

    velocity, acceleration = moves(got["joints"])
    true_velocity, true_acceleration = moves(want["joints"])
    scaled = truth.trans * _along_depth(truth.depth_scale)
    seen = in_view(got["landmarks"], answer.trans, size)
    there = in_view(want["landmarks"], scaled, size)
    depth = truth.trans[..., 2] * truth.depth_scale[:, None]
    across = size[:, None, None] * depth[..., None]
    root_velocity = truth.velocity * _along_depth(truth.depth_scale)
    return {
        "joints": joints.mean(),
        "landmarks": (got["landmarks"] - want["landmarks"]).norm(dim=-1).mean(),
        "rotations": _angle(answer.rotations, truth.rotations)[..., 1:].mean(),
        "turns": _angle(got["rotations"], want["rotations"]).mean(),
        "reprojection": (seen - there).clamp(-2, 2).norm(dim=-1).mean(),
        "velocity": _mean((velocity - true_velocity).norm(dim=-1)),
        "acceleration": _mean((acceleration - true_acceleration).norm(dim=-1)),
        "up": (answer.up - truth.up).norm(dim=-1).mean(),
        "place": (answer.trans[..., 2].log() - depth.log()).abs().mean()
        + ((answer.trans - scaled)[..., :2] / across).abs().mean(),
        "root_velocity": _mean((answer.velocity - root_velocity).norm(dim=-1)) * (frames > 1),
        "contacts": functional.binary_cross_entropy_with_logits(answer.contacts, truth.contacts),
        "betas": (answer.betas - truth.betas).abs().mean(),
        # A Laplace distribution about the answer: its best scale is the error to be expected. The
        # pelvis, where all is centred, has none: without a floor its scale would vanish.
        "error": (
            joints.detach().clamp(min=_SMALLEST) * torch.exp(-answer.error) + answer.error
        ).mean(),
        "doubt": _doubt(answer, given, there),
    }


def draft_loss(
    drafts: list[Draft], network: MotionTransformer, truth: Truth, given: Seen
) -> Tensor:
    """How far the landmarks of every round's pose are off: in space, metres, and in the picture.

    The network's own rigid skeleton on both sides: a fifth of the time of the body's landmarks.
    """
    with torch.no_grad():
        scaled = truth.trans * _along_depth(truth.depth_scale)
        want = network.landmarks(Draft(truth.rotations, scaled, truth.betas))
        there = in_view(want, scaled, given.size)
    total = want.new_zeros(())
    for draft in drafts:
        got = network.landmarks(draft)
        off = (in_view(got, draft.trans, given.size) - there).clamp(-2, 2).norm(dim=-1)
        total = total + (got - want).norm(dim=-1).mean() + 0.1 * off.mean()
    return total / max(len(drafts), 1)


def total(parts: dict[str, Tensor], weights: LossWeights) -> Tensor:
    """The weighted sum."""
    return sum(getattr(weights, name) * value for name, value in parts.items())


def _doubt(answer: Answer, given: Seen, there: Tensor) -> Tensor:
    """How well the network knows how far each reported landmark is off, as for `error`."""
    off = (given.points - there).norm(dim=-1).clamp(min=_SMALLEST)
    surprise = off * torch.exp(-answer.doubt) + answer.doubt
    return _mean(surprise[given.seen])


def _mean(values: Tensor) -> Tensor:
    """The mean, nothing where there is nothing: one frame has no velocity."""
    return values.sum() / max(values.numel(), 1)


def _angle(a: Tensor, b: Tensor) -> Tensor:
    """About the angle in radians between rotations (..., 3, 3): smooth everywhere but at none."""
    chord = (a - b).square().sum(dim=(-1, -2))  # 8 sin^2(angle / 2)
    return (chord / 2 + 1e-6).sqrt()


def _along_depth(scale: Tensor) -> Tensor:
    """(B,) -> (B, 1, 3) that scales z alone."""
    ones = torch.ones_like(scale)
    return torch.stack([ones, ones, scale], dim=-1)[:, None]
