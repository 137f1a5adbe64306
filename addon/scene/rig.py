"""How an armature's bones stand for SMPL's joints.

An armature that others made keeps the names of its bones and its axes in custom properties.
"""

import json

import bpy
import numpy as np

from ...backend.motion.skeleton import JOINTS
from .rest_skeleton import TO_BLENDER

_BONES, _AXES = "onetake_bones", "onetake_axes"


def is_foreign(armature: bpy.types.Object) -> bool:
    """Whether somebody else made the armature: its rest pose and shape are its own."""
    return _BONES in armature


def describe(armature: bpy.types.Object, bones: tuple[str, ...], axes: np.ndarray) -> None:
    """Note how a foreign armature is built.

    bones: 24 names in SMPL's order. axes: (3, 3) takes metres, y up, to the armature's own space.
    """
    armature[_BONES] = json.dumps(bones)
    armature[_AXES] = np.asarray(axes, float).ravel().tolist()


def bone_names(armature: bpy.types.Object) -> tuple[str, ...]:
    """24 names in SMPL's order."""
    return tuple(json.loads(armature[_BONES])) if is_foreign(armature) else JOINTS


def axes(armature: bpy.types.Object) -> np.ndarray:
    """(3, 3) from metres, y up, to the armature's own space: a rotation times a length's factor."""
    if is_foreign(armature):
        return np.array(armature[_AXES]).reshape(3, 3)
    return TO_BLENDER
