"""What estimates are held to: key points, joints, SMPL's numbers, smoothness, limbs, features.

Every loss is a mean over samples and frames, so that weights depend neither on the size of a batch
nor on the length of a window; where a paper sums, its weights are to be divided by T.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from ...motion.skeleton import PARENTS

# How a frame's differences are counted. The norm of all of them (000, eq. 1-3), their mean square
# (002, section 2.4: "MSE"; 004) or their mean size (003, section 2.1: L1).
Kind = Literal["norm", "squares", "absolute"]

LIMBS = tuple((int(parent), child) for child, parent in enumerate(PARENTS) if parent >= 0)


def key_points(predicted: Tensor, true: Tensor, visibility: Tensor, kind: Kind = "norm") -> Tensor:
    """Of projected key points (B, T, K, 2), each weighted by its visibility (B, T, K), 0..1.

    000 eq. 3 ("norm"), 002 eq. 5 ("squares"), 003 section 2.1 ("absolute"). Units as given.
    """
    assert predicted.shape == true.shape and visibility.shape == true.shape[:-1]
    return _difference(predicted - true, kind, visibility[..., None])


def joints(predicted: Tensor, true: Tensor, kind: Kind = "norm") -> Tensor:
    """Of joints (B, T, J, 3), metres, both about the same root: 000 eq. 2, 002 eq. 5, 004."""
    assert predicted.shape == true.shape
    return _difference(predicted - true, kind)


def pose(predicted: Tensor, true: Tensor, kind: Kind = "norm") -> Tensor:
    """Of poses (B, T, 24, ...): the second half of 000 eq. 1, 002's L_smpl.

    As matrices or 6D. The papers write axis-angles, whose difference means nothing near pi; VIBE
    too compares matrices.
    """
    assert predicted.shape == true.shape
    return _difference(predicted - true, kind)


def shape(predicted: Tensor, true: Tensor, kind: Kind = "norm") -> Tensor:
    """Of betas (B, 10), or (B, T, 10): the first half of 000 eq. 1. 002 weighs it by itself."""
    assert predicted.shape == true.shape
    off = predicted - true
    return _difference(off if off.dim() == 3 else off[:, None], kind)


def _difference(off: Tensor, kind: Kind, weight: Tensor | None = None) -> Tensor:
    """The loss of differences (B, T, ...), each weighted by (B, T, ..., 1)."""
    weight = (torch.ones_like(off) if weight is None else weight.expand_as(off)).flatten(2)
    off = off.flatten(2)
    if kind == "norm":
        # The norm's gradient is taken as 0 at 0.
        return torch.linalg.vector_norm(weight.sqrt() * off, dim=-1).mean()
    size = off.square() if kind == "squares" else off.abs()
    # Of what is seen: a hidden point makes the others no lighter.
    return (weight * size).sum() / weight.sum().clamp(min=1e-6)


@dataclass(frozen=True)
class TemporalWeights:
    """Of 004's three terms beside the plain mean square, of standardised poses at 50 Hz."""

    first: float = 2.0  # alpha
    second: float = 10.0  # beta
    limbs: float = 1.5  # gamma


def smoothness(predicted: Tensor) -> tuple[Tensor, Tensor]:
    """Mean squares of the first and second differences over time of (B, T, ...), T > 2 (004).

    Of the estimate alone, as the paper has it: it is pulled towards rest, not to the true motion.
    """
    assert predicted.shape[1] > 2, f"{predicted.shape[1]} frames have no second difference"
    first = predicted.diff(dim=1)
    return first.square().mean(), first.diff(dim=1).square().mean()


def limb_length_variance(predicted: Tensor, limbs: tuple[tuple[int, int], ...] = LIMBS) -> Tensor:
    """How much limbs change their length in a window: the variance over time, mean of all (004).

    predicted: joints (B, T, J, 3) in one unit along all axes (standardised ones have none: undo
    that first); limbs: pairs of joints.
    """
    upper, lower = (list(ends) for ends in zip(*limbs, strict=True))
    lengths = torch.linalg.vector_norm(predicted[:, :, lower] - predicted[:, :, upper], dim=-1)
    return lengths.var(dim=1, correction=0).mean()


@dataclass(frozen=True)
class WeightedRegressionConfig:
    """Of 001's loss."""

    epsilon: float = 0.001  # the paper's
    # Of L0 over its mean, in the exponent: e^6 makes the worst sample's pull (the loss's slope)
    # about four times an ordinary one's; without a bound one sample of ten times the mean has 240.
    most: float = 6.0
    momentum: float = 0.01  # of the running mean: about the last hundred batches


class WeightedRegression(nn.Module):
    """001, eq. 1 and 2: a loss under which poses that are hard to learn count more.

    L0 is a sample's mean distance over its joints, metres ("the basic L2 loss"): eq. 2 adds alpha,
    a number without a unit, to it, and 1 - alpha, the mean of L0 on the training set, must be
    below 1. That mean runs along with training.
    """

    def __init__(self, config: WeightedRegressionConfig | None = None) -> None:
        super().__init__()
        self.config = config or WeightedRegressionConfig()
        self.register_buffer("mean", torch.tensor(0.0))  # of L0, metres; 0 before the first batch

    def forward(self, predicted: Tensor, true: Tensor) -> Tensor:
        """Of poses (B, ..., J, 3), metres, one sample each of B (and of every frame)."""
        assert predicted.shape == true.shape
        basic = torch.linalg.vector_norm(predicted - true, dim=-1).mean(dim=-1)  # L0
        if self.training:
            self._follow(basic.detach().mean())
        mean = self.mean.clamp(1e-6, 1.0)
        alpha = 1 - mean
        harder = (basic / mean).clamp(max=self.config.most).exp()
        extra = (basic + alpha).square() * basic * harder  # eq. 2
        return (basic + self.config.epsilon * extra).mean()  # eq. 1

    def _follow(self, mean: Tensor) -> None:
        # The first batch's mean is the best there is.
        step = torch.where(self.mean > 0, self.config.momentum, 1.0)
        self.mean.lerp_(mean.to(self.mean), step)


def stay_near(features: Tensor, frozen: Tensor) -> Tensor:
    """002 eq. 7, L_reg: how far features (B, T, J, F) have gone from those they came from.

    Of each joint in each window its own Frobenius norm, over the root of its numbers, so that the
    weight depends neither on T nor on F. No gradient goes to `frozen`: both could meet at nothing.
    """
    assert features.shape == frozen.shape and features.dim() == 4
    off = (features - frozen.detach()).transpose(1, 2).flatten(2)  # (B, J, T F)
    return torch.linalg.vector_norm(off, dim=-1).mean() / off.shape[-1] ** 0.5
