"""What a training run is: one JSON file, every number visible."""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import OneTakeError
from ..estimators.onetake.config import NetworkConfig
from .faults import FaultRates
from .losses import LossWeights


@dataclass(frozen=True)
class TrainingConfig:
    """One run of the loop."""

    name: str
    network: NetworkConfig = field(default_factory=NetworkConfig)
    losses: LossWeights = field(default_factory=LossWeights)
    faults: FaultRates = field(default_factory=FaultRates)
    seed: int = 1
    steps: int = 6000
    frames: int = 40  # of a window
    rendered: int = 16  # windows of a step that are rendered pairs ...
    synthetic: int = 16  # ... and that are motion with borrowed errors
    # Of BlazePose's errors, a share between this and all is kept: it does better on photographs
    # than on our pictures, and who expects worse trusts it too little.
    least_error_2d: float = 0.4
    least_error_3d: float = 0.7
    pool: int = 6000  # synthetic windows that are kept at a time
    rate: float = 6e-4  # AdamW's learning rate
    warmup: int = 200  # steps
    cooldown: float = 0.4  # share of the steps in which the rate falls to nothing
    weight_decay: float = 0.05
    clip: float = 1.0  # of the gradient's norm
    average: float = 0.999  # of the weights' running mean, which is what is judged and shipped
    roll: float = 6.0  # degrees, standard deviation of the turn in the picture
    lens: float = 0.2  # standard deviation of the log of the focal length's error ...
    lens_share: float = 0.5  # ... in this share of the windows
    validate_every: int = 300  # steps
    patience: int = 10  # validations without a better one after which it stops

    @classmethod
    def load(cls, path: Path) -> "TrainingConfig":
        """Read a JSON file; OneTakeError bad_config names what it does not know."""
        try:
            return _build(cls, json.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise OneTakeError(
                "bad_config", f"{path} is no training configuration: {error}."
            ) from error

    def save(self, path: Path) -> None:
        """Write every number, defaults too."""
        path.write_text(json.dumps(dataclasses.asdict(self), indent=2) + "\n", encoding="utf-8")


def _build(cls: type, values: dict[str, Any]) -> Any:
    known = {f.name: f for f in dataclasses.fields(cls)}
    if unknown := set(values) - set(known):
        raise ValueError(f"unknown setting {sorted(unknown)[0]!r}")
    return cls(
        **{
            name: _build(known[name].type, value) if isinstance(value, dict) else value
            for name, value in values.items()
        }
    )
