"""The keys that a character's stored motion makes: all of them, or those around one frame first.

What is to be made of the motion stands in custom properties of the armature, and so does a
checksum of the keys as they were written, by which those that somebody edited by hand are told.
"""

import json
import zlib
from collections.abc import Callable, Generator
from dataclasses import dataclass

import bpy
import numpy as np

from ...backend.errors import OneTakeError
from ...backend.motion.foot_lock import lock_feet
from ...backend.motion.skeleton import JOINT
from ...backend.motion.smoothing import SmoothingSettings, smooth
from .correctives import follow_rest
from .curves import new_action, read_curves
from .keyframes import channel_values, channels, write_channels
from .stored_motion import StoredMotion, stored
from .timing import frames_of

ACTION = "onetake_action"
BETAS = "onetake_betas"
IN_PLACE = "onetake_in_place"
SMOOTHING = "onetake_smoothing"
TIMING = "onetake_timing"
_CHECKSUM = "onetake_keys"

_AROUND = 1.0  # s before and after the frame that is looked at
# A filter forgets by e in 1 / (2 pi cut-off) seconds; after this many of those, or this many frames
# (more would cost more time than the difference is worth), keys begin to be right.
_FORGOTTEN, _FURTHEST = 6.0, 240

# (T, 2) frames and values of each of `channels`; None where nothing is keyed.
Keys = list[np.ndarray] | None

# Numpy's work in pieces between which a window can be redrawn; its value is what it returns.
Steps = Generator[None, None, tuple[np.ndarray, np.ndarray]]

# Called with an armature whose whole motion was keyed again.
listeners: list[Callable[[bpy.types.Object], None]] = []


@dataclass(frozen=True)
class Recipe:
    """What is made of the stored motion."""

    smoothing: SmoothingSettings | None  # None: as it was estimated
    betas: tuple[float, ...]  # ten, the shape of the bones
    in_place: bool  # without its way over the ground

    @classmethod
    def of(cls, armature: bpy.types.Object) -> "Recipe":
        """What an armature's custom properties say."""
        smoothing = json.loads(armature[SMOOTHING])
        return cls(
            None if smoothing is None else SmoothingSettings.from_dict(smoothing),
            tuple(armature[BETAS]),
            bool(armature.get(IN_PLACE, False)),
        )


def steps(kept: StoredMotion, recipe: Recipe, span: slice = slice(None)) -> Steps:
    """Poses (T, 24, 3) and trans (T, 3) to be keyed, of the frames in span."""
    poses, trans, timestamps = (array[span] for array in kept.motion)
    settings, betas = recipe.smoothing, np.array(recipe.betas)
    if settings:
        poses, trans = smooth(poses, trans, timestamps, settings)
        yield
    trans = kept.skeleton.keep_on_floor(poses, trans, kept.betas, betas)
    if settings and settings.foot_lock:
        rest = kept.skeleton.joints(betas)  # of the shape it has: the soles are at y = 0
        sole = float(rest[[JOINT["left_foot"], JOINT["right_foot"]], 1].mean())
        poses, trans = lock_feet(poses, trans, rest, kept.contacts[span], timestamps, sole=sole)
        yield
    if recipe.in_place:
        trans[:, [0, 2]] = kept.motion[1][0, [0, 2]]
    return poses, trans


def finished(work: Steps) -> tuple[np.ndarray, np.ndarray]:
    """The poses and trans of `steps`, at once."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value


def key_all(armature: bpy.types.Object) -> None:
    """Key the whole motion by the armature's recipe, whatever the keys were."""
    write_all(armature, *finished(steps(stored(armature), Recipe.of(armature))))


def write_all(armature: bpy.types.Object, poses: np.ndarray, trans: np.ndarray) -> None:
    """Key poses (T, 24, 3) and trans (T, 3) of every stored frame; where it must, a new action."""
    action = armature.get(ACTION)
    if action is None:
        action = armature[ACTION] = new_action(armature, armature.name)
    _write(armature, action, _frames(armature), channel_values(armature, poses, trans))
    follow_rest(armature)
    for listener in listeners:
        listener(armature)


def take_action(armature: bpy.types.Object, name: str) -> bpy.types.Action:
    """A new action for the take's keys; the one before stays in the file, edits and all."""
    before = armature.animation_data and armature.animation_data.action
    for action in (before, armature.get(ACTION)):
        if action:
            action.use_fake_user = True  # nobody else may play it: saving would lose it
    if armature.animation_data:
        armature.animation_data.use_tweak_mode = False
        armature.animation_data.action_blend_type = "REPLACE"
    action = armature[ACTION] = new_action(armature, name)
    armature.pop(_CHECKSUM, None)
    return action


def motion_values(armature: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """Frames (T,) and values (T, 99) of `channels` that `key_all` writes."""
    motion = finished(steps(stored(armature), Recipe.of(armature)))
    return _frames(armature), channel_values(armature, *motion)


def key_around(armature: bpy.types.Object, keys: Keys, frame: float) -> bool:
    """Key a second before and after a frame of the scene; whether that was all.

    As `key_all`, but for what further frames would have changed: that is not seen at first sight.
    keys: those that there are, of `require_unedited`.
    """
    kept, recipe = stored(armature), Recipe.of(armature)
    frames = _frames(armature)
    start, rate = armature[TIMING]
    times = kept.motion[2]
    middle = (frame - start) / rate
    first, last = np.searchsorted(times, [middle - _AROUND, middle + _AROUND])
    reach = _reach(recipe.smoothing)
    before, after = np.searchsorted(times, [middle - _AROUND - reach, middle + _AROUND + reach])
    before, after = max(before, first - _FURTHEST), min(after, last + _FURTHEST)
    if keys is None or after - before >= len(times):
        key_all(armature)
        return True
    if first == last:
        return False
    motion = finished(steps(kept, recipe, slice(before, after)))
    poses, trans = (array[first - before : last - before] for array in motion)
    values = np.stack([channel[:, 1] for channel in keys], axis=1)
    values[first:last] = channel_values(armature, poses, trans, values[max(first - 1, 0)])
    _write(armature, armature[ACTION], frames, values)
    return False


def require_unedited(armature: bpy.types.Object) -> Keys:
    """The keys that an armature has.

    OneTakeError edited_keys where they are no longer those that were written.
    """
    action = armature.get(ACTION)
    if action is None:
        return None
    keys = read_curves(action, channels(armature))
    if armature.get(_CHECKSUM) not in (None, _checksum(keys)):
        raise OneTakeError(
            "edited_keys",
            f"The keys of {armature.name} were edited by hand: keep the edits on a layer of their "
            "own, or discard them.",
        )
    return keys


def _write(armature, action, frames, values):
    write_channels(armature, action, frames, values)
    keys = np.empty((99, len(frames), 2), np.float32)
    keys[:, :, 0], keys[:, :, 1] = frames, values.T
    armature[_CHECKSUM] = _checksum(keys)


def _checksum(keys) -> str:
    total = 0
    for channel in keys:
        total = zlib.crc32(channel, total)
    return f"{total:08x}"


def _frames(armature: bpy.types.Object) -> np.ndarray:
    return frames_of(stored(armature).motion[2], *armature[TIMING])


def _reach(settings: SmoothingSettings | None) -> float:
    """Seconds to either side that count for one frame."""
    if settings is None:
        return 0.0
    slowest = settings.min_cutoff / max(*settings.strength.values(), 1.0)
    return _FORGOTTEN / (2 * np.pi * min(slowest, settings.d_cutoff))
