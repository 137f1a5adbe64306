"""Keys that somebody edited by hand: kept on a layer over the take's motion, or discarded.

On the layer they are differences, which Blender's non-linear animation combines with whatever the
motion below becomes when its smoothing or its shape change.
"""

import bpy
import numpy as np

from ...backend.errors import OneTakeError
from ...backend.motion.rotations import conjugate, continuous_quaternions, multiply_quaternions
from .character import Character
from .curves import Curve, new_action, sample_curves, write_curves
from .keyframes import channels
from .keying import key_all, motion_values, require_unedited
from .nla import push_down
from .rig import bone_names

# Metres, and parts of a unit quaternion: what is less comes of rounding.
_SAME = 1e-5


def is_edited(character: Character) -> bool:
    """Whether the take's keys are no longer those that were written."""
    try:
        require_unedited(character.armature)
    except OneTakeError:
        return True
    return False


def discard_edits(character: Character) -> None:
    """Make the take's keys what they were before somebody edited them."""
    key_all(character.armature)


def keep_edits(character: Character) -> bpy.types.Action:
    """Move what was edited by hand to an action of its own, over the take's; both still play.

    The take's action becomes a strip, the layer the active action, into which further edits go; it
    is empty where nothing was edited. OneTakeError where another action plays or none is left.
    """
    armature, base = character.armature, character.action
    if base is None:
        raise OneTakeError(
            "no_action",
            f"{armature.name} has no keys to put a layer over: discard the edits first.",
        )
    animation = armature.animation_data or armature.animation_data_create()
    if animation.action not in (None, base):
        raise OneTakeError(
            "other_action",
            f"{armature.name} plays {animation.action.name}: push that down first, then try again.",
        )
    frames, below = motion_values(armature)
    edited = sample_curves(base, channels(armature), frames, below)
    curves = _differences(armature, below, edited)
    key_all(armature)
    push_down(armature, base)
    layer = new_action(armature, f"{base.name}.edits")
    animation.action_blend_type = "COMBINE"
    write_curves(layer, frames, curves)
    return layer


def _differences(armature: bpy.types.Object, below: np.ndarray, edited: np.ndarray) -> list[Curve]:
    """Curves of (T, 99) edited values over those below, of the bones that differ."""
    curves, paths, names = [], channels(armature), bone_names(armature)
    shift = edited[:, :3] - below[:, :3]
    if np.abs(shift).max() > _SAME:
        path, _ = paths[0]
        curves += [Curve(path, axis, names[0], shift[:, axis]) for axis in range(3)]
    shape = (len(below), 24, 4)
    turned = edited[:, 3:].reshape(shape)
    turned = turned / np.maximum(np.linalg.norm(turned, axis=-1, keepdims=True), 1e-9)
    # Blender turns by the layer after, seen from the bone, the motion below.
    turns = multiply_quaternions(conjugate(below[:, 3:].reshape(shape)), turned)
    turns = continuous_quaternions(turns * np.where(turns[:1, :, :1] < 0, -1.0, 1.0))
    for joint, name in enumerate(names):
        if np.abs(turns[:, joint, 1:]).max() > _SAME:
            path, _ = paths[3 + 4 * joint]
            curves += [Curve(path, part, name, turns[:, joint, part]) for part in range(4)]
    return curves
