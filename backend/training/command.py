"""`train CONFIG`: rendered pairs in, weights out."""

import argparse
import hashlib
import os
import signal
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from ..body import load_body
from ..body.torch_body import TorchBody
from ..device import choose_device
from ..errors import OneTakeError
from ..estimators.ik.points import PointModel
from ..estimators.onetake.network import MotionTransformer
from ..estimators.onetake.skeleton import Skeleton
from .batches import Batches
from .config import TrainingConfig
from .curves import draw_curves
from .loop import BEST, Loop
from .motion import MotionLibrary
from .noise import NoiseModel
from .synthetic import Synthetic
from .windows import in_pieces, load_windows


def train(arguments: argparse.Namespace) -> int:
    """Run `train`; an interrupt keeps a checkpoint to go on from."""
    config = TrainingConfig.load(arguments.config)
    torch.set_num_threads(arguments.threads or os.cpu_count() or 1)
    plain = load_body()
    body = TorchBody(plain)
    pairs = load_windows(arguments.pairs / "train")
    validation = in_pieces(load_windows(arguments.pairs / "val"), config.frames)
    noise = NoiseModel.fit(pairs, body)
    synthetic = Synthetic(MotionLibrary.open(arguments.motion, "train"), body, noise)
    torch.manual_seed(config.seed)
    skeleton = Skeleton(**vars(PointModel.from_body(plain)))
    network = MotionTransformer(config.network, skeleton)
    if arguments.start:
        start_from(network, arguments.start / BEST)
    output = arguments.output
    loop = Loop(
        network, config, TorchBody(plain), Batches(config, body, pairs, synthetic),
        validation, output, torch.device(choose_device(arguments.device)),
    )  # fmt: skip
    config.save(output / "config.json")
    frames = int(np.prod(pairs.seen.shape))
    (output / "data.txt").write_text(
        f"{frames} rendered frames, sha256 {data_hash(arguments.pairs)}\n", encoding="utf-8"
    )
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
    signal.signal(signal.SIGINT, lambda number, frame: stopped.append(number))
    loop.run(_print_row, lambda: bool(stopped))
    draw_curves(output)
    return 128 + stopped[0] if stopped else 0


def start_from(network: MotionTransformer, weights: Path) -> None:
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


def _print_row(row: dict) -> None:
    shown = ("step", "minutes", "loss", "joints", "val_mpjpe", "val_pa_mpjpe",
             "val_relative_accel", "val_angle_error", "val_slope", "val_r", "val_up")  # fmt: skip
    line = "  ".join(f"{name.removeprefix('val_')} {row[name]:.4g}" for name in shown)
    print(line, file=sys.stdout, flush=True)
