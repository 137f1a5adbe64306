"""A paper's ablation: the systems that its table compares, each a configuration."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .config import PaperConfig


@dataclass(frozen=True)
class Row:
    """One system. `changes` are settings of the paper's Config, nested ones in mappings."""

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    paper: str = ""  # what the paper's own table says of it
    seeds: int = 1  # runs, from seed 1 on
    # Measured after rotation disentangled smoothing (000): "smoothed", by ours, which cannot flip;
    # "smoothed as printed", by the paper's equations.
    smoothed: str = ""


def configured(default: PaperConfig, *changes: Mapping[str, Any]) -> PaperConfig:
    """A configuration with settings changed, one mapping after another."""
    for each in changes:
        default = _changed(default, each)
    return default


def _changed(config: Any, changes: Mapping[str, Any]) -> Any:
    known = {f.name for f in dataclasses.fields(config)}
    assert set(changes) <= known, f"{set(changes) - known} are no settings of {type(config)}"
    return dataclasses.replace(
        config,
        **{
            name: _changed(getattr(config, name), value) if isinstance(value, Mapping) else value
            for name, value in changes.items()
        },
    )
