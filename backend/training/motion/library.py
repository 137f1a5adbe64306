"""Sequences of one split, from which augmented windows are drawn."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from .augment import augment
from .config import OFF, Augmentation
from .files import read_tree
from .open_data import is_open_motion, open_motion
from .plausible import possible_turns
from .sequence import Motion, Window


class MotionLibrary:
    """Draws windows; two libraries of the same sequences and equal generators draw the same."""

    def __init__(self, motions: Sequence[Motion], augmentation: Augmentation) -> None:
        sound = (replace(m, ok=m.ok & possible_turns(m.poses)) for m in motions if m.weight > 0)
        self.motions = [motion for motion in sound if motion.ok.any()]
        if not self.motions:
            raise OneTakeError("no_motion", "There is no motion to draw from.")
        self.augmentation = augmentation
        self._cumulative = np.cumsum([motion.weight for motion in self.motions])

    @classmethod
    def open(
        cls, folder: str | Path, split: str, augmentation: Augmentation | None = None
    ) -> "MotionLibrary":
        """The "train", "val" or "test" split of the open motion, or of a tree of the user's files.

        augmentation: by default everything for "train" and nothing for "val" and "test".
        Raises OneTakeError when there is nothing to read.
        """
        if augmentation is None:
            augmentation = Augmentation() if split == "train" else OFF
        folder = Path(folder)
        if not folder.is_dir():
            raise OneTakeError("no_motion", f"{folder} is not a folder.")
        read = open_motion if is_open_motion(folder) else read_tree
        motions = read(folder, split)
        if not motions:
            raise OneTakeError("no_motion", f"{folder} has no motion for {split!r}.")
        return cls(motions, augmentation)

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
