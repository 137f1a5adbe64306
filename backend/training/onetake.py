"""The `onetake` network's objective: every loss of `losses`, on rendered and synthetic windows."""

import dataclasses

import numpy as np
import torch
from torch import Tensor, nn

from ..body.torch_body import TorchBody
from ..device import halves
from ..estimators.onetake.network import Draft, MotionTransformer
from .config import TrainingConfig
from .critics.adversarial import lsgan_discriminator, lsgan_generator
from .critics.graph import GraphDiscriminator
from .critics.shown import joints_from_first
from .losses import draft_loss, losses, total
from .validation import validate
from .windows import Windows, prepared


class OneTakeObjective:
    """See Objective."""

    def __init__(
        self,
        network: MotionTransformer,
        config: TrainingConfig,
        body: TorchBody,
        validation: Windows,
        device: torch.device,
    ) -> None:
        self.config, self.device, self.validation = config, device, validation
        self.network, self.body = network.to(device), body.to(device)
        judges = {"graph": GraphDiscriminator(config.critic)} if config.losses.adversarial else {}
        self.critics = nn.ModuleDict(judges).to(device)
        self._halved = halves(device.type)

    def losses(
        self, windows: Windows, rng: np.random.Generator
    ) -> tuple[dict[str, Tensor], tuple[Tensor, Tensor] | None]:
        """See Objective; judged are joints, the network's and those of captured motion."""
        config, count = self.config, len(windows)
        lens = np.exp(rng.normal(size=count) * config.lens)
        lens[rng.random(count) >= config.lens_share] = 1.0
        roll = np.radians(rng.normal(size=count) * config.roll)
        given, truth = prepared(windows, self.device, roll=roll, lens=lens)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._halved):
            drafts: list[Draft] = []
            answer = self.network(given, drafts)
        parts = losses(answer, truth, self.body, given)
        parts["drafts"] = draft_loss(drafts, self.network, truth, given)
        judged = None
        if self.critics:
            shown = joints_from_first(self.body, answer.rotations, answer.betas)
            parts["adversarial"] = lsgan_generator(self.critics["graph"](shown))
            with torch.no_grad():
                real = joints_from_first(self.body, truth.rotations, truth.betas)
            judged = shown.detach(), real
        return {"loss": total(parts, config.losses)} | parts, judged

    def critic_losses(
        self, judged: tuple[Tensor, Tensor], rng: np.random.Generator
    ) -> dict[str, Tensor]:
        """See Objective."""
        fake, real = judged
        critic = self.critics["graph"]
        return {"critic": lsgan_discriminator(critic(real), critic(fake))}

    def validate(self) -> dict[str, float]:
        """See Objective."""
        figures = validate(self.network, self.validation, self.body, self.device)
        return figures | {"val_score": figures["val_mpjpe"] + figures["val_pa_mpjpe"]}

    def metadata(self) -> dict[str, str]:
        """See Objective."""
        return {k: repr(v) for k, v in dataclasses.asdict(self.config.network).items()}
