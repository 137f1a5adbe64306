"""The SMPL armature: 24 bones along the limbs, heads on the rest joints of one shape."""

from collections.abc import Iterator
from contextlib import contextmanager

import bpy
import numpy as np

from ...backend.motion.skeleton import JOINTS, PARENTS
from .rest_skeleton import TAILS, RestSkeleton
from .rig import bone_names


def create_armature(
    context: bpy.types.Context,
    collection: bpy.types.Collection,
    name: str,
    skeleton: RestSkeleton,
    betas: np.ndarray,
) -> bpy.types.Object:
    """A new armature object at the origin, feet on z = 0, every bone on quaternions.

    The collection must be in the view layer: bones can only be made in edit mode.
    """
    data = bpy.data.armatures.new(name)
    data.display_type = "STICK"
    armature = bpy.data.objects.new(name, data)
    # Bones lie inside the body.
    armature.show_in_front = True
    collection.objects.link(armature)
    with _edit_bones(context, armature) as bones:
        for joint in JOINTS:
            bones.new(joint)
        for joint, parent in zip(JOINTS, PARENTS, strict=True):
            if parent >= 0:
                bones[joint].parent = bones[JOINTS[parent]]
        _place(bones, skeleton, betas)
        # Only where the parent ends on this joint anyway: connecting moves the parent's tail.
        for joint, parent in enumerate(PARENTS):
            bones[JOINTS[joint]].use_connect = bool(parent >= 0 and TAILS[parent] == joint)
    for bone in armature.pose.bones:
        bone.rotation_mode = "QUATERNION"
    return armature


def move_rest(
    context: bpy.types.Context,
    armature: bpy.types.Object,
    skeleton: RestSkeleton,
    betas: np.ndarray,
) -> None:
    """Put the rest bones where another shape has its joints; key frames are not touched."""
    with _edit_bones(context, armature) as bones:
        _place(bones, skeleton, betas)


def rest_frames(armature: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """Heads (24, 3) and rest matrices (24, 3, 3) as Blender keeps them, in armature space."""
    bones = armature.data.bones
    matrices = np.array([bones[name].matrix_local for name in bone_names(armature)])
    return matrices[:, :3, 3], matrices[:, :3, :3]


def _place(bones: bpy.types.ArmatureEditBones, skeleton: RestSkeleton, betas: np.ndarray) -> None:
    heads, tails, matrices = skeleton.bones(betas)
    for joint, head, tail, matrix in zip(JOINTS, heads, tails, matrices, strict=True):
        bones[joint].head = head
        bones[joint].tail = tail
        bones[joint].align_roll(matrix[:, 2])


@contextmanager
def object_mode(context: bpy.types.Context) -> Iterator[None]:
    """Object mode, so that edits are in their data; then the active object's mode again."""
    active = context.view_layer.objects.active
    mode = active.mode if active else "OBJECT"
    if mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    try:
        yield
    finally:
        context.view_layer.objects.active = active
        if mode != "OBJECT":
            bpy.ops.object.mode_set(mode=mode)


@contextmanager
def _edit_bones(
    context: bpy.types.Context, armature: bpy.types.Object
) -> Iterator[bpy.types.ArmatureEditBones]:
    """Edit mode on one armature, and everything back as it was afterwards.

    Edit mode takes only a visible object of the active view layer, so that is what it is meanwhile.
    """
    layer, root = context.view_layer, context.scene.collection
    with object_mode(context):
        # In a collection that this view layer leaves out, or in another scene.
        absent = armature.name not in layer.objects
        if absent:
            root.objects.link(armature)
        hidden, disabled = armature.hide_get(), armature.hide_viewport
        armature.hide_viewport = False
        armature.hide_set(False)
        layer.objects.active = armature
        try:
            bpy.ops.object.mode_set(mode="EDIT")
            yield armature.data.edit_bones
        finally:
            if armature.mode == "EDIT":
                bpy.ops.object.mode_set(mode="OBJECT")
            armature.hide_viewport = disabled
            armature.hide_set(hidden)
            if absent:
                root.objects.unlink(armature)
