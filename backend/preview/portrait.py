"""A small picture of each person in a video, by which somebody can say who is meant."""

from collections.abc import Sequence

import cv2
import numpy as np

from ..people import PersonTrack
from ..video import VideoInfo, frames
from .thumbnail import drawn

_MARGIN = 0.15  # of the person's box, on each side


def portraits(info: VideoInfo, tracks: Sequence[PersonTrack]) -> list[np.ndarray]:
    """uint8 (SIDE, SIDE, 4), RGBA, of each person where they are seen best, skeleton drawn over.

    Raises what reading the video's frames raises.
    """
    return [_portrait(info, track) for track in tracks]


def png(picture: np.ndarray) -> bytes:
    """The file of an RGBA picture."""
    _, coded = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA))
    return coded.tobytes()


def best_frame(track: PersonTrack, size: tuple[int, int]) -> int:
    """Place in the track where a person is largest and surest in a picture of (width, height)."""
    low, high = track.box[:, :2], track.box[:, 2:]
    inside = np.clip(high, 0, size) - np.clip(low, 0, size)
    area = np.prod(np.maximum(inside, 0), axis=1)
    whole = area / np.maximum(np.prod(np.maximum(high - low, 1e-6), axis=1), 1e-6)
    return int(np.argmax(track.seen * track.score * whole * np.sqrt(area)))


def _portrait(info: VideoInfo, track: PersonTrack) -> np.ndarray:
    best = best_frame(track, (info.width, info.height))
    index = int(track.frame_index[best])
    with frames(info, index, index + 1, unit="frames") as reader:
        rgb = next(reader).rgb
    low, high = track.box[best, :2], track.box[best, 2:]
    half = (0.5 + _MARGIN) * float((high - low).max())
    centre = (low + high) / 2
    corners = np.clip([centre - half, centre + half], 0, [info.width - 1, info.height - 1])
    (left, top), (right, bottom) = np.round(corners).astype(int)
    person = track.landmarks[best] - np.array([left, top, 0], np.float32)
    return drawn(rgb[top : bottom + 1, left : right + 1], [person])[::-1]
