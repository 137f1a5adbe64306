"""The sheet's three charts of one person, each over the same seconds."""

from dataclasses import dataclass

import cv2
import numpy as np

from ..preview.figure import LEFT, RIGHT
from .drawing import AFTER, BAD, BEFORE, DOUBTFUL, FINE, LINE, MUTED, PANEL, box, columns, write
from .figures import Person
from .verdict import LIMITS

HEIGHT = 190  # px of a chart with its title and seconds
_TOP, _BOTTOM, _SIDE, _TICKS = 40, 26, 12, 34
_JITTER_TOP = 60.0  # 10 m/s^3 of the scale at least, so that calm clips look calm


@dataclass(frozen=True)
class Chart:
    """A panel at (x, y) of `width` px in the picture; its span of the video in seconds."""

    image: np.ndarray
    x: int
    y: int
    width: int
    span: tuple[float, float]

    @property
    def _area(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of the curves."""
        left = self.x + _SIDE + _TICKS
        return left, self.y + _TOP, self.width - 2 * _SIDE - _TICKS, HEIGHT - _TOP - _BOTTOM

    def confidence(self, person: Person) -> None:
        """How sure each moment is, coloured by the limits."""
        self._frame("Confidence", "share of the joints that are sure", [(1.0, "1"), (0.5, ".5")], 1)
        values = columns(person.times, person.sure, self.span, self._area[2], np.fmin)
        check, redo = LIMITS.confidence
        colours = [BAD if v < redo else DOUBTFUL if v < check else FINE for v in values]
        self._bars(values, colours)

    def jitter(self, person: Person) -> None:
        """Shaking as estimated and as in the scene."""
        top = max(_JITTER_TOP, float(np.nanmax(np.append(person.shaking, 0.0))))
        ticks = [(top, f"{top:.0f}"), (top / 2, f"{top / 2:.0f}")]
        self._frame("Jitter", "before and after smoothing, 10 m/s³", ticks, top)
        left, base, width, height = self._area
        for curve, colour, thick in (
            (person.shaking[:, 0], BEFORE, 1),
            (person.shaking[:, 1], AFTER, 2),
        ):
            values = columns(person.times, curve, self.span, width, np.fmax)
            known = np.flatnonzero(np.isfinite(values))
            points = np.column_stack([left + known, base + height * (1 - values[known] / top)])
            line = np.round(points * 16).astype(np.int32)
            cv2.polylines(self.image, [line], False, colour, thick, cv2.LINE_AA, 4)
        x = self.x + self.width - _SIDE
        x = write(self.image, (x - 106, self.y + 24), "before", 13, BEFORE, bold=True)
        write(self.image, (x + 12, self.y + 24), "after", 13, AFTER, bold=True)

    def contacts(self, person: Person) -> None:
        """When heels and toes stand on the floor."""
        self._frame("Contacts", "heels and toes that stand on the floor", [], 1)
        left, top, width, height = self._area
        row = height / 4
        for k, name in enumerate(("L heel", "L toe", "R heel", "R toe")):
            stands = person.standing[:, k].astype(float)
            values = columns(person.times, stands, self.span, width, np.fmax)
            y, colour = top + row * k, LEFT if k < 2 else RIGHT
            self.image[round(y + 3) : round(y + row - 3), left : left + width] = PANEL
            on = left + np.flatnonzero(values > 0)
            self.image[round(y + 4) : round(y + row - 4), on] = colour
            write(self.image, (left - 6, y + row / 2 + 4), name, 11, MUTED, align="right")

    def _frame(self, title: str, unit: str, ticks: list[tuple[float, str]], top: float) -> None:
        box(self.image, (self.x, self.y), (self.width, HEIGHT), PANEL)
        end = write(self.image, (self.x + _SIDE, self.y + 24), title, 16, bold=True)
        write(self.image, (end + 10, self.y + 24), unit, 12, MUTED)
        left, base, width, height = self._area
        for value, label in [(0.0, "0" if ticks else ""), *ticks]:
            y = round(base + height * (1 - value / top))
            self.image[y, left : left + width] = LINE
            write(self.image, (left - 6, y + 4), label, 11, MUTED, align="right")
        for share, align in ((0.0, "left"), (0.5, "centre"), (1.0, "right")):
            second = self.span[0] + share * (self.span[1] - self.span[0])
            place = left + share * width, self.y + HEIGHT - 8
            write(self.image, place, _clock(second), 11, MUTED, align=align)

    def _bars(self, values: np.ndarray, colours: list[tuple[int, int, int]]) -> None:
        left, top, _, height = self._area
        base = top + height
        for column, (value, colour) in enumerate(zip(values, colours, strict=True)):
            if np.isfinite(value):
                # A pixel at least: a moment at 0 is bad, not missing.
                y = min(base - 2, round(base - height * value))
                x = left + column
                # Faint below, so that the line on top is what the eye follows.
                faint = 0.35 * np.array(colour) + 0.65 * np.array(PANEL)
                self.image[y:base, x] = np.round(faint)
                self.image[y : y + 2, x] = colour


def _clock(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
