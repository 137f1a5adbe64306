"""Weights on disk: safetensors with the network's configuration beside its numbers."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from safetensors import SafetensorError, safe_open
from torch import nn

from ..errors import OneTakeError

FOLDER = Path(__file__).parents[1] / "weights"
_Network = TypeVar("_Network", bound=nn.Module)


def load_network(path: Path, name: str, build: Callable[..., _Network]) -> _Network:
    """The network in a file, ready to run; OneTakeError bad_weights.

    name: of the estimator, for the user; build: the network from its configuration, whose settings
    it gets by their names.
    """
    try:
        with safe_open(path, "pt") as file:
            said = {k: ast.literal_eval(v) for k, v in (file.metadata() or {}).items()}
            state = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        said.pop("step", None)
        network = build(**said)
        network.load_state_dict(
            {k: v.float() if v.is_floating_point() else v for k, v in state.items()}
        )
    except (OSError, ValueError, TypeError, RuntimeError, SyntaxError, SafetensorError) as error:
        raise OneTakeError(
            "bad_weights", f"{path} holds no weights of the {name} network: {error}"
        ) from error
    return network.eval()
