"""A small picture of the work as it goes on, for whoever waits for it."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

SIDE = 256  # px of the square picture
_PAUSE = 0.5  # seconds between two pictures
_SEEN = 0.5  # visibility below which a limb is not drawn
_COLOUR = (255, 178, 60)

# Pairs of BlazePose's landmarks: trunk, arms, legs, feet, face.
_LIMBS = (
    (11, 12), (11, 23), (12, 24), (23, 24), (11, 13), (13, 15), (12, 14), (14, 16),
    (23, 25), (25, 27), (24, 26), (26, 28), (27, 31), (28, 32), (27, 29), (28, 30), (7, 8),
)  # fmt: skip


class Thumbnail:
    """Keeps the file at `path` a picture of the latest frame with its skeletons over it.

    The file is an npy array, uint8 (SIDE, SIDE, 4), RGBA, its rows from the bottom up, as Blender
    wants them; clear around the frame. A file that cannot be written is left out.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = -_PAUSE

    def __call__(self, rgb: np.ndarray, people: Sequence[np.ndarray]) -> None:
        """Show a frame, uint8 (H, W, 3), and landmarks (33, 3) of each person in its pixels."""
        if time.monotonic() - self._last < _PAUSE:
            return
        self._last = time.monotonic()
        partial = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        with suppress(OSError):  # a full disk, a reader on Windows: the work goes on
            with partial.open("wb") as file:
                np.save(file, drawn(rgb, people))
            partial.replace(self._path)


def drawn(rgb: np.ndarray, people: Sequence[np.ndarray]) -> np.ndarray:
    """The picture as it is kept; see `Thumbnail`."""
    height, width = rgb.shape[:2]
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    for person in people:
        points = np.round((person[:, :2] * scale - 0.5) * 16).astype(int)
        for a, b in _LIMBS:
            if min(person[a, 2], person[b, 2]) >= _SEEN:
                ends = points[a].tolist(), points[b].tolist()
                cv2.line(small, *ends, _COLOUR, 2, cv2.LINE_AA, 4)
    picture = np.zeros((SIDE, SIDE, 4), np.uint8)
    top, left = (SIDE - size[1]) // 2, (SIDE - size[0]) // 2
    inside = slice(top, top + size[1]), slice(left, left + size[0])
    picture[inside][..., :3], picture[inside][..., 3] = small, 255
    return picture[::-1]
