"""Training one run and measuring it: what a line of the results holds."""

import csv
import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from ...estimators.weights import load_network
from ...motion.body import Body
from ...training.loop import BEST, CURVES, Loop
from ...training.papers import Material, prepared
from ...training.papers.material import observed
from .clips import TestClip
from .measure import measured
from .runs import Run

_SHOWN = 64  # validation windows whose attention is averaged


def finished(
    run: Run,
    material: Material,
    clips: list[TestClip],
    body: Body,
    folder: Path,
    report: Callable[[dict], None],
) -> dict[str, Any]:
    """The record of a run, trained in `folder`, where its best weights stay; it goes on from a
    checkpoint there.
    """
    device = torch.device("cpu")
    objective, batches = prepared(run.config, material, device)
    loop = Loop(objective, run.config, batches, folder, device)
    loop.run(report)
    network = _best(run, objective.network, folder)
    with (folder / CURVES).open(encoding="utf-8") as stream:
        curve = list(csv.DictReader(stream))
    record = {
        "key": run.key,
        "paper": run.paper,
        "row": run.row.name,
        "seed": run.config.seed,
        "config": dataclasses.asdict(run.config),
        "parameters": sum(p.numel() for p in network.parameters()),
        "minutes": round(loop.minutes, 2),
        "frames": int(np.prod(material.pairs.seen.shape)),
        "validation": {k: float(v) for k, v in curve[-1].items() if k.startswith("val_")},
        "test": measured(run.paper, network, clips, body),
    }
    if "adversarial" in curve[0]:
        names = ("step", "adversarial", "critic")
        record["curve"] = [[float(row[name]) for name in names] for row in curve]
    attention = _attention(network, material, device)
    if attention is not None:
        record["attention"] = attention.round(4).tolist()
    return record


def _best(run: Run, network: nn.Module, folder: Path) -> nn.Module:
    """The weights that a user would get: the run's best, in half precision, as they ship."""
    return load_network(folder / BEST, run.paper, lambda **said: network)


def _attention(network: nn.Module, material: Material, device: torch.device) -> np.ndarray | None:
    """(T, T) mean weights over validation windows, of a network that attends (000, figure 3)."""
    given, _ = observed(material.judged(network.window, _SHOWN * network.window), device)
    with torch.no_grad():
        weights = getattr(network(given), "attention", None)
    return None if weights is None else weights.mean(dim=0).cpu().numpy()


def forget(folder: Path) -> None:
    """Drop what a finished run's folder holds beside its weights and curves."""
    for path in folder.iterdir():
        if path.name not in (BEST, CURVES):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
