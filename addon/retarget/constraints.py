"""The other way: bones follow the source by constraints, to be tweaked by hand; nothing is keyed.

A guide, the source's armature again, scaled to the rig and standing where it stands, plays the
source's own action. On its bones sit empties turned as the rig's rest pose asks for, and the rig's
bones copy them. Feet are not planted: that takes the whole motion at once.
"""

import bpy
import numpy as np
from mathutils import Matrix

from ...backend.errors import OneTakeError
from ...backend.motion.skeleton import JOINT, JOINTS
from ..scene.armature import rest_frames
from ..scene.character import Character
from ..scene.rest_skeleton import TO_BLENDER
from ..scene.stored_motion import stored
from .align import align
from .bone_map import BoneMap
from .rig import Rig, read_rig
from .slots import SLOT

_NAME = "OneTake Retarget"
GUIDE = "onetake_retarget_guide"


def constrain(
    context: bpy.types.Context,
    character: Character,
    target: bpy.types.Object,
    bone_map: BoneMap,
) -> bpy.types.Object:
    """Let the rig's bones follow the character by constraints; the guide that they follow.

    Earlier constraints of ours go. The rig's own action stays, below them. OneTakeError as
    `bake.retarget`.
    """
    bone_map = bone_map.on(bone.name for bone in target.data.bones)
    alignment = align(
        read_rig(target, bone_map), stored(character.armature).skeleton.joints(character.betas)
    )
    remove(target)
    rig = alignment.rig
    collection = bpy.data.collections.new(f"{target.name}.retarget")
    context.scene.collection.children.link(collection)
    guide = _guide(collection, character, target, rig)
    target[GUIDE] = guide
    for row, (slot, number) in enumerate(rig.slots):
        joint = _joint(rig, slot, number)
        if joint is None:
            continue
        empty = _empty(collection, guide, joint, rig, alignment.turns, row)
        bone = target.pose.bones[rig.names[row]]
        _copy(bone, "COPY_ROTATION", empty)
        if slot == "pelvis":
            _copy(bone, "COPY_LOCATION", empty)
    context.view_layer.update()
    return guide


def remove(target: bpy.types.Object) -> None:
    """Take our constraints off a rig, and what they followed out of the file."""
    for bone in target.pose.bones:
        for constraint in [c for c in bone.constraints if c.name.startswith(_NAME)]:
            bone.constraints.remove(constraint)
    guide = target.pop(GUIDE, None)
    if guide is None:
        return
    collections = list(guide.users_collection)
    for item in [*guide.children, guide]:
        bpy.data.objects.remove(item)
    for collection in collections:
        if not collection.all_objects:
            bpy.data.collections.remove(collection)


def _guide(collection, character, target, rig: Rig) -> bpy.types.Object:
    armature = character.armature
    if character.action is None:
        raise OneTakeError("no_action", f"{armature.name} has no keys to follow.")
    guide = bpy.data.objects.new(f"{target.name}.guide", armature.data)
    collection.objects.link(guide)
    guide.animation_data_create().action = character.action
    if hasattr(character.action, "slots"):
        guide.animation_data.action_slot = character.action.slots[0]
    guide.parent = target
    # Blender's axes of the source (x left, z up, -y forward) -> the rig's.
    matrix = np.eye(4)
    matrix[:3, :3] = rig.axes.T @ TO_BLENDER.T / rig.scale
    matrix[:3, 3] = rig.axes[1] * rig.floor
    guide.matrix_basis = Matrix(matrix)
    guide.hide_render = True
    guide.hide_set(True)
    return guide


def _joint(rig: Rig, slot: str, number: int) -> str | None:
    """The source's joint that a bone follows: chains share theirs as `transfer` does, in steps."""
    if slot == "spine":
        count = sum(name == slot for name, _ in rig.slots)
        return ("spine1", "spine2", "spine3")[max(0, round(3 * (number + 1) / count) - 1)]
    return SLOT[slot].joint or None


def _empty(collection, guide, joint, rig: Rig, turns, row) -> bpy.types.Object:
    empty = bpy.data.objects.new(f"{rig.names[row]}.guide", None)
    empty.empty_display_size = 0.05
    collection.objects.link(empty)
    empty.parent, empty.parent_type, empty.parent_bone = guide, "BONE", joint
    heads, matrices = rest_frames(guide)
    bone = guide.data.bones[joint]
    index = JOINT[joint]
    # Objects on a bone hang at its tail.
    frame = np.eye(4)
    frame[:3, :3] = matrices[index]
    frame[:3, 3] = heads[index] + matrices[index][:, 1] * bone.length
    wanted = np.eye(4)
    wanted[:3, :3] = TO_BLENDER @ turns[row] @ rig.rest[row]
    wanted[:3, 3] = heads[index]
    if joint == JOINTS[0]:
        hips = heads[[JOINT["left_hip"], JOINT["right_hip"]]].mean(axis=0)
        middle = (rig.head("thigh.L") + rig.head("thigh.R")) / 2
        wanted[:3, 3] = hips + TO_BLENDER @ (rig.heads[row] - middle)
    empty.matrix_basis = Matrix(np.linalg.inv(frame) @ wanted)
    return empty


def _copy(bone: bpy.types.PoseBone, kind: str, empty: bpy.types.Object) -> None:
    constraint = bone.constraints.new(kind)
    constraint.name = f"{_NAME} {kind.removeprefix('COPY_').capitalize()}"
    constraint.target = empty
