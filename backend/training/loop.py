"""The one training loop: resumable from any checkpoint, on whatever device there is."""

import csv
import dataclasses
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from ..body.torch_body import TorchBody
from ..device import halves
from ..errors import OneTakeError
from ..estimators.onetake.network import Draft
from .config import TrainingConfig
from .losses import draft_loss, losses, total
from .validation import validate
from .windows import Windows, prepared

CHECKPOINT = "checkpoint.pt"
CURVES = "curves.csv"
BEST = "best.safetensors"


class Loop:
    """Trains `network`; everything it writes goes into `folder`."""

    def __init__(
        self,
        network: nn.Module,
        config: TrainingConfig,
        body: TorchBody,
        batches: Callable[[int], Iterator[Windows]],
        validation: Windows,
        folder: Path,
        device: torch.device,
    ) -> None:
        """batches: from a step on, one Windows for every step (the same for the same step)."""
        self.config, self.folder, self.device = config, folder, device
        self.halved = halves(device.type)
        self.network, self.body = network.to(device), body.to(device)
        self.average = {k: v.detach().clone() for k, v in network.state_dict().items()}
        self.optimiser = torch.optim.AdamW(
            _groups(network, config.weight_decay), lr=config.rate, betas=(0.9, 0.98)
        )
        self.batches, self.validation = batches, validation
        self.step, self.minutes, self.best, self.stale = 0, 0.0, float("inf"), 0
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / CHECKPOINT).is_file():
            self._resume()

    def run(
        self, report: Callable[[dict], None], should_stop: Callable[[], bool] = lambda: False
    ) -> None:
        """Train to the last step; `report` gets each row of the curves."""
        config, began, sums, since = self.config, time.monotonic(), {}, 0
        before = self.minutes
        batches = self.batches(self.step)
        while self.step < config.steps and self.stale < config.patience:
            parts = self._train(next(batches))
            self.step += 1
            since += 1
            self.minutes = before + (time.monotonic() - began) / 60
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + value
            if self.step % config.validate_every == 0 or self.step == config.steps:
                self._save()  # judging takes a while, and whoever stops the run may not wait
                row = {"step": self.step, "minutes": round(self.minutes, 2), "rate": self._rate()}
                row |= {name: value / since for name, value in sums.items()}
                sums, since = {}, 0
                row |= self._validate()
                self._append(row)
                report(row)
                self._save()
            if should_stop():
                self._save()
                return

    def _train(self, windows: Windows) -> dict[str, float]:
        config = self.config
        rng = np.random.default_rng([config.seed, self.step, 1])
        torch.manual_seed(config.seed * 1_000_003 + self.step)
        count = len(windows)
        lens = np.exp(rng.normal(size=count) * config.lens)
        lens[rng.random(count) >= config.lens_share] = 1.0
        roll = np.radians(rng.normal(size=count) * config.roll)
        given, truth = prepared(windows, self.device, roll=roll, lens=lens)
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        self.network.train()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.halved):
            drafts: list[Draft] = []
            answer = self.network(given, drafts)
        parts = losses(answer, truth, self.body, given)
        parts["drafts"] = draft_loss(drafts, self.network, truth, given)
        loss = total(parts, config.losses)
        if not torch.isfinite(loss):
            raise OneTakeError(
                "diverged",
                f"Training went astray at step {self.step}; the last checkpoint is kept: start "
                "again with a lower rate.",
            )
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), config.clip)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        # The mean forgets its start faster than it forgets later on.
        keep = min(config.average, (1 + self.step) / (10 + self.step))
        for name, value in self.network.state_dict().items():
            self.average[name].lerp_(value, 1 - keep)
        return {"loss": float(loss.detach())} | {k: float(v.detach()) for k, v in parts.items()}

    def _rate(self) -> float:
        config = self.config
        warm = min(1.0, (self.step + 1) / config.warmup)
        left = (config.steps - self.step) / max(1.0, config.cooldown * config.steps)
        return config.rate * warm * max(0.0, min(1.0, left))

    def _validate(self) -> dict[str, float]:
        now = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        self.network.load_state_dict(self.average)
        figures = validate(self.network, self.validation, self.body, self.device)
        self.network.load_state_dict(now)
        score = figures["val_mpjpe"] + figures["val_pa_mpjpe"]
        if score < self.best:
            self.best, self.stale = score, 0
            weights = {k: v.half().contiguous().cpu() for k, v in self.average.items()}
            self._replace(BEST, lambda path: save_file(weights, path, metadata=self._metadata()))
        else:
            self.stale += 1
        return figures

    def _metadata(self) -> dict[str, str]:
        network = dataclasses.asdict(self.config.network)
        return {"step": str(self.step)} | {k: repr(v) for k, v in network.items()}

    def _append(self, row: dict) -> None:
        path = self.folder / CURVES
        new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, fieldnames=list(row))
            if new:
                writer.writeheader()
            writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()})

    def _save(self) -> None:
        state = {
            "network": self.network.state_dict(), "average": self.average,
            "optimiser": self.optimiser.state_dict(), "step": self.step,
            "minutes": self.minutes, "best": self.best, "stale": self.stale,
            "config": dataclasses.asdict(self.config),
        }  # fmt: skip
        self._replace(CHECKPOINT, lambda path: torch.save(state, path))

    def _resume(self) -> None:
        state = torch.load(self.folder / CHECKPOINT, map_location=self.device, weights_only=True)
        if state["config"] != dataclasses.asdict(self.config):
            raise OneTakeError(
                "other_config",
                f"{self.folder} holds a run of another configuration; choose another --output.",
            )
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average: dict[str, Tensor] = state["average"]
        self.step, self.minutes = state["step"], state["minutes"]
        self.best, self.stale = state["best"], state["stale"]

    def _replace(self, name: str, write: Callable[[Path], None]) -> None:
        hidden = self.folder / f".{name}"
        write(hidden)
        os.replace(hidden, self.folder / name)


def _groups(network: nn.Module, decay: float) -> list[dict]:
    """Weight decay for matrices alone: biases and norms must stay free."""
    matrices = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
