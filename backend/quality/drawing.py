"""Text and curves on an RGB picture, by OpenCV."""

import cv2
import numpy as np

BACKGROUND, PANEL, LINE = (22, 24, 29), (33, 36, 43), (62, 67, 78)
TEXT, MUTED = (236, 238, 242), (158, 165, 178)
# Told apart by people who see no red or no green too; heights and words say the same.
FINE, DOUBTFUL, BAD = (64, 196, 168), (247, 190, 72), (255, 96, 84)
BEFORE, AFTER = (122, 129, 145), (98, 176, 255)
_REGULAR, _BOLD = 400, 650  # weights of the font that comes with OpenCV
_FACE = cv2.FontFace("sans")


def write(
    image: np.ndarray,
    place: tuple[float, float],
    text: str,
    size: int = 15,
    colour: tuple[int, int, int] = TEXT,
    *,
    bold: bool = False,
    align: str = "left",
) -> int:
    """Write text with its base line at place (x, y); the x at which it ends.

    align: which end of the text (left, right) or its "centre" is at x.
    """
    weight = _BOLD if bold else _REGULAR
    _, _, width, _ = cv2.getTextSize((10_000, 100), text, (0, 0), _FACE, size, weight)
    x = place[0] - {"left": 0, "centre": width / 2, "right": width}[align]
    origin = round(x), round(place[1])
    cv2.putText(image, text, origin, colour, _FACE, size, weight)
    return origin[0] + width


def fitted(text: str, width: int, size: int, *, bold: bool = False) -> str:
    """The text, its middle left out where it is wider than width pixels."""
    weight = _BOLD if bold else _REGULAR

    def wide(candidate: str) -> bool:
        return cv2.getTextSize((10_000, 100), candidate, (0, 0), _FACE, size, weight)[2] > width

    if not wide(text):
        return text
    keep = len(text) - 1
    while keep > 2 and wide(_shortened(text, keep)):
        keep -= 1
    return _shortened(text, keep)


def _shortened(text: str, keep: int) -> str:
    return f"{text[: (keep + 1) // 2]}…{text[len(text) - keep // 2 :]}"


def box(
    image: np.ndarray, corner: tuple[int, int], size: tuple[int, int], colour: tuple[int, int, int]
) -> None:
    """Fill the part at corner (x, y) of size (width, height)."""
    (x, y), (width, height) = corner, size
    image[y : y + height, x : x + width] = colour


def columns(
    times: np.ndarray, values: np.ndarray, span: tuple[float, float], width: int, reduce: np.ufunc
) -> np.ndarray:
    """Values (N,) at times (N,) s as (width,) columns of the span (start, end) s.

    Several values in one column become one by `reduce` (np.fmin, np.fmax); a column between two
    samples gets the one before it. NaN before the first sample and after the last.
    """
    start, end = span
    step = (end - start) / width
    edges = start + step * np.arange(width + 1)
    first = np.searchsorted(times, edges[:-1])
    last = np.searchsorted(times, edges[1:])
    result = np.full(width, np.nan)
    inside = first < last
    if inside.any():
        starts = first[inside]
        # What lies between two full columns' samples is in none: reduceat takes each in turn.
        result[inside] = reduce.reduceat(values[: last[inside][-1]], starts)
    held = ~inside & (first > 0) & (edges[:-1] <= times[-1])
    result[held] = values[first[held] - 1]
    return result
