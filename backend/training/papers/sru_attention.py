"""What trains `sru_attention`: eq. 1-3, and a discriminator that knows the skeleton (paper 000)."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from ...estimators.onetake.network import in_view
from ...estimators.papers.sru_attention import NAME, Network
from ...estimators.papers.sru_attention import Config as NetworkConfig
from ..critics.adversarial import lsgan_discriminator, lsgan_generator
from ..critics.graph import GraphConfig, GraphDiscriminator
from ..critics.motion import MotionConfig, MotionDiscriminator
from ..critics.shown import joints_from_first
from ..losses import centred_joints
from ..windows import PicturedWindows
from . import losses
from .config import PaperConfig
from .judging import judge_rotations
from .material import Material, RealMotion, observed
from .rows import Row


@dataclass(frozen=True)
class Losses:
    """The paper gives no weights ("the weighted sum of those 4 parts").

    These make about equal what pose, joints and key points pull at a network that has begun to
    learn, as VIBE's weights do.
    """

    pose: float = 1.0  # eq. 1, of matrices, all 24 of a frame in one norm
    shape: float = 0.05  # eq. 1, of betas: ten numbers that pictures tell little of
    joints: float = 3.0  # eq. 2, metres, all 24 in one norm
    key_points: float = 1.0  # eq. 3, of the canonical picture: 1 is about half a person
    adversarial: float = 0.3


@dataclass(frozen=True)
class Config(PaperConfig):
    """A run. What the paper leaves open is VIBE's."""

    estimator: str = NAME
    frames: int = 16
    windows: int = 32
    steps: int = 15_000  # 30 epochs of 500
    rate: float = 5e-5
    weight_decay: float = 0.0
    critic_rate: float = 1e-4
    real: int = 2000  # windows of captured motion that the discriminator is shown
    discriminator: Literal["graph", "motion"] = "graph"  # "motion": VIBE's, of the first two rows
    network: NetworkConfig = field(default_factory=NetworkConfig)
    losses: Losses = field(default_factory=Losses)
    graph: GraphConfig = field(default_factory=GraphConfig)
    motion: MotionConfig = field(default_factory=MotionConfig)

    def __post_init__(self) -> None:
        if self.discriminator not in ("graph", "motion"):
            raise ValueError(f"no discriminator is called {self.discriminator!r}")


class Objective:
    """See `training.objective.Objective`."""

    def __init__(self, config: Config, material: Material, device: torch.device) -> None:
        self.config, self.material, self.device = config, material, device
        self.body = material.body.to(device)
        self.network = Network(config.network, material.whole).to(device)
        self.network.fit(material.typical(device))
        graph = config.discriminator == "graph"
        critic = GraphDiscriminator(config.graph) if graph else MotionDiscriminator(config.motion)
        self.critics = nn.ModuleDict({config.discriminator: critic}).to(device)
        self.real = RealMotion(material, config.seed, config.real, config.frames)
        self.validation = material.judged(config.frames, config.validation)

    def losses(
        self, windows: PicturedWindows, rng: np.random.Generator
    ) -> tuple[dict[str, Tensor], Tensor]:
        """See Objective; judged is what the discriminator saw of the estimate."""
        given, truth = observed(windows, self.device)
        answer = self.network(given)
        got = centred_joints(self.body, answer.rotations, answer.betas)
        want = centred_joints(self.body, truth.rotations, truth.betas)
        here = in_view(got, answer.trans, given.size)
        there = in_view(want, truth.trans, given.size)
        shown = self._shown(answer.rotations, answer.betas)
        parts = {
            "pose": losses.pose(answer.rotations, truth.rotations),  # eq. 1
            "shape": losses.shape(answer.betas, truth.betas),  # eq. 1
            "joints": losses.joints(got, want),  # eq. 2
            # Eq. 3. Rendered key points are all known, so all count.
            "key_points": losses.key_points(here, there, torch.ones_like(there[..., 0])),
            "adversarial": lsgan_generator(self._score(shown)),
        }
        loss = sum(getattr(self.config.losses, name) * value for name, value in parts.items())
        return {"loss": loss} | parts, shown.detach()

    def critic_losses(self, judged: Tensor, rng: np.random.Generator) -> dict[str, Tensor]:
        """See Objective."""
        with torch.no_grad():
            real = self._shown(*self.real.draw(rng, len(judged), self.device))
        return {"critic": lsgan_discriminator(self._score(real), self._score(judged))}

    def validate(self) -> dict[str, float]:
        """See Objective."""
        figures = judge_rotations(self.network, self.validation, self.material, self.device)
        return figures | {"val_score": figures["val_mpjpe"] + figures["val_pa_mpjpe"]}

    def metadata(self) -> dict[str, str]:
        """See Objective."""
        said = dataclasses.asdict(self.config.network) | {"whole": self.material.whole}
        return {k: repr(v) for k, v in said.items()}

    def _shown(self, rotations: Tensor, betas: Tensor) -> Tensor:
        """Of a motion, what the discriminator looks at: joints (section 3.2), VIBE's rotations."""
        if self.config.discriminator == "motion":
            return rotations
        return joints_from_first(self.body, rotations, betas)

    def _score(self, shown: Tensor) -> Tensor:
        return self.critics[self.config.discriminator](shown)


_FULL: Mapping[str, Any] = {}
# Paper's figures: MPJPE / PA-MPJPE, mm / acceleration error, mm/frame^2, on 3DPW (table 2).
ROWS = (
    Row(
        "GRU + VIBE's motion discriminator",
        {"network": {"encoder": "gru"}, "discriminator": "motion"},
        paper="93.5 / 56.5 / 27.1",
        seeds=3,
    ),
    Row("SRU + attention", {"discriminator": "motion"}, paper="94.1 / 55.8 / 27.8"),
    Row("+ GCN discriminator", _FULL, paper="92.8 / 55.3 / 27.7", seeds=3),
    Row("+ smoothing, eq. 8-12 as printed", _FULL, smoothed="smoothed as printed"),
    Row("+ smoothing", _FULL, paper="92.6 / 55.2 / 22.0", seeds=3, smoothed="smoothed"),
)

# Of the table: two slow cores, about two million parameters, two minutes of one core a run.
BUDGET: Mapping[str, Any] = {
    "network": {"hidden": 256, "width": 256, "dropout": 0.1},
    "motion": {"width": 128},
    "graph": {"channels": (32, 16)},
    "steps": 400,
    "windows": 16,
    "real": 500,
    "rate": 1e-3,
    "warmup": 40,
    "average": 0.98,
    "critic_rate": 3e-4,
    "validate_every": 40,
    "validation": 1000,
    "patience": 1000,
}
