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
from .rarity import anchors, rarity
from .sequence import Motion, Window


class MotionLibrary:
    """Draws windows; two libraries of the same sequences and equal generators draw the same."""

    def __init__(self, motions: Sequence[Motion], augmentation: Augmentation) -> None:
        sound = (replace(m, ok=m.ok & possible_turns(m.poses)) for m in motions if m.weight > 0)
        self.motions = [motion for motion in sound if motion.ok.any()]
        if not self.motions:
            raise OneTakeError("no_motion", "There is no motion to draw from.")
        self.augmentation = augmentation
        self._anchors = [anchors(motion) for motion in self.motions]
        counts = [len(frames) for frames in self._anchors]
        weights = np.repeat(
            [m.weight / n for m, n in zip(self.motions, counts, strict=True)], counts
        )
        if augmentation.even:
            weights = weights * rarity(self.motions, self._anchors, weights) ** augmentation.even
        self._first = np.concatenate([[0], np.cumsum(counts)])
        self._cumulative = np.cumsum(weights)

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

        def draw() -> Window:
            at = rng.random() * self._cumulative[-1]
            anchor = int(np.searchsorted(self._cumulative, at, side="right"))
            motion = int(np.searchsorted(self._first, anchor, side="right")) - 1
            around = int(self._anchors[motion][anchor - self._first[motion]])
            return self.motions[motion].draw(rng, frames, fps, speed, around)

        return augment(rng, draw(), fps, self.augmentation, draw)
