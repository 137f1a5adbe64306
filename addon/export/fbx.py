"""A character as an FBX that Unreal, Unity and Godot read right the first time."""

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import bpy
import numpy as np

from ..scene.armature import object_mode
from ..scene.character import Character
from ..smoothing.live import finish
from ..written import written

_OPTIONS = {
    "use_selection": True,
    "object_types": {"ARMATURE", "MESH"},
    # The unit factor goes into the file's header: otherwise the armature is scaled by 100.
    "apply_scale_options": "FBX_SCALE_ALL",
    "add_leaf_bones": False,
    "use_armature_deform_only": True,
    # Unreal warns about meshes without smoothing groups.
    "mesh_smooth_type": "FACE",
    # One strip, one take, named after the action; all actions would be every take of the file.
    "bake_anim": True,
    "bake_anim_use_nla_strips": True,
    "bake_anim_use_all_actions": False,
    "bake_anim_force_startend_keying": True,
    "bake_anim_simplify_factor": 0.0,
    "axis_forward": "-Z",
    "axis_up": "Y",
}


def export_fbx(context: bpy.types.Context, character: Character, path: str | Path) -> Path:
    """Write armature, skin and the action that plays (else the take's own) to one FBX.

    One key a frame of the scene, from the action's first frame, at time 0, to its last. The mesh is
    written in its present shape, without shape keys. Keys that still follow a slider are finished
    first, whichever action plays. The file appears complete or not at all, and
    the scene is left as it was. OneTakeError where the file cannot be written, edited_keys as
    `apply_smoothing` where keys to be finished were edited by hand.
    """
    finish(character.armature)
    path = Path(path)
    with written(path, ".fbx", "no_fbx") as partial, object_mode(context), ExitStack() as stack:
        scene = stack.enter_context(_stage(context.scene, character))
        if character.body:
            stack.enter_context(_shape_baked_in(character.body))
        stack.enter_context(_single_take(character))
        layer = scene.view_layers[0]
        chosen = [item for item in (character.armature, character.body) if item]
        stack.enter_context(
            context.temp_override(
                scene=scene,
                view_layer=layer,
                selected_objects=chosen,
                active_object=character.armature,
                object=character.armature,
            )
        )
        bpy.ops.export_scene.fbx(filepath=str(partial), **_OPTIONS)
    return path


@contextmanager
def _stage(scene: bpy.types.Scene, character: Character) -> Iterator[bpy.types.Scene]:
    """A scene of the character alone, at the same rate.

    The exporter steps through its scene frame by frame: here nothing else is computed, and the
    user's frame, selection and hidden objects are not touched.
    """
    stage = bpy.data.scenes.new("OneTake export")
    items = [item for item in (character.armature, character.body) if item]
    disabled = [item.hide_viewport for item in items]
    try:
        # The exporter cuts key times down to whole ticks, and a last key that falls a tick short
        # costs Autodesk's SDK the last frame: the least larger base keeps every key in time, and
        # stretches ten minutes by 0.07 ms.
        stage.render.fps = scene.render.fps
        base = np.float32(scene.render.fps_base)
        stage.render.fps_base = float(np.nextafter(base, np.float32(2)))
        stage.unit_settings.scale_length = scene.unit_settings.scale_length
        stage.frame_start, stage.frame_end = scene.frame_start, scene.frame_end
        for item in items:
            item.hide_viewport = False
            stage.collection.objects.link(item)
        yield stage
    finally:
        for item, was_disabled in zip(items, disabled, strict=True):
            item.hide_viewport = was_disabled
        bpy.data.scenes.remove(stage)


@contextmanager
def _shape_baked_in(body: bpy.types.Object) -> Iterator[None]:
    """The body on a mesh that is the present mix of its shape keys, with no keys."""
    original = body.data
    if original.shape_keys is None:
        yield
        return
    name = original.name
    baked = bpy.data.meshes.new_from_object(body)
    baked.vertices.foreach_set("co", _mixed(body))
    baked.update()
    try:
        original.name, baked.name = f"{name} keyed", name
        body.data = baked
        yield
    finally:
        body.data = original
        bpy.data.meshes.remove(baked)
        original.name = name


def _mixed(body: bpy.types.Object) -> np.ndarray:
    """(3V,) vertices at the present values of the shape keys."""
    # On a copy, because adding a key changes which one is active, and never cleared: clearing
    # keys leaves a Key behind that belongs to nothing.
    original, copy = body.data, body.data.copy()
    try:
        body.data = copy
        mix = body.shape_key_add(name="mix", from_mix=True)
        shaped = np.empty(3 * len(copy.vertices), np.float32)
        mix.data.foreach_get("co", shaped)
    finally:
        body.data = original
        bpy.data.meshes.remove(copy)
    return shaped


@contextmanager
def _single_take(character: Character) -> Iterator[None]:
    """The action as the only strip of the armature: the exporter names takes after strips."""
    armature = character.armature
    animation = armature.animation_data or armature.animation_data_create()
    editing = animation.use_tweak_mode
    animation.use_tweak_mode = False
    playing = animation.action
    slot = getattr(animation, "action_slot", None)
    action = playing or character.action
    if action is None:
        yield
        return
    muted = [(track, track.mute) for track in animation.nla_tracks]
    ranged = action.use_frame_range, action.frame_start, action.frame_end
    track = None
    try:
        start, end = math.floor(action.frame_range[0]), math.ceil(action.frame_range[1])
        for other, _ in muted:
            other.mute = True
        animation.action = None
        # A new strip takes the action's range: whole frames, so that the exporter samples on them.
        action.use_frame_range = True
        action.frame_start, action.frame_end = start, end
        track = animation.nla_tracks.new()
        strip = track.strips.new(action.name, start, action)
        if slot:
            strip.action_slot = slot
        yield
    finally:
        if track:
            animation.nla_tracks.remove(track)
        action.use_frame_range, action.frame_start, action.frame_end = ranged
        for other, was_muted in muted:
            other.mute = was_muted
        animation.action = playing
        if slot and playing:
            animation.action_slot = slot
        animation.use_tweak_mode = editing
