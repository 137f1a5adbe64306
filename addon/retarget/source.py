"""The motion that a character plays, edits by hand and layers with it, for another rig."""

import bpy
import numpy as np

from ...backend.motion.rotations import (
    matrix_to_quaternion,
    quaternion_to_axis_angle,
)
from ...backend.motion.skeleton import JOINTS
from ..scene.armature import rest_frames
from ..scene.character import Character
from ..scene.curves import sample_curves
from ..scene.keyframes import CHANNELS
from ..scene.keying import TIMING
from ..scene.rest_skeleton import TO_BLENDER
from ..scene.stored_motion import stored
from ..scene.timing import frames_of
from .transfer import SourceMotion


def source_motion(context: bpy.types.Context, character: Character) -> SourceMotion:
    """What the character plays at the frames of its take.

    Read from its action's curves; where layers play over it, from Blender's own evaluation, which
    goes through the frames one by one.
    """
    armature = character.armature
    kept = stored(armature)
    frames = frames_of(kept.motion[2], *armature[TIMING])
    animation = armature.animation_data
    plain = animation and character.action and animation.action == character.action
    if plain and not any(not track.mute for track in animation.nla_tracks):
        values = sample_curves(character.action, CHANNELS, frames, _at_rest(len(frames)))
    else:
        values = _evaluated(context, armature, frames)
    heads, matrices = rest_frames(armature)
    to_bones = np.swapaxes(matrices, 1, 2) @ TO_BLENDER
    turns = values[:, 3:].reshape(len(frames), 24, 4)
    turns = turns / np.maximum(np.linalg.norm(turns, axis=-1, keepdims=True), 1e-9)
    poses = np.einsum("jba,tjb->tja", to_bones, quaternion_to_axis_angle(turns))
    trans = (values[:, :3] @ matrices[0].T + heads[0]) @ TO_BLENDER
    return SourceMotion(
        poses, trans, kept.skeleton.joints(character.betas), kept.contacts, kept.motion[2], frames
    )


def _at_rest(count: int) -> np.ndarray:
    return np.tile(np.concatenate([np.zeros(3), np.tile([1.0, 0, 0, 0], 24)]), (count, 1))


def _evaluated(context, armature, frames) -> np.ndarray:
    """(T, 99) what CHANNELS come to with layers and constraints, one frame after the other."""
    scene, values = context.scene, _at_rest(len(frames))
    now = scene.frame_current_final
    bones = armature.data.bones
    rest = [np.array(bones[name].matrix_local)[:3, :3] for name in JOINTS]
    parents = [bones[name].parent for name in JOINTS]
    for row, frame in zip(values, frames, strict=True):
        scene.frame_set(int(np.floor(frame)), subframe=float(frame - np.floor(frame)))
        graph = context.evaluated_depsgraph_get()
        pose = armature.evaluated_get(graph).pose.bones
        matrices = {name: np.array(pose[name].matrix) for name in JOINTS}
        for joint, (name, parent) in enumerate(zip(JOINTS, parents, strict=True)):
            own = rest[joint]
            if parent:
                own = matrices[parent.name][:3, :3] @ np.array(parent.matrix_local)[:3, :3].T @ own
            turn = own.T @ matrices[name][:3, :3]
            row[3 + 4 * joint : 7 + 4 * joint] = matrix_to_quaternion(turn)
        root = matrices[JOINTS[0]][:3, 3] - np.array(bones[JOINTS[0]].head_local)
        row[:3] = rest[0].T @ root
    scene.frame_set(int(now), subframe=now - int(now))
    return values
