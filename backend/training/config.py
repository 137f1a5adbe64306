"""What a training run is: one JSON file, every number visible."""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ..errors import OneTakeError
from ..estimators.onetake.config import NetworkConfig
from .critics.graph import GraphConfig
from .faults import FaultRates
from .losses import LossWeights

_Config = TypeVar("_Config", bound="LoopConfig")


@dataclass(frozen=True)
class LoopConfig:
    """What every run of the loop is told, whatever it trains."""

    name: str
    estimator: str = "onetake"  # whose network it is
    seed: int = 1
    steps: int = 6000
    frames: int = 40  # of a window
    rate: float = 6e-4  # AdamW's learning rate
    warmup: int = 200  # steps
    cooldown: float = 0.4  # share of the steps in which the rate falls to nothing
    weight_decay: float = 0.05
    clip: float = 1.0  # of the gradient's norm
    average: float = 0.999  # of the weights' running mean, which is what is judged and shipped
    critic_rate: float = 1e-4  # Adam's, of the critics where there are any
    critic_every: int = 1  # steps from one of the critics' to the next
    validate_every: int = 300  # steps
    patience: int = 10  # validations without a better one after which it stops

    @classmethod
    def load(cls: type[_Config], path: Path) -> _Config:
        """Read a JSON file; OneTakeError bad_config names what it does not know."""
        return cls.of(read_config(path), path)

    @classmethod
    def of(cls: type[_Config], values: dict[str, Any], path: Path) -> _Config:
        """From what `read_config` read of a file. Raises as `load`."""
        try:
            return _build(cls, values)
        except (ValueError, TypeError) as error:
            raise OneTakeError(
                "bad_config", f"{path} is no training configuration: {error}."
            ) from error

    def save(self, path: Path) -> None:
        """Write every number, defaults too."""
        path.write_text(json.dumps(dataclasses.asdict(self), indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class TrainingConfig(LoopConfig):
    """A run of the `onetake` network."""

    network: NetworkConfig = field(default_factory=NetworkConfig)
    losses: LossWeights = field(default_factory=LossWeights)
    faults: FaultRates = field(default_factory=FaultRates)
    critic: GraphConfig = field(default_factory=GraphConfig)  # where its loss weighs anything
    rendered: int = 16  # windows of a step that are rendered pairs ...
    synthetic: int = 16  # ... and that are motion with borrowed errors
    # Of BlazePose's errors, a share between this and all is kept: it does better on photographs
    # than on our pictures, and who expects worse trusts it too little.
    least_error_2d: float = 0.4
    least_error_3d: float = 0.7
    pool: int = 6000  # synthetic windows that are kept at a time
    roll: float = 6.0  # degrees, standard deviation of the turn in the picture
    lens: float = 0.2  # standard deviation of the log of the focal length's error ...
    lens_share: float = 0.5  # ... in this share of the windows


def read_config(path: Path) -> dict[str, Any]:
    """The settings in a JSON file; OneTakeError bad_config where there are none."""
    try:
        values = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OneTakeError(
            "bad_config", f"{path} is no training configuration: {error}."
        ) from error
    if not isinstance(values, dict):
        raise OneTakeError("bad_config", f"{path} is no training configuration: no settings.")
    return values


def _build(cls: type, values: dict[str, Any]) -> Any:
    known = {f.name: f for f in dataclasses.fields(cls)}
    if unknown := set(values) - set(known):
        raise ValueError(f"unknown setting {sorted(unknown)[0]!r}")
    return cls(
        **{
            name: _build(known[name].type, value) if isinstance(value, dict) else _plain(value)
            for name, value in values.items()
        }
    )


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value  # JSON knows no tuples
