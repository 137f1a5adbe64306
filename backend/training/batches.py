"""What each step of the loop is fed: rendered pairs and endless synthetic ones, with faults."""

import signal
from collections.abc import Iterator
from dataclasses import fields

import numpy as np
from torch.utils.data import DataLoader, IterableDataset

from ..body.torch_body import TorchBody
from .config import TrainingConfig
from .faults import faulty, softened
from .synthetic import Synthetic
from .windows import Windows, joined, mirrored

CLIP = 20  # frames of a synthetic window: those of a rendered clip, whose errors it borrows
_GROUP = 16  # windows that are drawn together


class Pool:
    """Synthetic windows, of which one group a step is drawn anew.

    A step wants many different people and few frames of each; a pool makes that cheap. What it
    holds at a step follows from the seed and the step's number, so a run can go on from any step.
    """

    def __init__(self, synthetic: Synthetic, seed: int, size: int) -> None:
        self.synthetic, self.seed = synthetic, seed
        self.groups = -(-size // _GROUP)
        self.windows: Windows | None = None
        self._step: int | None = None

    def at(self, step: int) -> Windows:
        """The pool as it is at a step; cheap when the steps are asked for in order."""
        if self._step is None or step != self._step + 1:
            self.windows = joined([self._draw(g, step) for g in range(self.groups)])
        else:
            group = -step % self.groups  # the one whose version changes now
            fresh, span = self._draw(group, step), slice(group * _GROUP, (group + 1) * _GROUP)
            for field in fields(Windows):
                getattr(self.windows, field.name)[span] = getattr(fresh, field.name)
        self._step = step
        return self.windows

    def _draw(self, group: int, step: int) -> Windows:
        version = (step + group) // self.groups
        return self.synthetic.draw(
            np.random.default_rng([self.seed, group, version, 1]), _GROUP, CLIP
        )


class Batches(IterableDataset):
    """Call it with the first step: one Windows a step from there on, each made from its number."""

    def __init__(
        self,
        config: TrainingConfig,
        body: TorchBody,
        pairs: Windows | None,
        synthetic: Synthetic | None,
    ) -> None:
        self.config, self.body, self.pairs = config, body, pairs
        self.pool = Pool(synthetic, config.seed, config.pool) if synthetic else None
        self._first = 0

    def __call__(self, step: int) -> Iterator[Windows]:
        self._first = step
        # One process beside the one that trains; a Windows is a batch already.
        return iter(
            DataLoader(
                self, batch_size=None, num_workers=1, prefetch_factor=4, worker_init_fn=_outlive
            )
        )

    def __iter__(self) -> Iterator[Windows]:
        step = self._first
        while True:
            yield self.at(step)
            step += 1

    def at(self, step: int) -> Windows:
        """The windows of one step."""
        config = self.config
        rng = np.random.default_rng([config.seed, step, 0])
        parts = []
        if self.pairs is not None and config.rendered:
            parts.append(self._some(rng, self.pairs, config.rendered))
        if self.pool is not None and config.synthetic:
            parts.append(self._some(rng, self.pool.at(step), config.synthetic))
        least = config.least_error_2d, config.least_error_3d
        windows = softened(joined(parts), self.body, rng, *least)
        return faulty(windows, rng, config.faults)

    def _some(self, rng: np.random.Generator, source: Windows, count: int) -> Windows:
        """Random windows of `frames`, half of them in the mirror."""
        chosen = source.cut(
            rng.integers(len(source), size=count),
            rng.integers(source.seen.shape[1] - self.config.frames + 1, size=count),
            self.config.frames,
        )
        half = rng.random(count) < 0.5
        return joined([chosen.take(~half), mirrored(chosen.take(half))])


def _outlive(worker: int) -> None:
    """A signal to the whole group is for the trainer, which saves first; it ends its worker."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
