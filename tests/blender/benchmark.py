"""Prints how long Blender takes for a long take, and how large its file becomes.

    python tests/blender/benchmark.py [frames]

with a Python that has bpy; the real body where the set-up has made it, else one of cubes.
"""

import sys
import tempfile
import time
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def main(frames: int) -> None:
    """Import, smooth again, change the shape, save: seconds and bytes."""
    from addon.headless import load_package

    load_package()
    from onetake.addon.job import new_file, save
    from onetake.addon.scene.build import import_take
    from onetake.addon.scene.character import apply_shape, apply_smoothing
    from onetake.addon.scene.stored_motion import MOTION
    from onetake.backend.body import body_path
    from onetake.backend.motion.body import Body
    from onetake.backend.motion.smoothing import SmoothingSettings

    from tests.blender.synthetic import random_take, small_body

    body = Body.load(body_path()) if body_path().exists() else small_body()
    take = random_take(body, frames)
    noise = np.random.default_rng(0).normal(0, 0.01, take.poses.shape)
    take = take.with_motion(take.poses + noise, take.trans)
    new_file()
    print(f"Blender {bpy.app.version_string}, {frames} frames, {len(body.v_template)} vertices")
    character = _timed("import", lambda: import_take(bpy.context, take, body))
    _timed("smoothing", lambda: apply_smoothing(character, SmoothingSettings()))
    _timed("no smoothing", lambda: apply_smoothing(character, None))
    _timed("shape", lambda: apply_shape(bpy.context, character, np.full(10, 0.5)))
    _timed("one evaluated frame", lambda: bpy.context.scene.frame_set(frames // 2))
    print(f"  stored motion        {4 * len(character.armature[MOTION]) / 1e3:8.0f} kB")
    with tempfile.TemporaryDirectory() as folder:
        blend = Path(folder) / "a.blend"
        _timed("saving", lambda: save(blend))
        print(f"  .blend               {blend.stat().st_size / 1e3:8.0f} kB")


def _timed(what, work):
    start = time.perf_counter()
    result = work()
    print(f"  {what:20s} {time.perf_counter() - start:8.3f} s")
    return result


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
