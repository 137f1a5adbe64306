"""Writing H.264 MP4 files that appear under their name only when they are complete."""

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from .probe import VideoInfo
from .reader import frames

TIME_BASE = Fraction(1, 90_000)  # fine enough for any camera's clock
QUALITY = 20  # x264's constant rate factor: no visible loss on skin and cloth
KEY_FRAME_SECONDS = 0.5  # scrubbing in Blender decodes from the last key frame


class VideoWriter:
    """H.264, yuv420p, BT.709, in an MP4 at `path`; use as a context manager.

    Frames are uint8 RGB (height, width, 3) of one size. An odd size is padded by repeating the
    last row or column, which the codec needs. On an exception nothing is left behind.
    fps is the constant rate, or with explicit timestamps the nominal one.
    """

    def __init__(self, path: str | Path, fps: float, *, quality: int = QUALITY) -> None:
        self.path = Path(path)
        # ".mp4" stays last: the container is chosen by it.
        self._partial = self.path.with_name(f".{self.path.stem}.{os.getpid()}.partial.mp4")
        self._rate = Fraction(fps).limit_denominator(1001)
        self._quality = quality
        self._written = 0
        self._container = av.open(
            f"file:{self._partial}", "w", format="mp4", options={"movflags": "+faststart"}
        )
        self._stream: av.VideoStream | None = None

    def write(self, rgb: np.ndarray, timestamp: float | None = None) -> None:
        """Add a frame, at `timestamp` seconds or, without one, at the constant rate."""
        if self._stream is None:
            self._start(*rgb.shape[:2])
        height, width = rgb.shape[:2]
        if height % 2 or width % 2:
            rgb = cv2.copyMakeBorder(rgb, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
        picture = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709
        )
        picture.colorspace, picture.color_range = Colorspace.ITU709, ColorRange.MPEG
        time = Fraction(self._written) / self._rate if timestamp is None else Fraction(timestamp)
        picture.time_base = TIME_BASE
        picture.pts = round(time / TIME_BASE)
        self._container.mux(self._stream.encode(picture))
        self._written += 1

    def _start(self, height: int, width: int) -> None:
        stream = self._container.add_stream("libx264", rate=self._rate)
        stream.width, stream.height = width + width % 2, height + height % 2
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = TIME_BASE
        context.gop_size = max(1, round(float(self._rate) * KEY_FRAME_SECONDS))
        context.options = {"crf": str(self._quality), "preset": "veryfast"}
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        self._stream = stream

    def close(self) -> None:
        """Finish the file and give it its name. Raises OSError, and ValueError without frames."""
        try:
            if self._stream is None:
                raise ValueError(f"no frame was written to {self.path.name}")
            self._container.mux(self._stream.encode(None))
            self._container.close()
            os.replace(self._partial, self.path)
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Leave nothing behind."""
        try:
            self._container.close()
        finally:
            self._partial.unlink(missing_ok=True)

    def __enter__(self) -> "VideoWriter":
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


def write_proxy(
    info: VideoInfo,
    path: str | Path,
    fps: float,
    *,
    end: float | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """An upright, square-pixel, constant-rate copy that starts at 0: frame k shows time k / fps.

    Each frame is the one of the video nearest in time. end: s, where the copy may end. progress
    gets the video's frames done and in total. Raises as `frames` does.
    """
    with frames(info, None, end) as reader, VideoWriter(path, fps) as writer:
        k = 0
        previous = None
        for done, frame in enumerate(reader, 1):
            progress(done, max(done, reader.expected))
            while previous and k / fps <= (previous.timestamp + frame.timestamp) / 2:
                writer.write(previous.rgb)
                k += 1
            previous = frame
        while previous and (k == 0 or k / fps <= previous.timestamp + 0.5 / info.fps):
            writer.write(previous.rgb)
            k += 1
