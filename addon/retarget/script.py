"""Retargeting as scripts call it."""

from pathlib import Path

import bpy

from ..scene.character import Character
from .bake import retarget as bake
from .bone_map import BoneMap
from .constraints import constrain
from .presets import guess, read_rig_preset
from .transfer import RetargetSettings


def retarget(
    context: bpy.types.Context,
    character: Character,
    rig: bpy.types.Object,
    preset: str | Path | BoneMap | None = None,
    *,
    plant_feet: bool = True,
    keep_hands: bool = False,
    root_motion: bool = False,
    live: bool = True,
    constraints_only: bool = False,
) -> bpy.types.Action | bpy.types.Object:
    """Let an armature play a character's motion: its new action, or the guide of its constraints.

    preset: a name ("mixamo"), a JSON file or a map; the rig's bones tell where None. plant_feet:
    feet that stand stay on the floor. keep_hands: hands are as high over the floor, in lengths of
    the leg. root_motion: the root bone carries the way over the ground. live: bake again when
    smoothing or shape change. OneTakeError with a sentence where it cannot be done.
    """
    if preset is None:
        _, preset = guess(rig)
    bone_map = preset if isinstance(preset, BoneMap) else read_rig_preset(preset)
    if constraints_only:
        return constrain(context, character, rig, bone_map)
    settings = RetargetSettings(plant_feet, keep_hands, root_motion)
    return bake(context, character, rig, bone_map, settings, live=live)
