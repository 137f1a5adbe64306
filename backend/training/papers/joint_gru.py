"""What trains `joint_gru`: real motion, and staying near the features (paper 002)."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...estimators.onetake.network import in_view
from ...estimators.papers.joint_gru import NAME, Network
from ...estimators.papers.joint_gru import Config as NetworkConfig
from ..critics.adversarial import lsgan_discriminator, lsgan_generator
from ..critics.motion import MotionConfig, MotionDiscriminator
from ..losses import centred_joints
from ..windows import PicturedWindows
from . import losses
from .config import PaperConfig
from .judging import judge_rotations
from .material import Material, RealMotion, observed
from .rows import Row


@dataclass(frozen=True)
class Losses:
    """Section 3.1's, of mean squares; that of the adversarial loss is not said: VIBE's."""

    joints: float = 300.0  # lambda_3D, metres
    key_points: float = 300.0  # lambda_2D, of the canonical picture: 1 is about half a person
    pose: float = 60.0  # lambda_SMPL^pose, of matrices
    shape: float = 0.06  # lambda_SMPL^beta
    adversarial: float = 0.5  # lambda_adv; 0: nobody judges
    features: float = 60.0  # lambda_reg


@dataclass(frozen=True)
class Config(PaperConfig):
    """A run: section 3.1. Steps and windows, which it does not say, are VIBE's."""

    estimator: str = NAME
    frames: int = 16
    windows: int = 32
    steps: int = 15_000  # 30 epochs of 500
    rate: float = 1e-4
    weight_decay: float = 1e-4
    critic_rate: float = 1e-4
    critic_every: int = 5
    real: int = 2000  # windows of captured motion that the discriminator is shown
    # Share of the steps in which single frames alone are learnt, in the place of PARE's training.
    # Of the first row it is the whole.
    alone: float = 0.5
    network: NetworkConfig = field(default_factory=NetworkConfig)
    losses: Losses = field(default_factory=Losses)
    motion: MotionConfig = field(default_factory=MotionConfig)


class Objective:
    """See `training.objective.Objective`."""

    def __init__(self, config: Config, material: Material, device: torch.device) -> None:
        self.config, self.material, self.device = config, material, device
        self.body = material.body.to(device)
        self.network = Network(config.network, material.whole).to(device)
        self.network.fit(material.typical(device))
        self.critics = nn.ModuleDict()
        if config.losses.adversarial:
            self.critics["motion"] = MotionDiscriminator(config.motion).to(device)
            self.real = RealMotion(material, config.seed, config.real, config.frames)
        self.validation = material.judged(config.frames, config.validation)

    def losses(
        self, windows: PicturedWindows, rng: np.random.Generator
    ) -> tuple[dict[str, Tensor], Tensor]:
        """See Objective; judged is the estimated rotations (eq. 5)."""
        given, truth = observed(windows, self.device)
        network, config = self.network, self.config
        network.taught += 1
        network.alone.fill_(bool(network.taught <= config.alone * config.steps))
        temporal = config.network.temporal and not network.alone
        answer = network(given)
        got = centred_joints(self.body, answer.rotations, answer.betas)
        want = centred_joints(self.body, truth.rotations, truth.betas)
        here = in_view(got, answer.trans, given.size)  # eq. 4
        there = in_view(want, truth.trans, given.size)
        parts = {
            "joints": losses.joints(got, want, "squares"),
            # Rendered key points are all known, so all count.
            "key_points": losses.key_points(
                here, there, torch.ones_like(there[..., 0]), "squares"
            ),
            "pose": losses.pose(answer.rotations, truth.rotations, "squares"),
            "shape": losses.shape(answer.betas, truth.betas, "squares"),
        }  # fmt: skip
        if self.critics:
            parts["adversarial"] = lsgan_generator(self.critics["motion"](answer.rotations))
        if config.network.temporal:
            parts["features"] = losses.stay_near(answer.features, answer.frozen)  # eq. 7
        # Of single frames nobody asks for motion.
        asked = [name for name in parts if temporal or name not in ("adversarial", "features")]
        loss = sum(getattr(config.losses, name) * parts[name] for name in asked)
        return {"loss": loss} | parts, answer.rotations.detach()

    def critic_losses(self, judged: Tensor, rng: np.random.Generator) -> dict[str, Tensor]:
        """See Objective. Eq. 8 as it must be meant: real is 1, estimated 0."""
        critic = self.critics["motion"]
        real, _ = self.real.draw(rng, len(judged), self.device)
        return {"critic": lsgan_discriminator(critic(real), critic(judged))}

    def validate(self) -> dict[str, float]:
        """See Objective."""
        figures = judge_rotations(self.network, self.validation, self.material, self.device)
        return figures | {"val_score": figures["val_mpjpe"] + figures["val_pa_mpjpe"]}

    def metadata(self) -> dict[str, str]:
        """See Objective."""
        said = dataclasses.asdict(self.config.network) | {"whole": self.material.whole}
        return {k: repr(v) for k, v in said.items()}


# Paper's figures, MPI-INF-3DHP (table 2): PA-MPJPE / MPJPE, mm / acceleration / its error.
ROWS = (
    Row(
        "single frame",
        {"network": {"temporal": False}, "losses": {"adversarial": 0.0, "features": 0.0}},
        paper="69.9 / 106.3 / 30.0 / 29.9",
        seeds=3,
    ),
    Row(
        "+ separate encoders",
        {"losses": {"features": 0.0}},
        paper="86.1 / 122.1 / 22.8 / 23.4",
    ),
    Row("+ L_reg", paper="68.4 / 104.2 / 21.1 / 21.5", seeds=3),
)

# Of the table: two slow cores, about two million parameters, two minutes of one core a run.
BUDGET: Mapping[str, Any] = {
    "motion": {"width": 128},
    # With the paper's weights key points far off drown the poses for the first hundreds of steps,
    # and L_reg the rest; the ways from row to row are the same.
    "losses": {"key_points": 10.0, "pose": 200.0, "features": 6.0},
    "steps": 400,
    "windows": 16,
    "real": 500,
    "rate": 3e-3,
    "warmup": 40,
    "average": 0.98,
    "critic_rate": 3e-4,
    "validate_every": 80,
    "validation": 1000,
    "patience": 1000,
}
