"""How the papers' networks are trained: a module each, what they share beside them."""

from importlib import import_module
from typing import Any

import torch

from ..config import LoopConfig
from ..objective import Objective
from .batches import PaperBatches
from .material import Material

# Their modules here and in `backend.estimators.papers` have these names.
NAMES = ("sru_attention", "multimodal_depth", "joint_gru", "hybrid", "temporal_lifter")


def config_of(name: str) -> type[LoopConfig]:
    """The configuration of a paper's runs."""
    return _module(name).Config


def prepared(
    config: Any, material: Material, device: torch.device
) -> tuple[Objective, PaperBatches]:
    """The objective that a configuration describes, fresh from its seed, and what it is fed."""
    torch.manual_seed(config.seed)
    objective = _module(config.estimator).Objective(config, material, device)
    return objective, PaperBatches(config, material.pairs)


def _module(name: str) -> Any:
    return import_module(f".{name}", __name__)


__all__ = ["NAMES", "Material", "config_of", "prepared"]
