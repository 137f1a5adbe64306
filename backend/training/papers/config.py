"""What the papers' runs have in common."""

from dataclasses import dataclass

from ..config import LoopConfig


@dataclass(frozen=True)
class PaperConfig(LoopConfig):
    """A run of a paper's network. Each paper's module adds `network` and `losses`."""

    windows: int = 64  # of a step
    validation: int = 2000  # frames that are judged on
