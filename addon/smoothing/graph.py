"""The small graph of jitter against swing, as a picture in the panel."""

from itertools import pairwise

import bpy
import bpy.utils.previews
import numpy as np

from ..scene.character import Character
from ..scene.keying import TIMING, Recipe
from ..scene.stored_motion import stored
from .tradeoff import Tradeoff, tradeoff

_SECONDS = 3.0  # to either side of the current frame
_MOST = 120  # frames to either side

_SIZE = 192  # pixels, both ways: icons are square
_BORDER = 14
_LEAST_SWING = 0.5  # at the left edge, where limbs are half frozen; the right one is 1
_GRID, _LINE, _DOT = (0.5, 0.5, 0.5, 0.35), (0.35, 0.6, 0.9, 1.0), (1.0, 0.6, 0.15, 1.0)


class Graph:
    """What the picture shows, or is about to: it is drawn where the panel asks for it."""

    def __init__(self) -> None:
        self.previews = bpy.utils.previews.new()
        self.shown: tuple | None = None
        self.result: Tradeoff | None = None
        self._wanted: tuple | None = None
        self._work = None

    def ask(self, context: bpy.types.Context, character: Character) -> bool:
        """Whether another picture is wanted than is shown: `step` until it is false again."""
        settings = Recipe.of(character.armature).smoothing
        if settings is None:
            return False
        kept = stored(character.armature)
        span = _span(context.scene, character.armature, kept.motion[2])
        wanted = (character.armature.name, settings, span)
        if wanted in (self.shown, self._wanted) or span[1] - span[0] < 4:
            return False
        self._wanted, self._work = wanted, tradeoff(kept, settings, slice(*span))
        return True

    def step(self) -> bool:
        """One setting more; false where nothing is left to do. The last one draws the picture."""
        if self._work is None:
            return False
        try:
            next(self._work)
        except StopIteration as done:
            self.result, self.shown = done.value, self._wanted
            self._wanted = self._work = None
            self._draw()
        return True

    @property
    def is_working(self) -> bool:
        """Whether `step` has more to do."""
        return self._work is not None

    @property
    def icon(self) -> int:
        """The picture's icon number; 0 where there is none yet."""
        return self.previews["graph"].icon_id if "graph" in self.previews else 0

    def close(self) -> None:
        """Give the picture back."""
        bpy.utils.previews.remove(self.previews)

    def _draw(self) -> None:
        # A new name a picture would leak; an emptied collection is loaded anew.
        self.previews.clear()
        preview = self.previews.new("graph")
        pixels = picture(self.result)
        preview.image_size = pixels.shape[1::-1]
        preview.image_pixels_float.foreach_set(pixels.ravel())


def picture(result: Tradeoff) -> np.ndarray:
    """(_SIZE, _SIZE, 4) RGBA, bottom row first: swing to the right, jitter upwards.

    Lines at every quarter of the jitter and every tenth of the swing; the dot is the setting, at
    the left edge where less than half of the swing is left.
    """
    pixels = np.zeros((_SIZE, _SIZE, 4), np.float32)
    low, high = _BORDER, _SIZE - _BORDER
    for share in np.linspace(0, 1, 5):
        at = round(low + share * (high - low))
        pixels[at, low:high] = _GRID
    for share in np.linspace(0, 1, 6):
        at = round(low + share * (high - low))
        pixels[low:high, at] = _GRID
    x = (np.clip(result.swing, _LEAST_SWING, 1) - _LEAST_SWING) / (1 - _LEAST_SWING)
    y = np.clip(result.jitter, 0, 1)
    points = low + np.stack([x, y], axis=1) * (high - low - 1)
    for a, b in pairwise(points[x > 0]):
        for share in np.linspace(0, 1, _SIZE):
            _disc(pixels, a + share * (b - a), 1.5, _LINE)
    _disc(pixels, points[result.now], 6.0, _DOT)
    return pixels


def _disc(pixels: np.ndarray, centre: np.ndarray, radius: float, colour: tuple) -> None:
    x0, y0 = np.maximum(np.floor(centre - radius).astype(int), 0)
    x1, y1 = np.ceil(centre + radius).astype(int) + 1
    rows, columns = np.mgrid[y0 : min(y1, _SIZE), x0 : min(x1, _SIZE)]
    inside = np.hypot(columns - centre[0], rows - centre[1]) <= radius
    pixels[rows[inside], columns[inside]] = colour


def _span(scene, armature, timestamps) -> tuple[int, int]:
    """Frames around the current one, in steps of a second so that playback asks for few."""
    start, rate = armature[TIMING]
    middle = round((scene.frame_current - start) / rate)
    first, last = np.searchsorted(timestamps, [middle - _SECONDS, middle + _SECONDS])
    centre = int(np.clip((first + last) // 2, 0, len(timestamps)))
    return max(int(first), centre - _MOST), min(int(last), centre + _MOST)
