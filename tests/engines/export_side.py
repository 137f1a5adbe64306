"""The half of the presets' comparison that runs in Blender: `python export_side.py job.json`.

job.json: "body", the body npz; "frames", how many, at "rate" a second; "folder", where to write.
A wildly turning character, placed and turned in the scene, with a changed shape, is written by
every preset to NAME.suffix; beside it PRESET.npz: names of the bones, joints (T, B, 3) where the
scene has them, skin (T, V, 3) of the double that is exported, and what Blender's own importer
makes of the file: read_joints, read_skin, read_names, read_takes, read_rate.
"""

import json
import sys
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

_IMPORTERS = {
    "fbx": lambda path: bpy.ops.import_scene.fbx(filepath=path),
    "glb": lambda path: bpy.ops.import_scene.gltf(filepath=path),
    "bvh": lambda path: bpy.ops.import_anim.bvh(
        filepath=path, global_scale=0.01, frame_start=0, use_fps_scale=False, update_scene_fps=True
    ),
    "usd": lambda path: bpy.ops.wm.usd_import(filepath=path),
    "alembic": lambda path: bpy.ops.wm.alembic_import(filepath=path, as_background_job=False),
}


def main(path: str) -> None:
    """Do the job."""
    from addon.headless import load_package

    load_package()
    from onetake.addon.export.exporting import export
    from onetake.backend.export_preset import shipped

    job = json.loads(Path(path).read_text(encoding="utf-8"))
    folder = Path(job["folder"])
    character = make_character(job["body"], job["frames"], job["rate"])
    truths = {}
    for name, preset in shipped().items():
        (file,) = export(bpy.context, [character], preset, folder)
        truths[name] = {"path": str(file), **truth(character, preset, job["frames"])}
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "made.blend"), copy=True)
    for name, preset in shipped().items():
        read = {}
        if preset.format in _IMPORTERS:
            read = read_back(preset.format, truths[name]["path"], job["rate"])
        np.savez(folder / f"{name}.npz", **truths[name], **read)


def make_character(body_path: str, frames: int, rate: int):
    """Somewhere in the scene, not facing ahead, of another shape than the take's."""
    from onetake.addon.scene.build import import_take
    from onetake.addon.scene.character import apply_shape
    from onetake.backend.motion.body import Body

    from tests.blender.synthetic import random_take

    bpy.ops.wm.read_factory_settings(use_empty=True)
    body = Body.load(body_path)
    character = import_take(bpy.context, random_take(body, frames, fps=rate), body)
    apply_shape(bpy.context, character, np.array([1.0, 0.5, -1, 1, 0, 1, -1, 0.5, -1, 1]))
    character.armature.delta_location = (0.7, -0.4, 0.0)
    character.armature.delta_rotation_euler = (0.0, 0.0, 0.6)
    bpy.context.view_layer.update()
    return character


def truth(character, preset, frames: int) -> dict:
    """Bones where the user's own character has them; the double's skin."""
    from onetake.addon.export.sample import sample
    from onetake.addon.export.stand_in import stand_in
    from onetake.backend.motion.skeleton import JOINTS

    from tests.blender.evaluated import evaluate

    heads, skin = evaluate(character, range(1, frames + 1))
    joints = dict(zip(preset.joint_names, heads.swapaxes(0, 1), strict=True))
    if preset.root:
        joints[preset.root] = heads[:, 0] * [1, 1, 0]
    for name, pair in preset.between.items():
        # Halfway at rest, and stiff with the first of the two.
        ends = [heads[:, JOINTS.index(joint)] for joint in pair]
        joints[name] = (ends[0] + ends[1]) / 2
    own = {"name": character.action.name, "bones": list(joints), "own_skin": skin}
    if preset.format in ("bvh", "amass"):
        return {**own, "joints": np.stack(list(joints.values()), axis=1)}
    motion = sample(bpy.context, character)
    skins = []
    with stand_in(bpy.context, character, motion, preset, motion.fps_base) as double:
        for frame in range(frames):
            double.scene.frame_set(frame)
            graph = double.scene.view_layers[0].depsgraph
            skins.append(points_of(double.body.evaluated_get(graph)) / preset.per_metre)
    return {
        **own,
        "joints": np.stack(list(joints.values()), axis=1),
        "skin": np.array(skins),
    }


def points_of(evaluated) -> np.ndarray:
    """(V, 3) in the world."""
    points = np.empty(3 * len(evaluated.data.vertices), np.float32)
    evaluated.data.vertices.foreach_get("co", points)
    world = np.array(evaluated.matrix_world)
    return points.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3]


def read_back(format_: str, path: str, rate: int) -> dict:
    """Blender's own importer, in a new scene; metres, Blender's axes."""
    from onetake.addon.scene.timing import frame_rate

    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    # FBX and BVH bring their rate into the scene; the others are read at the scene's own.
    scene.render.fps = 24 if format_ in ("fbx", "bvh") else rate
    _IMPORTERS[format_](path)
    armature = next((item for item in bpy.data.objects if item.type == "ARMATURE"), None)
    # glTF's importer adds a mesh to draw bones with.
    bodies = [
        item for item in scene.objects if item.type == "MESH" and len(item.data.vertices) > 99
    ]
    if armature:
        action = armature.animation_data.action or armature.animation_data.nla_tracks[0].strips[0]
        start, end = map(round, action.frame_range if hasattr(action, "frame_range") else (0, 0))
        takes = [action.name]
    else:
        start, end, takes = scene.frame_start, scene.frame_end, []
    joints, skins = [], []
    for frame in range(start, end + 1):
        scene.frame_set(frame)
        graph = bpy.context.evaluated_depsgraph_get()
        if armature:
            evaluated = armature.evaluated_get(graph)
            world = evaluated.matrix_world
            joints.append([world @ bone.head for bone in evaluated.pose.bones])
        if bodies:
            skins.append(np.concatenate([points_of(body.evaluated_get(graph)) for body in bodies]))
    return {
        "read_joints": np.array(joints),
        "read_skin": np.array(skins),
        "read_names": [bone.name for bone in armature.data.bones] if armature else [],
        "read_takes": takes,
        "read_rate": usd_rate(path) if format_ == "usd" else frame_rate(scene),
        "read_scale": list(armature.matrix_world.to_scale()) if armature else [1.0] * 3,
    }


def usd_rate(path: str) -> float:
    """What the file says."""
    bpy.utils.expose_bundled_modules()
    from pxr import Usd

    return Usd.Stage.Open(path).GetTimeCodesPerSecond()


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1] if "--" in sys.argv else sys.argv[1])
