"""What each step of the loop is fed: rendered pairs and endless synthetic ones, with faults."""

from collections.abc import Iterator

import numpy as np
from torch.utils.data import DataLoader, IterableDataset

from .config import TrainingConfig
from .faults import faulty
from .synthetic import Synthetic
from .windows import Windows, joined, mirrored


class Batches(IterableDataset):
    """Call it with the first step: one Windows a step from there on, each made from its number."""

    def __init__(
        self, config: TrainingConfig, pairs: Windows | None, synthetic: Synthetic | None
    ) -> None:
        self.config, self.pairs, self.synthetic = config, pairs, synthetic
        self._first = 0

    def __call__(self, step: int) -> Iterator[Windows]:
        self._first = step
        # One process beside the one that trains; a Windows is a batch already.
        return iter(DataLoader(self, batch_size=None, num_workers=1, prefetch_factor=4))

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
            chosen = self.pairs.take(rng.integers(len(self.pairs), size=config.rendered))
            start = int(rng.integers(0, chosen.seen.shape[1] - config.frames + 1))
            chosen = chosen.frames(slice(start, start + config.frames))
            half = rng.random(len(chosen)) < 0.5
            parts += [part for part in (chosen.take(~half), mirrored(chosen.take(half)))]
        if self.synthetic is not None and config.synthetic:
            parts.append(self.synthetic.draw(rng, config.synthetic, config.frames))
        return faulty(joined(parts), rng, config.faults)
