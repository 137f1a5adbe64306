"""Prints how long Blender takes for a long take, and how large its file becomes.

    python tests/blender/benchmark.py [frames]

with a Python that has bpy; the real body where the set-up has made it, else one of cubes. The clock
and, because others may use the machine, the time of the processor, which does not depend on them.
"""

import json
import statistics
import sys
import tempfile
import time
from dataclasses import replace
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
    take = replace(random_take(body, frames), contacts=_walking(frames))
    noise = np.random.default_rng(0).normal(0, 0.01, take.poses.shape)
    take = take.with_motion(take.poses + noise, take.trans)
    new_file()
    print(f"Blender {bpy.app.version_string}, {frames} frames, {len(body.v_template)} vertices")
    character = _timed("import", lambda: import_take(bpy.context, take, body))
    _timed("smoothing", lambda: apply_smoothing(character, SmoothingSettings()))
    _timed("no smoothing", lambda: apply_smoothing(character, None))
    _timed("shape", lambda: apply_shape(bpy.context, character, np.full(10, 0.5)))
    _timed("one evaluated frame", lambda: bpy.context.scene.frame_set(frames // 2))
    _sliders(character)
    print(f"  stored motion            {4 * len(character.armature[MOTION]) / 1e3:8.0f} kB")
    with tempfile.TemporaryDirectory() as folder:
        blend = Path(folder) / "a.blend"
        _timed("saving", lambda: save(blend))
        print(f"  .blend                   {blend.stat().st_size / 1e3:8.0f} kB")


def _walking(frames: int) -> np.ndarray:
    """(T, 4) contacts of a step a second, heel before toe: random ones would change every frame."""
    steps = 2 * np.pi * np.arange(frames)[:, None] / 30 - [0, 0.8, np.pi, np.pi + 0.8]
    return (1 / (1 + np.exp(-10 * np.sin(steps)))).astype(np.float32)


def _sliders(character) -> None:
    """What a step of a slider costs, its keys around the current frame evaluated; then the rest."""
    from onetake.addon.scene.character import set_shape
    from onetake.addon.scene.keying import SMOOTHING, Recipe, key_around, steps, write_all
    from onetake.addon.scene.stored_motion import stored
    from onetake.backend.motion.smoothing import SmoothingSettings

    armature, scene = character.armature, bpy.context.scene
    bpy.context.view_layer.update()

    def step(change):
        change()
        key_around(armature, scene.frame_current)
        bpy.context.view_layer.update()

    def smoothing(cutoff):
        settings = SmoothingSettings(min_cutoff=cutoff)
        armature[SMOOTHING] = json.dumps(settings.to_dict())

    def shape(stature):
        set_shape(bpy.context, character, np.array([stature, *np.full(9, 0.5)]))

    values = np.linspace(0.5, 2.5, 15)
    for name, change in (("smoothing", smoothing), ("shape", shape)):
        taken = [_took(lambda v=value, c=change: step(lambda: c(v))) for value in values]
        _print(f"{name} slider, median", *map(statistics.median, zip(*taken, strict=True)))

    work = steps(stored(armature), Recipe.of(armature))
    taken = []
    while True:
        done = []
        taken.append(_took(lambda done=done: done.append(_next(work))))
        if done[0] is not None:
            break
    taken.append(_took(lambda: write_all(armature, *done[0])))
    taken[-1] = tuple(map(sum, zip(taken[-1], _took(bpy.context.view_layer.update), strict=True)))
    _print("the rest, longest piece", *map(max, zip(*taken, strict=True)))
    _print("the rest, all of it", *map(sum, zip(*taken, strict=True)))


def _next(work):
    """None, or at the end what the steps return."""
    try:
        return next(work)
    except StopIteration as done:
        return done.value


def _took(work) -> tuple[float, float]:
    """Seconds of the clock and of the processor."""
    start, started = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - started


def _timed(what, work):
    result = []
    _print(what, *_took(lambda: result.append(work())))
    return result[0]


def _print(what: str, clock: float, processor: float) -> None:
    print(f"  {what:24s} {clock:8.3f} s, of the processor {processor:8.3f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
