"""`train CONFIG`: rendered pairs in, weights out."""

import argparse
import hashlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from ..body import load_body
from ..body.torch_body import TorchBody
from ..device import choose_device
from ..errors import OneTakeError
from ..estimators.ik.points import PointModel
from ..estimators.onetake.network import MotionTransformer
from ..estimators.onetake.skeleton import Skeleton
from . import papers
from .batches import Batches
from .config import LoopConfig, TrainingConfig, read_config
from .curves import draw_curves
from .loop import BEST, Loop
from .motion import MotionLibrary
from .noise import NoiseModel
from .objective import Objective
from .onetake import OneTakeObjective
from .synthetic import Synthetic
from .windows import Windows, in_pieces, load_windows


@dataclass(frozen=True)
class Run:
    """What a configuration asks for, ready to be trained."""

    config: LoopConfig
    objective: Objective
    batches: Callable[[int], Iterator[Windows]]
    frames: int  # rendered, that it may learn from


def train(arguments: argparse.Namespace) -> int:
    """Run `train`; an interrupt keeps a checkpoint to go on from."""
    torch.set_num_threads(arguments.threads or os.cpu_count() or 1)
    device = torch.device(choose_device(arguments.device))
    values = read_config(arguments.config)
    estimator = values.get("estimator", TrainingConfig.estimator)
    if estimator == TrainingConfig.estimator:
        run = _onetake(values, arguments, device)
    elif estimator in papers.NAMES:
        config = papers.config_of(estimator).of(values, arguments.config)
        material = papers.Material.open(arguments.pairs, arguments.motion)
        objective, batches = papers.prepared(config, material, device)
        run = Run(config, objective, batches, int(np.prod(material.pairs.seen.shape)))
    else:
        known = ", ".join([TrainingConfig.estimator, *papers.NAMES])
        raise OneTakeError("bad_config", f"There is no estimator {estimator}; there are {known}.")
    if arguments.start:
        start_from(run.objective.network, arguments.start / BEST)
    output = arguments.output
    loop = Loop(run.objective, run.config, run.batches, output, device)
    run.config.save(output / "config.json")
    (output / "data.txt").write_text(
        f"{run.frames} rendered frames, sha256 {data_hash(arguments.pairs)}\n", encoding="utf-8"
    )
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
    signal.signal(signal.SIGINT, lambda number, frame: stopped.append(number))
    loop.run(print_row, lambda: bool(stopped))
    draw_curves(output)
    return 128 + stopped[0] if stopped else 0


def _onetake(values: dict[str, Any], arguments: argparse.Namespace, device: torch.device) -> Run:
    config = TrainingConfig.of(values, arguments.config)
    plain = load_body()
    body = TorchBody(plain)
    pairs = load_windows(arguments.pairs / "train")
    validation = in_pieces(load_windows(arguments.pairs / "val"), config.frames)
    noise = NoiseModel.fit(pairs, body)
    synthetic = Synthetic(MotionLibrary.open(arguments.motion, "train"), body, noise)
    torch.manual_seed(config.seed)
    network = MotionTransformer(config.network, Skeleton(**vars(PointModel.from_body(plain))))
    objective = OneTakeObjective(network, config, TorchBody(plain), validation, device)
    batches = Batches(config, body, pairs, synthetic)
    return Run(config, objective, batches, int(np.prod(pairs.seen.shape)))


def start_from(network: nn.Module, weights: Path) -> None:
    """Take over what another run learnt; a part that it did not have keeps its first weights."""
    try:
        odd = network.load_state_dict(load_file(weights), strict=False).unexpected_keys
    except (OSError, SafetensorError, RuntimeError) as error:
        raise OneTakeError("bad_start", f"{weights} cannot be started from: {error}") from error
    if odd:
        raise OneTakeError("bad_start", f"{weights} holds {odd[0]}, which this network has not.")


def data_hash(pairs: Path) -> str:
    """SHA-256 over every shard's name and bytes."""
    digest = hashlib.sha256()
    for path in sorted(pairs.rglob("*.npz")):
        digest.update(path.relative_to(pairs).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def print_row(row: dict) -> None:
    """A row of the curves: what every run has of it."""
    shown = ("step", "minutes", "loss", "critic", "val_mpjpe", "val_pa_mpjpe",
             "val_relative_accel", "val_angle_error", "val_slope", "val_r", "val_up")  # fmt: skip
    line = "  ".join(
        f"{name.removeprefix('val_')} {row[name]:.4g}" for name in shown if name in row
    )
    print(line, file=sys.stdout, flush=True)
