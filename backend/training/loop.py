"""The one training loop: resumable from any checkpoint, on whatever device there is."""

import csv
import dataclasses
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from ..errors import OneTakeError
from .config import LoopConfig
from .objective import Objective
from .windows import Windows

CHECKPOINT = "checkpoint.pt"
CURVES = "curves.csv"
BEST = "best.safetensors"


class Loop:
    """Trains an objective's network; everything it writes goes into `folder`."""

    def __init__(
        self,
        objective: Objective,
        config: LoopConfig,
        batches: Callable[[int], Iterator[Windows]],
        folder: Path,
        device: torch.device,
    ) -> None:
        """batches: from a step on, one Windows for every step (the same for the same step).

        The objective's network and critics are on `device` already.
        """
        self.config, self.folder, self.device = config, folder, device
        self.objective, self.network = objective, objective.network
        self.average = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        self.optimiser = torch.optim.AdamW(
            _groups(self.network, config.weight_decay), lr=config.rate, betas=(0.9, 0.98)
        )
        judges = list(objective.critics.parameters())
        # Adam's usual memory of a step's direction would carry a judge past a moving target.
        self.critic_optimiser = (
            torch.optim.Adam(judges, lr=config.critic_rate, betas=(0.5, 0.9)) if judges else None
        )
        self.batches = batches
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
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        self.network.train()
        parts, judged = self.objective.losses(windows, rng)
        self._descend(parts["loss"], self.optimiser, self.network.parameters())
        if self.critic_optimiser and self.step % config.critic_every == 0:
            critics = self.objective.critics
            critics.zero_grad(set_to_none=True)  # of what the network's step left in them
            verdict = self.objective.critic_losses(judged, rng)
            self._descend(verdict["critic"], self.critic_optimiser, critics.parameters())
            # Of each step in which they learn; a mean over all steps would be a share of it.
            parts |= {k: config.critic_every * v for k, v in verdict.items()}
        # The mean forgets its start faster than it forgets later on.
        keep = min(config.average, (1 + self.step) / (10 + self.step))
        for name, value in self.network.state_dict().items():
            if value.is_floating_point():
                self.average[name].lerp_(value, 1 - keep)
            else:
                self.average[name].copy_(value)  # a counter
        return {k: float(v.detach()) for k, v in parts.items()}

    def _descend(
        self, loss: Tensor, optimiser: torch.optim.Optimizer, weights: Iterable[nn.Parameter]
    ) -> None:
        if not torch.isfinite(loss):
            raise OneTakeError(
                "diverged",
                f"Training went astray at step {self.step}; the last checkpoint is kept: start "
                "again with a lower rate.",
            )
        loss.backward()
        nn.utils.clip_grad_norm_(weights, self.config.clip)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)

    def _rate(self) -> float:
        config = self.config
        warm = min(1.0, (self.step + 1) / config.warmup)
        left = (config.steps - self.step) / max(1.0, config.cooldown * config.steps)
        return config.rate * warm * max(0.0, min(1.0, left))

    def _validate(self) -> dict[str, float]:
        now = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        self.network.load_state_dict(self.average)
        self.network.eval()
        with torch.no_grad():
            figures = self.objective.validate()
        self.network.load_state_dict(now)
        if figures["val_score"] < self.best:
            self.best, self.stale = figures["val_score"], 0
            weights = {k: _half(v).contiguous().cpu() for k, v in self.average.items()}
            said = {"step": str(self.step)} | self.objective.metadata()
            self._replace(BEST, lambda path: save_file(weights, path, metadata=said))
        else:
            self.stale += 1
        return figures

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
        if self.critic_optimiser:
            state["critics"] = self.objective.critics.state_dict()
            state["critic_optimiser"] = self.critic_optimiser.state_dict()
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
        if self.critic_optimiser:
            self.objective.critics.load_state_dict(state["critics"])
            self.critic_optimiser.load_state_dict(state["critic_optimiser"])
        self.average: dict[str, Tensor] = state["average"]
        self.step, self.minutes = state["step"], state["minutes"]
        self.best, self.stale = state["best"], state["stale"]

    def _replace(self, name: str, write: Callable[[Path], None]) -> None:
        hidden = self.folder / f".{name}"
        write(hidden)
        os.replace(hidden, self.folder / name)


def _half(value: Tensor) -> Tensor:
    return value.half() if value.is_floating_point() else value


def _groups(network: nn.Module, decay: float) -> list[dict]:
    """Weight decay for matrices alone: biases and norms must stay free."""
    matrices = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
