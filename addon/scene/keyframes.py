"""SMPL motion as key frames of the armature's bones."""

import bpy
import numpy as np

from ...backend.motion.rotations import axis_angle_to_quaternion, continuous_quaternions
from ...backend.motion.skeleton import JOINTS
from .armature import rest_frames
from .curves import Curve, write_curves
from .rest_skeleton import TO_BLENDER, blender_axes


def key_motion(
    armature: bpy.types.Object,
    action: bpy.types.Action,
    frames: np.ndarray,
    poses: np.ndarray,
    trans: np.ndarray,
) -> None:
    """Key every bone's rotation and the pelvis' location.

    frames: (T,) ascending. poses: (T, 24, 3) axis-angle in SMPL's axes, parent-relative.
    trans: (T, 3) pelvis joint in the world, metres, y up.
    """
    heads, matrices = rest_frames(armature)
    # With R a joint's turn in SMPL's axes, A the change of axes and B the bone's rest matrix, the
    # bone's own channel is inv(B) (A R inv(A)) B, whoever its parent is: the same turn about an
    # axis that is seen from the bone.
    to_bones = np.swapaxes(matrices, 1, 2) @ TO_BLENDER
    axes = np.einsum("jab,tjb->tja", to_bones, np.asarray(poses, np.float64))
    turns = continuous_quaternions(axis_angle_to_quaternion(axes))
    shifts = (blender_axes(trans) - heads[0]) @ matrices[0]

    curves = [
        Curve(f'pose.bones["{JOINTS[0]}"].location', axis, JOINTS[0], shifts[:, axis])
        for axis in range(3)
    ]
    curves += [
        Curve(f'pose.bones["{name}"].rotation_quaternion', part, name, turns[:, joint, part])
        for joint, name in enumerate(JOINTS)
        for part in range(4)
    ]
    write_curves(action, frames, curves)
