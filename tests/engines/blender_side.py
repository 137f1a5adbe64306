"""The half of the comparison that runs in Blender: `python blender_side.py job.json`.

job.json: "blend", a path, or null for characters made on the spot that turn wildly; "body", the
body npz for one of these, or null; "folder", where to write. The n-th character becomes n.fbx and
n.npz: heads (T, 24, 3) and skin (T, V, 3) at each frame as the dependency graph has them, metres,
Blender's axes; times (T,) of these frames in the FBX, seconds; rate, one that the converter can
sample at: a scene of another is set to it, which changes no frame.
"""

import json
import math
import sys
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

# FBX2glTF samples at these rates only.
RATES = (24, 30, 60)


def main(path: str) -> None:
    """Do the job."""
    from addon.headless import load_package

    load_package()
    from onetake.addon.export.fbx import export_fbx
    from onetake.addon.scene.character import characters

    from tests.blender.evaluated import evaluate

    job = json.loads(Path(path).read_text(encoding="utf-8"))
    folder = Path(job["folder"])
    if job["blend"]:
        bpy.ops.wm.open_mainfile(filepath=job["blend"])
    else:
        make_characters(job["body"])
    scene = bpy.context.scene
    rate = scene.render.fps / scene.render.fps_base
    if rate not in RATES:
        rate = scene.render.fps = 30
        scene.render.fps_base = 1.0
    for number, character in enumerate(characters(scene), 1):
        export_fbx(bpy.context, character, folder / f"{number}.fbx")
        start, end = character.action.frame_range
        frames = np.arange(math.floor(start), max(math.ceil(end), math.floor(start) + 1) + 1)
        heads, skin = evaluate(character, frames)
        np.savez(
            folder / f"{number}.npz",
            name=character.action.name,
            heads=heads,
            skin=skin,
            rate=rate,
            times=(frames - frames[0]) / rate,
        )


def make_characters(body_path: str | None) -> None:
    """Three of cubes, one with a changed shape, and one with the real body where there is one.

    12 and 124 frames are lengths whose last key the exporter's rounding would put a tick early.
    """
    from onetake.addon.scene.build import import_take
    from onetake.addon.scene.character import apply_shape
    from onetake.backend.motion.body import Body

    from tests.blender.synthetic import random_take, small_body

    bpy.ops.wm.read_factory_settings(use_empty=True)
    cubes = small_body()
    character = import_take(bpy.context, random_take(cubes, 90), cubes)
    apply_shape(bpy.context, character, np.linspace(-2, 2, 10))
    for person, frames in ((3, 12), (4, 124)):
        import_take(bpy.context, random_take(cubes, frames, seed=person, person_id=person), cubes)
    if body_path:
        body = Body.load(body_path)
        import_take(bpy.context, random_take(body, 60, seed=2, person_id=2), body)


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1] if "--" in sys.argv else sys.argv[1])
