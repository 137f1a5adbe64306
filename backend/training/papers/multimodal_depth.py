"""Training `multimodal_depth` (001): depth told in two ways, a critic, a regressor."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...estimators.papers.multimodal_depth import Config as NetworkConfig
from ...estimators.papers.multimodal_depth import Network
from ..critics.adversarial import lsgan_discriminator, lsgan_generator
from ..critics.pose import PoseConfig, PoseDiscriminator
from ..windows import PicturedWindows
from .bone_directions import bone_directions, direction_loss
from .config import PaperConfig
from .judging import judge_points
from .losses import WeightedRegression
from .material import Material, observed
from .rows import Row
from .true_points import true_points


@dataclass(frozen=True)
class Losses:
    """Weights. No part of the network learns from two of them but the coarse branch."""

    points: float = 1.0  # a metre; eq. 1
    depth: float = 1.0  # the square of half a person
    directions: float = 0.2  # cross entropy: about as large as the others
    adversarial: float = 0.02  # of the coarse branch: a nudge, as in Yang et al. 2018


@dataclass(frozen=True)
class Config(PaperConfig):
    """A run. The paper gives neither rate nor batch: Martinez et al.'s."""

    estimator: str = "multimodal_depth"
    frames: int = 1
    windows: int = 64
    rate: float = 1e-3
    critic_rate: float = 1e-3
    # Share of the steps after which the coarse branch is refined against its critic.
    pretraining: float = 0.5
    critic_width: int = 1024
    network: NetworkConfig = field(default_factory=NetworkConfig)
    losses: Losses = field(default_factory=Losses)


class Objective:
    """See training.objective.Objective."""

    def __init__(self, config: Config, material: Material, device: torch.device) -> None:
        self.config, self.material, self.device = config, material, device
        self.body = material.body.to(device)
        network = Network(config.network, material.whole).to(device)
        truth = material.typical_truth(device)
        true = true_points(self.body, truth.rotations, truth.betas)
        points = torch.cat([true.joints, true.landmarks], dim=2)
        network.fit(material.typical(device), points)
        self.network = network
        self.regression = WeightedRegression().to(device)
        self.critics = nn.ModuleDict()
        if config.losses.adversarial:
            critic = PoseDiscriminator(33, PoseConfig(width=config.critic_width))
            self.critics["pose"] = critic.to(device)
        self.validation = material.judged(config.frames, config.validation)

    def losses(
        self, windows: PicturedWindows, rng: np.random.Generator
    ) -> tuple[dict[str, Tensor], Any]:
        """See training.objective.Objective; the critic gets coarse poses, made up and real."""
        # Who was not seen has no picture to tell depth from.
        given, truth = observed(windows.take(windows.seen.any(axis=1)), self.device)
        true = true_points(self.body, truth.rotations, truth.betas)
        answer = self.network(given)
        self.network.taught += 1
        weights, config = self.config.losses, self.config
        want = torch.cat([true.joints, true.landmarks], dim=2)
        got = torch.cat([answer.joints, answer.landmarks], dim=2)
        parts = {"points": self.regression(got, want)}  # eq. 1 and 2
        loss = weights.points * parts["points"]
        judged = None
        if answer.depth is not None:
            # Depth in the picture's scale at the pelvis, so that the coarse pose has one unit.
            scale = (truth.trans[..., 2] * given.size[:, None])[..., None]
            deep = true.landmarks[..., 2] / scale
            parts["depth"] = (answer.depth - deep).square().mean()
            loss = loss + weights.depth * parts["depth"]
            if "pose" in self.critics:
                made_up, real = (_judged(given.points, z) for z in (answer.depth, deep))
                parts["adversarial"] = lsgan_generator(self.critics["pose"](made_up))
                judged = made_up.detach(), real
                if self.network.taught > config.pretraining * config.steps:
                    loss = loss + weights.adversarial * parts["adversarial"]
        if answer.directions is not None:
            kinds = bone_directions(true.joints)
            parts["directions"] = direction_loss(answer.directions, kinds)
            right = answer.directions.argmax(dim=-1) == kinds
            parts["right_directions"] = right.float().mean()
            loss = loss + weights.directions * parts["directions"]
        return {"loss": loss} | parts, judged

    def critic_losses(
        self, judged: tuple[Tensor, Tensor], rng: np.random.Generator
    ) -> dict[str, Tensor]:
        """See training.objective.Objective."""
        made_up, real = judged
        critic = self.critics["pose"]
        return {"critic": lsgan_discriminator(critic(real), critic(made_up))}

    def validate(self) -> dict[str, float]:
        """See training.objective.Objective."""
        figures = judge_points(self.network, self.validation, self.material, self.device)
        return figures | {"val_score": figures["val_mpjpe"] + figures["val_pa_mpjpe"]}

    def metadata(self) -> dict[str, str]:
        """See training.objective.Objective."""
        said = dataclasses.asdict(self.config.network) | {"whole": self.material.whole}
        return {k: repr(v) for k, v in said.items()}


def _judged(points: Tensor, depth: Tensor) -> Tensor:
    """(B T, 33, 5): the coarse pose, a depth at each 2D joint, beside the 2D joints themselves."""
    flat = points.clamp(-4, 4)
    return torch.cat([flat, depth[..., None], flat], dim=-1).flatten(0, 1)


_BASE = {"network": {"coarse": False, "directions": False}, "losses": {"adversarial": 0.0}}
_COARSE = {"network": {"directions": False}, "losses": {"adversarial": 0.0}}
_FBI = {"network": {"coarse": False}, "losses": {"adversarial": 0.0}}

ROWS = (
    Row("Base: 2D joints alone", _BASE, "62 mm", seeds=3),
    Row("+ coarse 3D pose", _COARSE),
    Row("+ FBI", _FBI),
    Row("Final: both, and the critic", {}, "58.68 mm", seeds=3),
)

# Two slow cores: 2 million parameters and two minutes of one core.
BUDGET: Mapping[str, Any] = {
    "steps": 500,
    "windows": 256,
    "warmup": 50,
    "rate": 2e-3,
    "average": 0.98,
    "validate_every": 100,
    "patience": 100,
    "validation": 1000,
    "critic_width": 256,
    "network": {"width": 384, "branch_width": 320, "dropout": 0.2},
}
