"""What a character does in the scene, frame by frame, with everything that plays on it."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import bpy
import numpy as np

from ...backend.motion.skeleton import JOINTS
from ..scene.armature import rest_frames
from ..scene.character import Character
from .rig import Motion


def sample(context: bpy.types.Context, character: Character) -> Motion:
    """The character's motion as the scene plays it: layers, strips and constraints included.

    From the first whole frame of its action to the last. Where no action of it plays, the take's
    own does. The scene's frame stays.
    """
    armature = character.armature
    with stage(context.scene, context.scene.render.fps_base) as scene:
        # A copy: its animation can be changed, and hiding it hides nothing.
        double = armature.copy()
        try:
            scene.collection.objects.link(double)
            double.hide_viewport = False
            action = _let_play(double, character.action)
            start, end = action.frame_range if action else [context.scene.frame_current] * 2
            frames = range(math.floor(start), math.ceil(end) + 1)
            matrices, worlds = _evaluated(scene, double, frames)
        finally:
            bpy.data.objects.remove(double)
    scale = float(np.linalg.norm(worlds[0, :3, :3], axis=0).mean())
    heads, turns = rest_frames(armature)
    rest = np.tile(np.eye(4), (24, 1, 1))
    rest[:, :3, :3], rest[:, :3, 3] = turns, heads * scale
    for joint in range(24):  # in place, one after the other: half an hour is a lot of matrices
        world = worlds @ matrices[:, joint]
        world[:, :3, :3] /= np.linalg.norm(world[:, :3, :3], axis=-2, keepdims=True)
        matrices[:, joint] = world
    return Motion(
        name=action.name if action else armature.name,
        fps=context.scene.render.fps,
        fps_base=context.scene.render.fps_base,
        rest=rest,
        lengths=np.array([armature.data.bones[name].length for name in JOINTS]) * scale,
        world=matrices,
        floor=float(worlds[0, 2, 3]),
    )


@contextmanager
def stage(like: bpy.types.Scene, fps_base: float) -> Iterator[bpy.types.Scene]:
    """An empty scene of a rate, to step through: nothing of the user's is computed or touched."""
    scene = bpy.data.scenes.new("OneTake export")
    try:
        scene.render.fps, scene.render.fps_base = like.render.fps, fps_base
        yield scene
    finally:
        bpy.data.scenes.remove(scene)


def _let_play(double: bpy.types.Object, own: bpy.types.Action | None) -> bpy.types.Action | None:
    """The action whose range counts; the take's own plays where nothing else does."""
    animation = double.animation_data or double.animation_data_create()
    animation.use_tweak_mode = False
    playing = animation.action
    if playing and animation.action_blend_type == "REPLACE":
        return playing
    strips = [
        strip.action
        for track in animation.nla_tracks
        for strip in track.strips
        if not track.mute and not strip.mute and strip.action
    ]
    if own and own not in strips and playing is None:
        animation.action = own
        if hasattr(animation, "action_slot"):
            animation.action_slot = own.slots[0]
        return own
    return own or playing or next(iter(strips), None)


def _evaluated(scene, double, frames) -> tuple[np.ndarray, np.ndarray]:
    """(T, 24, 4, 4) f4 bones in the armature's space and (T, 4, 4) the armature in the world."""
    matrices = np.empty((len(frames), 24, 4, 4), np.float32)
    worlds = np.empty((len(frames), 4, 4))
    for number, frame in enumerate(frames):
        scene.frame_set(frame)
        graph = scene.view_layers[0].depsgraph
        evaluated = double.evaluated_get(graph)
        worlds[number] = evaluated.matrix_world
        for joint, name in enumerate(JOINTS):
            matrices[number, joint] = evaluated.pose.bones[name].matrix
    return matrices, worlds
