"""Adversarial losses: least squares (Mao et al. 2017), Wasserstein (Gulrajani et al. 2017).

Scores are (B, 1). A least-squares discriminator wants 1 of what is real and 0 of what is not; a
critic wants large and small.
"""

from collections.abc import Callable

import torch
from torch import Tensor

PENALTY = 10.0  # of the critic's gradient (Gulrajani et al. 2017)


def lsgan_generator(fake: Tensor) -> Tensor:
    """What a generator pays for its scores: 0 when believed, 0.5 when seen through (000, figure 4).

    002 calls its loss Wasserstein's; its eq. 6 is this one.
    """
    return 0.5 * (fake - 1).square().mean()


def lsgan_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """What a discriminator pays for its scores: 0 when it tells all apart, 0.25 when it guesses.

    As VIBE; 002's eq. 8 has real and fake swapped, with which its eq. 6 would fight on its side.
    """
    return 0.5 * (real - 1).square().mean() + 0.5 * fake.square().mean()


def wgan_generator(fake: Tensor) -> Tensor:
    """What a generator pays for its scores."""
    return -fake.mean()


def wgan_critic(
    critic: Callable[..., Tensor],
    real: tuple[Tensor, ...],
    fake: tuple[Tensor, ...],
    generator: torch.Generator | None = None,
    penalty: float = PENALTY,
) -> Tensor:
    """What a critic pays: minus the distance it sees, and for slopes that are not 1.

    real, fake: its arguments, each (B, ...), as many samples of both; generator: draws the places
    between them.
    """
    fake = tuple(part.detach() for part in fake)
    gap = critic(*fake).mean() - critic(*real).mean()
    return gap + penalty * gradient_penalty(critic, real, fake, generator)


def gradient_penalty(
    critic: Callable[..., Tensor],
    real: tuple[Tensor, ...],
    fake: tuple[Tensor, ...],
    generator: torch.Generator | None = None,
) -> Tensor:
    """The mean square of the slope less 1, at a random place between each real and fake sample.

    The slope is that of all arguments together; all of a sample's are taken at the same share of
    the way.
    """
    batch = len(real[0])
    assert all(len(part) == batch for part in (*real, *fake)), (
        "real and fake samples differ in number"
    )
    share = torch.rand(batch, generator=generator, device=generator.device if generator else None)
    between = []
    for a, b in zip(real, fake, strict=True):
        way = share.to(a).view(-1, *[1] * (a.dim() - 1))
        between.append(torch.lerp(b.detach(), a.detach(), way).requires_grad_())
    # A critic may leave an argument aside: along it there is no slope.
    slopes = torch.autograd.grad(
        critic(*between).sum(), between, create_graph=True, materialize_grads=True
    )
    square = sum(slope.flatten(1).square().sum(dim=1) for slope in slopes)
    # The root has no gradient at zero, where a critic starts that has not learnt anything.
    return ((square + 1e-12).sqrt() - 1).square().mean()
