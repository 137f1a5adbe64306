"""A double of a character with the skeleton of an export preset, in a scene of its own.

Blender's exporters write this: names, rest pose, action and selection of the user's own character
are not touched, and everything here is gone afterwards.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ...backend.export_preset import ExportPreset
from ...backend.motion.skeleton import JOINT, JOINTS
from ..scene.character import Character
from ..scene.correctives import corrective_keys
from ..scene.curves import Curve, new_action, write_curves, write_samples
from .rest_pose import unposed
from .rig import Motion, Rig
from .sample import stage

# Metres, of single precision far from the origin: a bone that moves less along needs no keys.
_STILL = 1e-5


@dataclass(frozen=True)
class StandIn:
    """What an exporter gets; its action is the only strip, from frame 0, one key a frame."""

    scene: bpy.types.Scene
    armature: bpy.types.Object
    body: bpy.types.Object | None
    rig: Rig
    last: int  # frame

    @property
    def objects(self) -> list[bpy.types.Object]:
        """Armature and body, where there is one."""
        return [item for item in (self.armature, self.body) if item]


@contextmanager
def stand_in(
    context: bpy.types.Context,
    character: Character,
    motion: Motion,
    preset: ExportPreset,
    fps_base: float,
    *,
    sampled: bool = False,
) -> Iterator[StandIn]:
    """The double, with the context pointing at it: its scene, its armature active, all selected.

    Its names are those that the file shall have; who has them meanwhile is called otherwise.
    fps_base: of its scene. sampled: its motion in samples, not keys: less memory, for exporters
    that step through the frames and do not look for keys.
    """
    rig = Rig.of(motion, preset)
    name = preset.object_name or character.armature.name
    with ExitStack() as stack:
        stack.enter_context(_lent(bpy.data.objects, name))
        stack.enter_context(_lent(bpy.data.armatures, name))
        if character.body:
            stack.enter_context(_lent(bpy.data.objects, character.body.name))
            stack.enter_context(_lent(bpy.data.meshes, character.body.data.name))
        scene = stack.enter_context(stage(context.scene, fps_base))
        scene.unit_settings.scale_length = 1.0 / preset.per_metre
        scene.frame_start, scene.frame_end = 0, len(rig) - 1
        armature = stack.enter_context(_armature(context, scene, name, rig))
        body = None
        if character.body:
            body = stack.enter_context(_body(character, armature, rig, motion, preset))
            scene.collection.objects.link(body)
        stack.enter_context(_strip(armature, rig, motion.name, sampled))
        made = StandIn(scene, armature, body, rig, scene.frame_end)
        stack.enter_context(_pointing_at(context, made))
        yield made


@contextmanager
def _lent(collection: bpy.types.bpy_prop_collection, name: str) -> Iterator[None]:
    """The name is free meanwhile."""
    owners = [item for item in collection if item.name == name and item.library is None]
    for owner in owners:
        owner.name = f"{name[:40]} lends its name"
    try:
        yield
    finally:
        for owner in owners:
            owner.name = name


@contextmanager
def _armature(context, scene, name: str, rig: Rig) -> Iterator[bpy.types.Object]:
    """The armature in rest, turned so that the file's axes are Blender's in the scene."""
    data = bpy.data.armatures.new(name)
    armature = bpy.data.objects.new(name, data)
    try:
        scene.collection.objects.link(armature)
        armature.matrix_world = _turn(rig).inverted()
        layer = scene.view_layers[0]
        layer.objects.active = armature
        with context.temp_override(
            scene=scene, view_layer=layer, active_object=armature, object=armature
        ):
            bpy.ops.object.mode_set(mode="EDIT")
            try:
                for bone, matrix in enumerate(rig.rest):
                    _add_bone(data, rig, bone, matrix)
            finally:
                bpy.ops.object.mode_set(mode="OBJECT")
        for bone in armature.pose.bones:
            bone.rotation_mode = "QUATERNION"
        yield armature
    finally:
        bpy.data.objects.remove(armature)
        bpy.data.armatures.remove(data)


def _add_bone(data: bpy.types.Armature, rig: Rig, bone: int, matrix: np.ndarray) -> None:
    made = data.edit_bones.new(rig.names[bone])
    made.head = matrix[:3, 3]
    made.tail = matrix[:3, 3] + matrix[:3, 1] * rig.lengths[bone]
    made.align_roll(Vector(matrix[:3, 2]))
    if rig.parents[bone] >= 0:
        made.parent = data.edit_bones[rig.names[rig.parents[bone]]]


def _turn(rig: Rig) -> Matrix:
    """From Blender's axes to the file's, without its unit."""
    turn = np.eye(4)
    turn[:3, :3] = rig.axes[:3, :3] / np.linalg.norm(rig.axes[0, :3])
    return Matrix(turn)


@contextmanager
def _body(
    character: Character, armature: bpy.types.Object, rig: Rig, motion: Motion, preset: ExportPreset
) -> Iterator[bpy.types.Object]:
    """The skin in its present shape, without shape keys, in the double's rest, on its bones."""
    source = character.body
    # The names in the file are the user's, lent by who has them now.
    names = [item.name.removesuffix(" lends its name") for item in (source, source.data)]
    body = source.copy()
    mesh = bpy.data.meshes.new_from_object(source)
    try:
        body.name, mesh.name = names
        body.animation_data_clear()
        body.data = mesh
        vertices = _in_armature(character, _mixed(source), motion)
        vertices = unposed(vertices, _weights(mesh, body), rig.change)
        vertices = vertices @ rig.axes[:3, :3].T
        mesh.vertices.foreach_set("co", vertices.astype(np.float32).ravel())
        mesh.update()
        for joint, name in zip(JOINTS, preset.joint_names, strict=True):
            group = body.vertex_groups.get(joint)
            if group:
                group.name = name
        for modifier in body.modifiers:
            if modifier.type == "ARMATURE" and modifier.object == character.armature:
                modifier.object = armature
        body.parent, body.parent_type = armature, "OBJECT"
        body.matrix_parent_inverse = body.matrix_basis = Matrix()
        body.delta_location = (0.0, 0.0, 0.0)
        body.hide_viewport = body.hide_render = False
        yield body
    finally:
        bpy.data.objects.remove(body)
        bpy.data.meshes.remove(mesh)


def _mixed(body: bpy.types.Object) -> np.ndarray:
    """(V, 3) vertices at the present values of the shape keys; the pose's do not count."""
    mesh = body.data
    if mesh.shape_keys is None:
        points = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", points)
        return points.reshape(-1, 3).astype(float)
    # On a copy, because adding a key changes which one is active, and never cleared: clearing
    # keys leaves a Key behind that belongs to nothing.
    double, copy = body.copy(), mesh.copy()
    try:
        double.data = copy
        for key in corrective_keys(copy):
            key.mute = True
        mix = double.shape_key_add(name="mix", from_mix=True)
        points = np.empty(3 * len(copy.vertices), np.float32)
        mix.data.foreach_get("co", points)
    finally:
        bpy.data.objects.remove(double)
        bpy.data.meshes.remove(copy)
    return points.reshape(-1, 3).astype(float)


def _in_armature(character: Character, points: np.ndarray, motion: Motion) -> np.ndarray:
    """The body's points (V, 3) where its armature rests, in metres of the world."""
    armature, body = character.armature, character.body
    to_armature = np.array(body.matrix_parent_inverse @ body.matrix_basis)
    scale = motion.lengths[0] / armature.data.bones[JOINTS[0]].length
    return (points @ to_armature[:3, :3].T + to_armature[:3, 3]) * scale


def _weights(mesh: bpy.types.Mesh, body: bpy.types.Object) -> np.ndarray:
    """(V, 24) of each joint, rows summing to 1 where any of them moves the vertex."""
    joints = {group.index: JOINT[group.name] for group in body.vertex_groups if group.name in JOINT}
    weights = np.zeros((len(mesh.vertices), 24))
    for vertex in mesh.vertices:
        for element in vertex.groups:
            if element.group in joints:
                weights[vertex.index, joints[element.group]] = element.weight
    total = weights.sum(axis=1, keepdims=True)
    return weights / np.where(total > 1e-6, total, 1.0)


@contextmanager
def _strip(armature: bpy.types.Object, rig: Rig, name: str, sampled: bool) -> Iterator[None]:
    """The motion as the only strip of the only track: exporters name takes after these."""
    action = new_action(armature, name)
    try:
        if sampled:
            write_samples(action, _curves(armature, rig))
        else:
            write_curves(action, np.arange(len(rig)), _curves(armature, rig))
        # Of one frame the strip would be none.
        action.use_frame_range = True
        action.frame_start, action.frame_end = 0, max(len(rig) - 1, 1)
        animation = armature.animation_data
        slot = getattr(animation, "action_slot", None)
        animation.action = None
        track = animation.nla_tracks.new()
        track.name = name
        strip = track.strips.new(name, 0, action)
        strip.name = name
        if slot:
            strip.action_slot = slot
        yield
    finally:
        bpy.data.actions.remove(action)


def _curves(armature: bpy.types.Object, rig: Rig) -> list[Curve]:
    """The motion, a value a frame."""
    rest = np.array([armature.data.bones[bone].matrix_local for bone in rig.names])
    locations, rotations = rig.channels(rest)
    still = _STILL * np.linalg.norm(rig.axes[0, :3])
    curves = []
    for bone, called in enumerate(rig.names):
        path = f'pose.bones["{called}"]'
        if rig.parents[bone] < 0 or np.abs(locations[:, bone]).max() > still:
            for axis in range(3):
                curves.append(Curve(f"{path}.location", axis, called, locations[:, bone, axis]))
        for part in range(4):
            values = rotations[:, bone, part]
            curves.append(Curve(f"{path}.rotation_quaternion", part, called, values))
    return curves


@contextmanager
def _pointing_at(context: bpy.types.Context, made: StandIn) -> Iterator[None]:
    layer = made.scene.view_layers[0]
    for item in made.objects:
        item.select_set(True, view_layer=layer)
    made.scene.frame_set(0)
    with context.temp_override(
        scene=made.scene,
        view_layer=layer,
        selected_objects=made.objects,
        active_object=made.armature,
        object=made.armature,
    ):
        yield
