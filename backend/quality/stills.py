"""Moments of a clip with the people drawn over them, cut to the people."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import cv2
import numpy as np

from ..errors import OneTakeError
from ..motion.body import Body
from ..motion.take import Take
from ..preview.figure import Figure
from ..preview.mesh import decimate
from ..preview.write import draw_over
from ..video import VideoInfo, frames
from .drawing import PANEL

MARGIN = 0.2  # of the people's box, on each side
LEAST = 0.35  # of the picture's height that a still shows at least


@dataclass(frozen=True)
class Still:
    """rgb: uint8 (height, width, 3). worst: the moment that is least sure."""

    time: float  # s
    rgb: np.ndarray
    worst: bool


def stills(
    takes: Sequence[Take], body: Body, info: VideoInfo, count: int, size: tuple[int, int]
) -> list[Still]:
    """`count` moments of size (width, height) px in their order, one of them the least sure.

    takes: everybody, as the scene shows them.
    """
    light = decimate(body)
    figures = [Figure(take, light) for take in takes]
    even, worst = _moments(takes, count)
    found = []
    for time in sorted({*even, worst}):
        still = _still(figures, info, time, size)
        if still is not None:
            found.append(Still(time, still, time == worst))
    return found


def _moments(takes: Sequence[Take], count: int) -> tuple[list[float], float]:
    """Times spread evenly over all that is known, and the least sure time."""
    times = np.concatenate([take.timestamps for take in takes])
    sure = np.concatenate([take.confidence.mean(axis=1) for take in takes])
    worst = float(times[np.argmin(sure)])
    known = np.unique(times)
    others = known[known != worst]
    places = (np.arange(count - 1) + 0.5) / (count - 1) * len(others)
    return [float(others[int(place)]) for place in places] if len(others) else [], worst


def _still(
    figures: Sequence[Figure], info: VideoInfo, time: float, size: tuple[int, int]
) -> np.ndarray | None:
    """The frame at a time in s with everybody drawn; None where it cannot be decoded."""
    half = 0.5 / info.fps
    with suppress(OneTakeError), frames(info, max(0.0, time - half)) as reader:
        frame = next(reader)
        present = [
            (figure, index)
            for figure in figures
            if (index := figure.frame_at(frame.timestamp, half)) is not None
        ]
        boxes = np.array([figure.take.box[index] for figure, index in present])
        view = _view(boxes, (info.width, info.height), size)
        picture = cv2.warpAffine(
            _smaller(frame.rgb, view), _after_smaller(view), size, flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT, borderValue=PANEL,
        )  # fmt: skip
        draw_over(picture, present, view)
        return picture
    return None


def _view(boxes: np.ndarray, picture: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
    """(3, 3) from pixels of the video to those of a still that shows the boxes (N, 4)."""
    whole = np.array([0.0, 0.0, *picture])
    known = boxes[np.isfinite(boxes).all(axis=1)] if len(boxes) else boxes
    shown = np.array([*known[:, :2].min(0), *known[:, 2:].max(0)]) if len(known) else whole
    middle, extent = (shown[:2] + shown[2:]) / 2, shown[2:] - shown[:2]
    extent = np.maximum(extent * (1 + 2 * MARGIN), LEAST * picture[1])
    scale = float(min(size / extent))
    # Where the picture is large enough, a still shows nothing beside it.
    half = np.array(size) / scale / 2
    low, high = np.minimum(half, np.array(picture) / 2), np.array(picture) - half
    middle = np.clip(middle, low, np.maximum(high, low))
    shift = np.array(size) / 2 - scale * middle
    return np.array([[scale, 0, shift[0]], [0, scale, shift[1]], [0, 0, 1]])


def _reduction(view: np.ndarray) -> int:
    return max(1, int(1 / view[0, 0]))


def _smaller(rgb: np.ndarray, view: np.ndarray) -> np.ndarray:
    """Shrunk by a whole factor where the view shrinks it: warping alone would leave it jagged."""
    factor = _reduction(view)
    if factor == 1:
        return rgb
    size = max(1, rgb.shape[1] // factor), max(1, rgb.shape[0] // factor)
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)


def _after_smaller(view: np.ndarray) -> np.ndarray:
    """(2, 3) for warpAffine, whose pixels' middles are whole numbers."""
    factor = _reduction(view)
    to_edges, to_middles = np.eye(3), np.eye(3)
    to_edges[:2, 2], to_middles[:2, 2] = 0.5, -0.5
    return (to_middles @ view @ np.diag([factor, factor, 1.0]) @ to_edges)[:2]
