"""One call from a character to a new action of another rig, and again when its keys change."""

from collections.abc import Mapping
from dataclasses import replace

import bpy

from ...backend.errors import OneTakeError
from ..character_operator import PROBLEM
from ..scene.character import Character
from ..scene.curves import Curve, new_action, write_curves
from ..scene.timing import cover
from . import constraints
from .align import align
from .attachment import Attachment, attachment
from .bone_map import BoneMap, Value
from .channels import basis, placed, rotation_channel, rotation_values
from .record import (
    Record,
    action_of,
    checksum,
    followers,
    forget,
    recall,
    remember,
    require_unedited,
    source_of,
)
from .rig import Rig, read_rig
from .source import source_motion
from .transfer import RetargetSettings, SourceMotion, transfer


def retarget(
    context: bpy.types.Context,
    character: Character,
    target: bpy.types.Object,
    bone_map: BoneMap,
    settings: RetargetSettings | None = None,
    *,
    live: bool = True,
) -> bpy.types.Action:
    """Bake a character's motion to a new action, which the rig plays from then on.

    bone_map: names as in `target`, or near them (see `BoneMap.on`). live: bake again whenever the
    character's keys change. An action that the rig has from an earlier retarget is replaced.
    Pushes no undo step. OneTakeError unmapped, bad_rest, not_a_rig or read_only.
    """
    _require_rig(character, target)
    bone_map = bone_map.on(bone.name for bone in target.data.bones)
    settings = settings or RetargetSettings()
    rig = read_rig(target, bone_map)
    constraints.remove(target)
    set_properties(target, bone_map.properties)
    held = attachment(context, target, rig.names, placed(rig, settings))
    motion = source_motion(context, character)
    curves = _curves(target, rig, motion, held, settings)
    _set_aside(target)
    action = new_action(target, f"{target.name}.{character.armature.name}")
    write_curves(action, motion.frames, curves)
    channels = tuple((curve.path, curve.index) for curve in curves)
    record = Record(bone_map, settings, live, held, channels, checksum(action, channels))
    remember(target, character.armature, action, record)
    cover(context.scene, motion.frames[-1], fresh=False)
    return action


def bake_again(context: bpy.types.Context, target: bpy.types.Object) -> None:
    """Bake as the rig's record says; OneTakeError edited_keys where its keys were edited."""
    record, action = recall(target), action_of(target)
    if record is None or action is None:
        return
    require_unedited(target)
    character = Character.of(source_of(target))
    rig = read_rig(target, record.bone_map)
    motion = source_motion(context, character)
    write_curves(action, motion.frames, _curves(target, rig, motion, record.held, record.settings))
    record = replace(record, checksum=checksum(action, record.channels))
    remember(target, character.armature, action, record)


def follow(source: bpy.types.Object) -> None:
    """Bake every rig again that follows a character live; those with edited keys stay."""
    for target in list(followers(source)):
        record = recall(target)
        if record and record.live:
            try:
                bake_again(bpy.context, target)
            except OneTakeError as error:
                target[PROBLEM] = error.message
            else:
                target.pop(PROBLEM, None)


def set_properties(target: bpy.types.Object, properties: Mapping[str, Mapping[str, Value]]) -> None:
    """Set switches of a control rig: custom properties that its bones have, and their IK stretch.

    Blender's IK shortens bones that may stretch rather than bend them.
    """
    for bone, values in properties.items():
        pose_bone = target.pose.bones.get(bone)
        for name, value in values.items():
            if pose_bone is not None and name in pose_bone:
                pose_bone[name] = type(pose_bone[name])(value)
            elif pose_bone is not None and name == "ik_stretch":
                pose_bone.ik_stretch = float(value)
    target.update_tag()


def _require_rig(character: Character, target: bpy.types.Object | None) -> None:
    if target is None or target.type != "ARMATURE" or target == character.armature:
        raise OneTakeError("not_a_rig", "Choose the armature that the motion goes to.")
    if target.library is not None:
        raise OneTakeError(
            "read_only", f"{target.name} is linked: make a library override of it first."
        )


def _curves(
    target: bpy.types.Object,
    rig: Rig,
    motion: SourceMotion,
    held: Attachment,
    settings: RetargetSettings,
) -> list[Curve]:
    alignment = align(rig, motion.rest)
    moved = transfer(motion, alignment, settings)
    rotations, locations = basis(alignment.rig, moved, held, settings)
    curves = []
    for row, name in enumerate(rig.names):
        bone = target.pose.bones[name]
        path = f'pose.bones["{bpy.utils.escape_identifier(name)}"]'
        channels = {}
        if row in locations:
            channels["location"] = locations[row]
        if row in rotations:
            mode = bone.rotation_mode
            channels[rotation_channel(mode)] = rotation_values(rotations[row], mode)
        curves += [
            Curve(f"{path}.{channel}", index, name, column)
            for channel, values in channels.items()
            for index, column in enumerate(values.T)
        ]
    return curves


def _set_aside(target: bpy.types.Object) -> None:
    """Make room: an earlier bake as it was written goes, what else the rig played is kept."""
    earlier, animation = action_of(target), target.animation_data
    try:
        require_unedited(target)
    except OneTakeError:
        earlier = None
    if animation and animation.action and animation.action != earlier:
        # It must not vanish when the file is saved.
        animation.action.use_fake_user = True
    forget(target)
    if earlier and not earlier.use_fake_user and earlier.users <= 1:
        bpy.data.actions.remove(earlier)
