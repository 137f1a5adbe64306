"""Videos: those open in Blender's own editors, and the frame rate of any."""

import math
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..backend.errors import OneTakeError
from .scene.timing import frame_rate


@dataclass(frozen=True)
class Source:
    """video: its file. frames: first and last used, counted from 1; None for all.

    start: frame of the scene at which the video's first frame lies, also where that is not used.
    """

    video: Path
    frames: tuple[int, int] | None
    start: float


def clip_source(clip: bpy.types.MovieClip | None) -> Source:
    """All of a clip of the movie clip editor. OneTakeError no_clip where it is no video."""
    if clip is None or clip.source != "MOVIE":
        raise OneTakeError("no_clip", "Open a video in the movie clip editor first.")
    return Source(_file(clip), None, clip.frame_start - clip.frame_offset)


def strip_source(strip: bpy.types.bpy_struct | None) -> Source:
    """What a movie strip of the sequencer shows. OneTakeError no_strip where it is no video."""
    if strip is None or strip.type != "MOVIE":
        raise OneTakeError("no_strip", "Select a movie strip of the sequencer first.")
    before, after = strip.frame_offset_start, strip.frame_offset_end
    # Blender may play a strip at its own rate, or at another that the user gives it.
    length = strip.frame_final_duration + before + after
    speed = strip.frame_duration / max(length, 1)
    skipped = strip.animation_offset_start
    first = skipped + before * speed
    last = first + strip.frame_final_duration * speed
    return Source(
        _file(strip),
        (math.floor(first + 1e-3) + 1, max(math.ceil(last - 1e-3), math.floor(first) + 1)),
        strip.frame_start - skipped / speed,
    )


def video_frame_rate(video: Path) -> float:
    """Frames a second, as Blender reads the file. Raises not_a_video."""
    try:
        clip = bpy.data.movieclips.load(str(video))
    except RuntimeError as error:
        raise OneTakeError(
            "not_a_video",
            f"{video.name} is no video that Blender reads: import it without a frame range.",
        ) from error
    try:
        return clip.fps or frame_rate(bpy.context.scene)
    finally:
        bpy.data.movieclips.remove(clip)


def seconds_of(video: Path, frames: tuple[int, int] | None) -> tuple[float | None, float | None]:
    """Start and end of the first and last frame, counted from 1; None for all the video."""
    if frames is None:
        return None, None
    rate = video_frame_rate(video)
    # From half a frame before the first: times are rounded.
    return max(0.0, (frames[0] - 1.5) / rate), (frames[1] - 0.5) / rate


def _file(owner: bpy.types.bpy_struct) -> Path:
    return Path(bpy.path.abspath(owner.filepath, library=owner.id_data.library)).absolute()
