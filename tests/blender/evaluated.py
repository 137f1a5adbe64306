"""What Blender's dependency graph makes of a character: the ground that files are compared with."""

from collections.abc import Iterable

import bpy
import numpy as np
from onetake.backend.motion.skeleton import JOINTS


def evaluate(character, frames: Iterable[float]) -> tuple[np.ndarray, np.ndarray]:
    """Bone heads (T, 24, 3) and skin vertices (T, V, 3) in the world, metres, Blender's axes."""
    scene = bpy.context.scene
    heads, skins = [], []
    for frame in frames:
        scene.frame_set(int(np.floor(frame)), subframe=float(frame - np.floor(frame)))
        graph = bpy.context.evaluated_depsgraph_get()
        armature = character.armature.evaluated_get(graph)
        heads.append([armature.matrix_world @ armature.pose.bones[name].head for name in JOINTS])
        body = character.body.evaluated_get(graph)
        vertices = np.empty(3 * len(body.data.vertices), np.float32)
        body.data.vertices.foreach_get("co", vertices)
        world = np.array(body.matrix_world)
        skins.append(vertices.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3])
    return np.array(heads), np.array(skins)
