"""What a run of the loop trains, and towards what."""

from typing import Any, Protocol

import numpy as np
from torch import Tensor, nn

from .windows import Windows


class Objective(Protocol):
    """A network, its losses and its judges. The loop steps, keeps and resumes."""

    network: nn.Module  # what ships
    critics: nn.ModuleDict  # trained beside it, never shipped; empty where nobody judges

    def losses(self, windows: Windows, rng: np.random.Generator) -> tuple[dict[str, Tensor], Any]:
        """Every loss of one step, with their weighted sum as "loss"; and what the critics get."""
        ...

    def critic_losses(self, judged: Any, rng: np.random.Generator) -> dict[str, Tensor]:
        """The critics' losses, their sum as "critic". judged: from `losses`, of the same step."""
        ...

    def validate(self) -> dict[str, float]:
        """Figures on the validation split, each with the prefix val_; smaller "val_score" wins."""
        ...

    def metadata(self) -> dict[str, str]:
        """What is written into the weights so that they can be loaded again."""
        ...
