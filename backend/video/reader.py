"""A video's frames, decoded in the background while the caller works."""

import queue
import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ..errors import OneTakeError
from .probe import VideoInfo, decode, open_video, video_stream

QUEUED_FRAMES = 6  # enough to bridge a slow frame ...
QUEUED_BYTES = 48 << 20  # ... but no more memory than this: 1080p costs 6 MB a frame, 4K 25 MB
_ROTATE = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True)
class Frame:
    """One upright frame. rgb: uint8 (height, width, 3)."""

    index: int  # in the video, from 0
    timestamp: float  # s from the video's first frame, true presentation time
    rgb: np.ndarray


def frames(
    info: VideoInfo,
    start: float | None = None,
    end: float | None = None,
    *,
    unit: str = "seconds",
) -> "FrameReader":
    """Stream the frames whose time (unit "seconds") or index ("frames") is in start <= x < end.

    Raises OneTakeError nothing_decodable (from the first `next`) when the range holds no frame.
    """
    return FrameReader(info, start, end, unit=unit)


class FrameReader(Iterator[Frame]):
    """Iterator of frames; decoding runs ahead in a thread that ends with the reader.

    expected: about how many frames will come. After the last one `problem` is None, or a sentence
    about frames that the file lacks.
    """

    def __init__(
        self, info: VideoInfo, start: float | None, end: float | None, *, unit: str
    ) -> None:
        if unit not in ("seconds", "frames"):
            raise ValueError(f"unit is {unit!r}, not 'seconds' or 'frames'")
        self.problem: str | None = None
        self._given = 0
        fits = QUEUED_BYTES // (3 * info.width * info.height)
        self._queue: queue.Queue = queue.Queue(max(2, min(QUEUED_FRAMES, fits)))
        self._stop = threading.Event()
        span = _Span(
            -np.inf if start is None else start, np.inf if end is None else end, unit == "frames"
        )
        scale = 1.0 if span.in_frames else info.fps
        first, end = max(0.0, span.start * scale), min(info.frame_count, span.end * scale)
        self.expected = max(1, round(end - first))
        # The thread holds no reference to the reader, so a forgotten reader is collected and
        # stops it.
        self._thread = threading.Thread(
            target=_fill, args=(info, span, self._queue, self._stop), daemon=True, name="decode"
        )
        self._info = info
        self._thread.start()

    def __next__(self) -> Frame:
        if self._stop.is_set():
            raise StopIteration
        item = self._queue.get()
        if isinstance(item, Frame):
            self._given += 1
            return item
        self.close()
        if isinstance(item, BaseException):
            raise item
        self.problem = item
        if not self._given:
            raise OneTakeError(
                "nothing_decodable",
                f"{self._info.path.name} has no frame that can be decoded in the chosen range "
                f"(it lasts {self._info.duration:.1f} s, about {self._info.frame_count} frames).",
            )
        raise StopIteration

    def close(self) -> None:
        """Stop decoding and wait for the thread."""
        self._stop.set()
        while self._thread.is_alive():
            try:  # room for a `put` that is waiting
                self._queue.get_nowait()
            except queue.Empty:
                self._thread.join(0.005)

    def __enter__(self) -> "FrameReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_thread"):
            self._stop.set()
            if threading.current_thread() is not self._thread:
                self.close()


class _Span(NamedTuple):
    """start <= x < end, x in frames or in seconds."""

    start: float
    end: float
    in_frames: bool

    def place(self, index: int, timestamp: float) -> float:
        return index if self.in_frames else timestamp


def _fill(info: VideoInfo, span: _Span, out: queue.Queue, stop: threading.Event) -> None:
    """Thread body: frames, then None or a sentence, or the exception that ended it."""
    try:
        key = _key_frame_before(info, span, stop) if span.start > 0 else None
        for item in _decoded(info, span, key, stop):
            if stop.is_set():
                return
            out.put(item)
    except Exception as error:  # handed to the consumer, who raises it
        out.put(error)


class _Key(NamedTuple):
    """A frame that decoding can start at: its place among all frames, its container time."""

    index: int
    pts: int


def _key_frame_before(info: VideoInfo, span: _Span, stop: threading.Event) -> _Key | None:
    """The last key frame at or before the span, from the packets alone (nothing is decoded)."""
    times, keys = [], []
    with open_video(info.path) as container:
        stream = video_stream(container, info.path)
        tick = float(stream.time_base or 1)
        try:
            for packet in container.demux(stream):
                if stop.is_set():
                    return None
                if packet.pts is None or packet.is_discard:
                    continue
                times.append(packet.pts)
                if packet.is_keyframe:
                    keys.append(packet.pts)
                    if span.place(len(times) - 1, packet.pts * tick - info.start_time) > span.start:
                        break
        except av.error.FFmpegError:
            pass  # a damaged file is read as far as it goes
    times.sort()
    before = [
        key
        for key in (_Key(bisect_left(times, pts), pts) for pts in keys)
        if span.place(key.index, key.pts * tick - info.start_time) <= span.start
    ]
    return max(before, key=lambda k: k.index, default=None)


def _decoded(
    info: VideoInfo, span: _Span, key: _Key | None, stop: threading.Event
) -> Iterator[Frame | str | None]:
    """Frames of the span in order; last, a sentence about what is missing or None."""
    index, last = -1, -np.inf
    with open_video(info.path) as container:
        stream = video_stream(container, info.path)
        tick = float(stream.time_base or 1)
        if key is not None:
            container.seek(key.pts, stream=stream)
        for picture in _pictures(container, stream, stop):
            if key is not None and index < 0:
                if picture.pts is None or picture.pts < key.pts:
                    continue  # leading frames that refer to what was skipped
                if picture.pts > key.pts:
                    break  # the container sought too far
                index = key.index - 1
            index += 1
            timestamp = index / info.fps if last == -np.inf else last + 1 / info.fps
            if picture.pts is not None:
                stamped = picture.pts * tick - info.start_time
                timestamp = stamped if stamped > last else timestamp
            last = timestamp
            place = span.place(index, timestamp)
            if place >= span.end - 1e-9:
                yield None
                return
            if place >= span.start - 1e-9:
                yield Frame(index, timestamp, _upright(picture, info))
    if key is not None and index < 0:
        yield from _decoded(info, span, None, stop)
        return
    missing = info.frame_count - index - 1
    # Containers miscount by a frame or two; only a real loss is worth a sentence.
    yield (
        f"{info.path.name} is cut short or damaged: {index + 1} of about {info.frame_count} "
        "frames could be decoded."
        if missing > max(2, 0.01 * info.frame_count)
        else None
    )


def _pictures(
    container: InputContainer, stream: VideoStream, stop: threading.Event
) -> Iterator[VideoFrame]:
    """Every frame that can be decoded; damage in the middle or at the end is passed over."""
    try:
        for packet in container.demux(stream):
            if stop.is_set():  # also between frames that nobody gets: those before the span
                return
            yield from decode(packet)
    except av.error.FFmpegError:  # the file ends in the middle of a packet
        try:
            yield from stream.codec_context.decode(None)
        except av.error.FFmpegError:
            return


def _upright(picture: VideoFrame, info: VideoInfo) -> np.ndarray:
    """uint8 RGB (info.height, info.width, 3), contiguous."""
    sideways = info.rotation % 180
    rgb = picture.to_ndarray(
        format="rgb24",
        width=info.height if sideways else info.width,
        height=info.width if sideways else info.height,
    )
    if info.mirrored:
        rgb = cv2.flip(rgb, 1)
    return cv2.rotate(rgb, _ROTATE[info.rotation]) if info.rotation else rgb
