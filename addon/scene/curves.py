"""Animation curves written in bulk, on every Blender from 4.2: with action slots or without."""

from collections.abc import Iterable
from dataclasses import dataclass

import bpy
import numpy as np

# bpy.types.Keyframe.interpolation's number for 'LINEAR': bulk writing takes numbers only.
_LINEAR = 1


@dataclass(frozen=True)
class Curve:
    """One channel: an animated property, its index, its group in the editors, T values."""

    path: str
    index: int
    group: str
    values: np.ndarray  # (T,) in the property's own unit


def new_action(owner: bpy.types.ID, name: str) -> bpy.types.Action:
    """An empty action that `owner` (an object, a camera) plays."""
    action = bpy.data.actions.new(name)
    animation = owner.animation_data or owner.animation_data_create()
    animation.action = action
    if hasattr(action, "slots"):
        # Blender 4.4 and later: an action animates nothing until a slot is chosen.
        animation.action_slot = action.slots.new(id_type=owner.id_type, name=owner.name)
    return action


def write_curves(action: bpy.types.Action, frames: np.ndarray, curves: Iterable[Curve]) -> None:
    """Key `curves` at `frames` (T,), ascending, with straight lines between the keys.

    Channels that have T keys already keep their other settings and only move. Nothing is animated
    by single key frame calls: a million keys take half a second.
    """
    bag = _bag(action)
    keys = np.empty((len(frames), 2), np.float32)
    keys[:, 0] = frames
    linear = np.full(len(frames), _LINEAR, np.int32)
    for curve in curves:
        channel = bag.fcurves.find(curve.path, index=curve.index)
        if channel is None:
            channel = bag.fcurves.new(curve.path, index=curve.index)
            channel.group = bag.groups.get(curve.group) or bag.groups.new(curve.group)
        points = channel.keyframe_points
        keys[:, 1] = curve.values
        flat = keys.ravel()
        if len(points) != len(frames):
            points.clear()
            points.add(len(frames))
            points.foreach_set("interpolation", linear)
            # Straight lines ignore the handles, but "frame all" in the graph editor does not, so
            # they may not stay at 0; that they lag behind keys which move later does no harm.
            # FCurve.update() would cost ten times as much, to sort what is sorted.
            points.foreach_set("handle_left", flat)
            points.foreach_set("handle_right", flat)
        points.foreach_set("co", flat)
    action.update_tag()


def write_samples(action: bpy.types.Action, curves: Iterable[Curve]) -> None:
    """Let an action play `curves`, a value a frame from frame 0 on.

    Samples cannot be edited as keys can, but take a fifth of their memory, and whatever evaluates
    the action has a copy of it. One channel after the other: they are keys at first.
    """
    bag = _bag(action)
    for curve in curves:
        count = len(curve.values)
        write_curves(action, np.arange(count), [curve])
        channel = bag.fcurves.find(curve.path, index=curve.index)
        channel.convert_to_samples(0, count)


def read_curve(action: bpy.types.Action, path: str, index: int) -> np.ndarray:
    """(T, 2) frames and values of one channel; (0, 2) where the action has none."""
    (keys,) = read_curves(action, [(path, index)])
    return keys


def read_curves(action: bpy.types.Action, channels: Iterable[tuple[str, int]]) -> list[np.ndarray]:
    """(T, 2) frames and values of each channel (path, index); (0, 2) where there is none."""
    bag = _bag(action)
    found = []
    for path, index in channels:
        channel = bag.fcurves.find(path, index=index)
        points = channel.keyframe_points if channel else ()
        keys = np.empty(2 * len(points), np.float32)
        if len(points):
            points.foreach_get("co", keys)
        found.append(keys.reshape(-1, 2))
    return found


def sample_curves(
    action: bpy.types.Action,
    channels: Iterable[tuple[str, int]],
    frames: np.ndarray,
    otherwise: np.ndarray,
) -> np.ndarray:
    """(T, C) what the channels are at frames (T,), however they are keyed.

    otherwise: (T, C) where there is no such channel, or no key in it.
    """
    fcurves = _bag(action).fcurves
    values = np.array(otherwise, float)
    for column, (path, index) in enumerate(channels):
        channel = fcurves.find(path, index=index)
        if channel and len(channel.keyframe_points):
            values[:, column] = [channel.evaluate(frame) for frame in frames]
    return values


def stretch_curves(action: bpy.types.Action, start: float, factor: float) -> None:
    """Let an action play `factor` times as long, from frame `start` on."""
    for channel in _bag(action).fcurves:
        points = channel.keyframe_points
        for name in ("co", "handle_left", "handle_right"):
            flat = np.empty(2 * len(points), np.float32)
            points.foreach_get(name, flat)
            flat[::2] = start + factor * (flat[::2] - start)
            points.foreach_set(name, flat)
    action.update_tag()


def _bag(action: bpy.types.Action):
    """What holds an action's `fcurves` and `groups`: its slot's channel bag; before 4.4 itself."""
    if not hasattr(action, "slots"):
        return action
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(action.slots[0], ensure=True)
