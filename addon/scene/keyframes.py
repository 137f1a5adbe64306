"""SMPL motion as key frames of the armature's bones."""

from functools import lru_cache

import bpy
import numpy as np

from ...backend.motion.rotations import axis_angle_to_quaternion, continuous_quaternions
from ...backend.motion.skeleton import JOINTS
from .armature import rest_frames
from .curves import Curve, write_curves
from .rig import axes, bone_names

Channels = tuple[tuple[str, int], ...]  # data path and index of each


@lru_cache(maxsize=8)
def _channels(names: tuple[str, ...]) -> Channels:
    escaped = [bpy.utils.escape_identifier(name) for name in names]
    return tuple((f'pose.bones["{escaped[0]}"].location', axis) for axis in range(3)) + tuple(
        (f'pose.bones["{name}"].rotation_quaternion', part) for name in escaped for part in range(4)
    )


# The channels of a character of ours, in the order in which `channel_values` makes them.
CHANNELS = _channels(JOINTS)


def channels(armature: bpy.types.Object) -> Channels:
    """The channels of any character, in that order."""
    return _channels(bone_names(armature))


def key_motion(
    armature: bpy.types.Object,
    action: bpy.types.Action,
    frames: np.ndarray,
    poses: np.ndarray,
    trans: np.ndarray,
) -> None:
    """Key every bone's rotation and the pelvis' location.

    frames: (T,) ascending. poses, trans: see `channel_values`.
    """
    write_channels(armature, action, frames, channel_values(armature, poses, trans))


def write_channels(
    armature: bpy.types.Object, action: bpy.types.Action, frames: np.ndarray, values: np.ndarray
) -> None:
    """Key values (T, 99), as `channel_values` gives them, at frames (T,), ascending."""
    names = bone_names(armature)
    groups = [names[0]] * 3 + [name for name in names for _ in range(4)]
    write_curves(
        action,
        frames,
        [
            Curve(path, index, group, column)
            for (path, index), group, column in zip(
                channels(armature), groups, values.T, strict=True
            )
        ],
    )


def channel_values(
    armature: bpy.types.Object,
    poses: np.ndarray,
    trans: np.ndarray,
    before: np.ndarray | None = None,
) -> np.ndarray:
    """(T, 99) the values of `channels`.

    poses: (T, 24, 3) axis-angle in SMPL's axes, parent-relative. trans: (T, 3) pelvis joint in the
    world, metres, y up. before: (99,) values that the quaternions go on from, q or -q.
    """
    heads, matrices = rest_frames(armature)
    # With R a joint's turn in SMPL's axes, A the change of axes and B the bone's rest matrix, the
    # bone's own channel is inv(B) (A R inv(A)) B, whoever its parent is: the same turn about an
    # axis that is seen from the bone.
    to_armature = axes(armature)
    turned = to_armature / np.cbrt(np.linalg.det(to_armature))
    to_bones = np.swapaxes(matrices, 1, 2) @ turned
    vectors = np.einsum("jab,tjb->tja", to_bones, np.asarray(poses, np.float64))
    turns = axis_angle_to_quaternion(vectors)
    if before is not None:
        turns = np.concatenate([before[None, 3:].reshape(1, 24, 4), turns])
    turns = continuous_quaternions(turns)[0 if before is None else 1 :]
    shifts = (np.asarray(trans) @ to_armature.T - heads[0]) @ matrices[0]
    return np.concatenate([shifts, turns.reshape(len(turns), 96)], axis=1)
