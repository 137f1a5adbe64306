"""Seconds of the video and frames of the scene."""

import math

import bpy
import numpy as np

# Keys this near to a whole frame sit on it, so that Blender's jumps from key to key land there;
# 0.001 frames are 0.03 ms at 30 fps, less than a video's own clock ticks.
_SNAP = 1e-3

# Some files give two pictures one time; two keys on one frame would be no function of time.
_LEAST_STEP = 0.01


def frame_rate(scene: bpy.types.Scene) -> float:
    """Frames a second."""
    return scene.render.fps / scene.render.fps_base


def as_fps_and_base(rate: float) -> tuple[int, float]:
    """A frame rate as Blender keeps it: 25 -> (25, 1.0), 30000 / 1001 -> (30, 1.001)."""
    fps = max(round(rate), 1)
    return fps, 1.0 if abs(rate - fps) < 1e-3 else fps / rate


def is_animated(scene: bpy.types.Scene) -> bool:
    """Whether anything in the scene already plays in time: another rate would change its speed."""
    if scene.sequence_editor and len(_sequences(scene.sequence_editor)):
        return True
    owners: list = [scene, scene.world]
    for item in scene.objects:
        owners += [item, item.data, getattr(item.data, "shape_keys", None)]
    animations = (getattr(owner, "animation_data", None) for owner in owners)
    return any(data and (data.action or data.nla_tracks) for data in animations)


def set_frame_rate(scene: bpy.types.Scene, rate: float) -> None:
    """Give the scene this frame rate; what is animated in it plays at another speed then."""
    scene.render.fps, scene.render.fps_base = as_fps_and_base(rate)


def frames_of(timestamps: np.ndarray, start: float, rate: float) -> np.ndarray:
    """(T,) seconds from the start of the video -> (T,) rising frames, fractional where they are.

    start: the frame of the video's start. rate: frames a second.
    """
    frames = start + np.asarray(timestamps, np.float64) * rate
    whole = np.round(frames)
    frames = np.where(np.abs(frames - whole) < _SNAP, whole, frames)
    steps = _LEAST_STEP * np.arange(len(frames))
    return np.maximum.accumulate(frames - steps) + steps


def cover(scene: bpy.types.Scene, last: float, *, fresh: bool) -> None:
    """Extend the scene's range to frame `last`; a fresh scene ends there."""
    last = math.ceil(last)
    scene.frame_end = max(last, scene.frame_start) if fresh else max(scene.frame_end, last)


def _sequences(editor: bpy.types.SequenceEditor):
    # Renamed in Blender 4.4; the old name is gone from 5.0.
    return editor.strips if hasattr(editor, "strips") else editor.sequences
