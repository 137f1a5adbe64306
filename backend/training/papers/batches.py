"""What each step of a paper's run is fed: random windows of rendered people."""

from collections.abc import Iterator

import numpy as np

from ..windows import PicturedWindows
from .config import PaperConfig


class PaperBatches:
    """Call it with the first step: one PicturedWindows a step from there on, made from its number.

    No mirror images and no synthetic pairs, as `onetake` has them: both are without image features.
    """

    def __init__(self, config: PaperConfig, pairs: PicturedWindows) -> None:
        self.config, self.pairs = config, pairs

    def __call__(self, step: int) -> Iterator[PicturedWindows]:
        while True:
            yield self.at(step)
            step += 1

    def at(self, step: int) -> PicturedWindows:
        """The windows of one step."""
        config, pairs = self.config, self.pairs
        rng = np.random.default_rng([config.seed, step, 0])
        last = pairs.seen.shape[1] - config.frames + 1
        return pairs.cut(
            rng.integers(len(pairs), size=config.windows),
            rng.integers(last, size=config.windows),
            config.frames,
        )
