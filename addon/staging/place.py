"""Placing a character in the scene."""

import bpy
from mathutils import Vector

from ..scene.character import Character, characters
from ..scene.rig import axes
from ..scene.stored_motion import stored


def place_at(character: Character, point: Vector) -> None:
    """Move the character so that its floor is at `point` (world, metres) under where it starts.

    Its camera goes with it, so that the video stays behind it, unless other people share the
    camera. Whatever turned or scaled the character remains.
    """
    armature = character.armature
    below_pelvis = stored(armature).motion[1][0] * (1.0, 0.0, 1.0)
    start = armature.matrix_world @ Vector(axes(armature) @ below_pelvis)
    shift = Vector(point) - start
    placed = [armature]
    if character.camera and not _shared(character):
        placed.append(character.camera)
    for item in placed:
        # A delta moves a camera too whose own location is animated.
        item.delta_location += shift


def _shared(character: Character) -> bool:
    return any(
        other.camera == character.camera and other.armature != character.armature
        for scene in bpy.data.scenes
        for other in characters(scene)
    )
