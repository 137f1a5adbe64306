"""What a video file holds, found without decoding more than its first frame."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ..errors import OneTakeError

# Packets read to learn frame rate, regularity and (in a short clip) the exact number of frames.
SCANNED_PACKETS = 3000
# FFmpeg draws plain text as video; nobody films with it.
TEXT_CODECS = {"ansi", "bintext", "xbin", "idf"}
FULL_FRAME_DIAGONAL = 43.27  # mm, of the 36 x 24 mm picture that "35 mm equivalent" refers to


@dataclass(frozen=True)
class VideoInfo:
    """A video's first usable video stream. Sizes are those of the upright picture."""

    path: Path
    width: int  # px, after rotation and with square pixels
    height: int
    fps: float  # nominal frames a second; with a variable rate, of the most common interval
    frame_count: int  # exact for short clips that are whole, else what the container claims
    duration: float  # s, first frame to the end of the last
    rotation: int  # degrees clockwise that make the stored picture upright: 0, 90, 180, 270
    mirrored: bool  # the stored picture is flipped left to right before it is rotated
    pixel_aspect: float  # width of a stored pixel over its height
    variable_rate: bool  # some frame lies over half an interval from where a constant rate puts it
    start_time: float  # s, the first frame's time in the container
    codec: str
    focal_px: float | None  # from the camera's own 35 mm equivalent, where the file tells it

    @property
    def plain(self) -> bool:
        """True when players that ignore flags and times still show every frame right."""
        flags = self.rotation or self.mirrored or self.variable_rate or self.start_time
        return not flags and self.pixel_aspect == 1


def probe(path: str | Path) -> VideoInfo:
    """Read what is in a video file.

    Raises OneTakeError: no_such_file, is_a_folder, empty_file, unreadable_file, not_a_video,
    no_video_stream, nothing_decodable.
    """
    path = Path(path)
    with open_video(path) as container:
        stream = video_stream(container, path)
        times, shown, first, whole = _scan(container, stream)
        if first is None:
            raise OneTakeError(
                "nothing_decodable",
                f"No frame of {path.name} can be decoded ({stream.codec_context.name} video); "
                "convert it to an H.264 MP4 and try again.",
            )
        tick = float(stream.time_base or 1)
        fps, variable = _rate(stream, np.array(sorted(times)) * tick)
        count = shown if whole else stream.frames
        duration = float((stream.duration or 0) * tick) or (container.duration or 0) / av.time_base
        count = count or max(1, round(duration * fps))
        if whole and times:
            duration = (max(times) - min(times)) * tick + 1 / fps
        rotation, mirrored = _orientation(first)
        aspect = float(stream.sample_aspect_ratio or 1) or 1.0
        width, height = max(1, round(first.width * aspect)), first.height
        focal = _focal_35mm({**container.metadata, **stream.metadata})
        return VideoInfo(
            path=path,
            width=height if rotation % 180 else width,
            height=width if rotation % 180 else height,
            fps=fps,
            frame_count=count,
            duration=duration or count / fps,
            rotation=rotation,
            mirrored=mirrored,
            pixel_aspect=aspect,
            variable_rate=variable,
            start_time=(first.pts or 0) * tick,
            codec=stream.codec_context.name,
            focal_px=focal and focal * math.hypot(width, height) / FULL_FRAME_DIAGONAL,
        )


def open_video(path: Path) -> InputContainer:
    """Open a file for reading; only local files are ever read, whatever the file refers to."""
    # Unlike Path's own, these never raise, whatever the name.
    if not os.path.exists(path):
        raise OneTakeError("no_such_file", f"There is no file {path}.")
    if os.path.isdir(path):
        raise OneTakeError("is_a_folder", f"{path} is a folder; give a video file.")
    if not os.path.isfile(path):
        raise OneTakeError("not_a_video", f"{path} is a device or a pipe; give a video file.")
    try:
        if path.stat().st_size == 0:
            raise OneTakeError("empty_file", f"{path.name} is empty (0 bytes).")
        # "file:" keeps a colon in a name from being read as a protocol.
        return av.open(f"file:{path}", options={"protocol_whitelist": "file"})
    except av.error.PermissionError as error:
        raise OneTakeError(
            "unreadable_file", f"{path.name} cannot be read: permission denied."
        ) from error
    except (av.error.FFmpegError, ValueError) as error:
        raise _not_a_video(path) from error


def _not_a_video(path: Path) -> OneTakeError:
    return OneTakeError(
        "not_a_video",
        f"{path.name} is not a video that can be read, or its recording or copy was cut short "
        "before the index was written.",
    )


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The first stream of moving pictures, decoded on several threads."""
    if container.format.name == "image2" or container.format.name.endswith("_pipe"):
        raise OneTakeError("not_a_video", f"{path.name} is a picture, not a video.")
    for stream in container.streams.video:
        cover = stream.disposition & av.stream.Disposition.attached_pic
        if not cover and stream.codec_context is not None:
            if stream.codec_context.name in TEXT_CODECS:
                raise OneTakeError("not_a_video", f"{path.name} is a text file, not a video.")
            stream.thread_type = "AUTO"
            return stream
    if not (container.streams.audio or container.streams.video):
        raise _not_a_video(path)
    raise OneTakeError("no_video_stream", f"{path.name} has no video in it, only other streams.")


def _scan(
    container: InputContainer, stream: VideoStream
) -> tuple[list[int], int, VideoFrame | None, bool]:
    """Times and number of the first packets to be shown, the first frame, and whether it is all."""
    times: list[int] = []
    first = None
    packets = hidden = 0
    try:
        for packet in container.demux(stream):
            packets += packet.size > 0
            hidden += packet.is_discard  # cut away by an edit list
            if packet.pts is not None and packet.size and not packet.is_discard:
                times.append(packet.pts)
            if first is None:
                first = next(iter(decode(packet)), None)
            if packets >= SCANNED_PACKETS:
                return times, packets - hidden, first, False
    except av.error.FFmpegError:
        return times, packets - hidden, first, False
    # A container that announces more than there is has been cut short.
    return times, packets - hidden, first, packets >= stream.frames


def decode(packet: av.Packet) -> list[VideoFrame]:
    """The frames a packet completes; a damaged packet completes none."""
    try:
        return packet.decode()
    except (av.error.InvalidDataError, av.error.EOFError):
        return []


def _rate(stream: VideoStream, times: np.ndarray) -> tuple[float, bool]:
    """Nominal frames a second, and whether the rate varies. times (N,) s, sorted."""
    stated = float(stream.average_rate or stream.guessed_rate or 0)
    steps = np.diff(times)
    steps = steps[steps > 0]
    if len(steps) == 0:
        return stated or 30.0, False
    # Cameras round times to their clock's tick; only a lasting drift is a variable rate.
    line = np.linspace(times[0], times[-1], len(times))
    interval = (times[-1] - times[0]) / (len(times) - 1)
    if np.abs(times - line).max() > interval / 2:
        return float(1 / np.median(steps)), True
    # A container's own fraction (30000/1001) is exact where it agrees with the times.
    return (stated if abs(stated * interval - 1) < 0.01 else float(1 / interval)), False


def _orientation(frame: VideoFrame) -> tuple[int, bool]:
    """Clockwise degrees (after the mirroring) and mirroring that make a stored frame upright."""
    data = next((d for d in frame.side_data if d.type.name == "DISPLAYMATRIX"), None)
    if data is None:
        return 0, False
    a, b, _, c, d = np.frombuffer(bytes(data), np.int32)[:5].astype(float)
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    return round(math.degrees(math.atan2(b, a)) / 90) * 90 % 360, mirrored


def _focal_35mm(metadata: dict[str, str]) -> float | None:
    """The 35 mm equivalent focal length in mm that a phone wrote into the file."""
    for key, value in metadata.items():
        name = key.lower().replace("_", "").replace("-", "")
        if "focallength" in name and "35mm" in name:
            try:
                focal = float(value.split()[0])
            except (ValueError, IndexError):
                continue
            if 5 < focal < 1000:
                return focal
    return None
