"""Sequences of one split, from which augmented windows are drawn."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from .augment import OFF, Augmentation, augment
from .open_data import open_motion
from .sequence import Motion, Window


class MotionLibrary:
    """Draws windows; two libraries of the same sequences and equal generators draw the same."""

    def __init__(self, motions: Sequence[Motion], augmentation: Augmentation) -> None:
        self.motions = [motion for motion in motions if motion.weight > 0 and len(motion.runs)]
        if not self.motions:
            raise OneTakeError("no_motion", "There is no motion to draw from.")
        self.augmentation = augmentation
        self._cumulative = np.cumsum([motion.weight for motion in self.motions])

    @classmethod
    def open(
        cls, folder: str | Path, split: str, augmentation: Augmentation | None = None
    ) -> "MotionLibrary":
        """The "train", "val" or "test" split of a folder.

        augmentation: by default everything for "train" and nothing for "val" and "test".
        Raises OneTakeError when there is nothing to read.
        """
        if augmentation is None:
            augmentation = Augmentation() if split == "train" else OFF
        return cls(open_motion(folder, split), augmentation)

    def sample(self, rng: np.random.Generator, frames: int, fps: float) -> Window:
        """A window of `frames` frames at `fps`, augmented."""
        assert frames > 0 and fps > 0
        speed = np.exp(rng.uniform(*np.log(self.augmentation.speed)))
        window = self._pick(rng).draw(rng, frames, fps, speed)

        def another() -> Window:
            return self._pick(rng).draw(rng, frames, fps, speed)

        return augment(rng, window, fps, self.augmentation, another)

    def _pick(self, rng: np.random.Generator) -> Motion:
        at = rng.random() * self._cumulative[-1]
        return self.motions[int(np.searchsorted(self._cumulative, at, side="right"))]
