"""Prints how long Blender takes for long takes, beside the bars that it must keep.

    python tests/blender/benchmark.py [frames ...]
    blender --factory-startup --python tests/blender/benchmark.py [-- frames ...]

with a Python that has bpy, or with a window, whose viewport is drawn then; the real body where the
set-up has made it, else one of cubes. The clock and, because others may use the machine, the time
of the processor, which does not depend on them.
"""

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

# Seconds that it may take, by the number of frames.
SLIDER_BARS = {1_000: 0.050, 10_000: 0.400}
IMPORT_BARS = {10_000: 2.0}

_SMPL_VERTICES = 6_890


def main(counts: list[int]) -> None:
    """Import, drag sliders, smooth again, change the shape, save."""
    from addon.headless import load_package

    load_package()
    from onetake.backend.body import body_path
    from onetake.backend.motion.body import Body

    from onetake import addon
    from tests.blender.synthetic import small_body

    addon.register()
    body = Body.load(body_path()) if body_path().exists() else small_body()
    shown = "without a window" if bpy.app.background else "in a window"
    for frames in counts:
        vertices = len(body.v_template)
        print(f"Blender {bpy.app.version_string} {shown}, {frames} frames, {vertices} vertices")
        _measure(body, frames)
        _measure_correctives(body, frames)
    addon.unregister()


def _measure(body, frames: int) -> None:
    from onetake.addon.job import new_file

    new_file()
    # The new file's window: a script that is run at the start has none of its own any more.
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        _measure_here(body, frames)


def _measure_here(body, frames: int) -> None:
    from onetake.addon.job import save
    from onetake.addon.scene.build import import_take
    from onetake.addon.scene.character import apply_shape, apply_smoothing
    from onetake.addon.scene.stored_motion import MOTION
    from onetake.backend.motion.smoothing import SmoothingSettings

    from tests.blender.synthetic import random_take

    take = replace(random_take(body, frames), contacts=_walking(frames))
    noise = np.random.default_rng(0).normal(0, 0.01, take.poses.shape)
    take = take.with_motion(take.poses + noise, take.trans)
    settings, bar = SmoothingSettings(), IMPORT_BARS.get(frames)
    character = _timed(
        "import", lambda: import_take(bpy.context, take, body, smoothing=settings), bar
    )
    _timed("smoothing", lambda: apply_smoothing(character, settings))
    _timed("no smoothing", lambda: apply_smoothing(character, None))
    _timed("shape", lambda: apply_shape(bpy.context, character, np.full(10, 0.5)))
    _timed("one evaluated frame", lambda: bpy.context.scene.frame_set(frames // 2))
    _sliders(character, SLIDER_BARS.get(frames))
    print(f"  stored motion            {4 * len(character.armature[MOTION]) / 1e3:8.0f} kB")
    with tempfile.TemporaryDirectory() as folder:
        blend = Path(folder) / "a.blend"
        _timed("saving", lambda: save(blend))
        print(f"  .blend                   {blend.stat().st_size / 1e3:8.0f} kB")


def _measure_correctives(body, frames: int) -> None:
    """What pose correctives cost on a body of SMPL's size, where each moves every vertex."""
    from onetake.addon.job import new_file
    from onetake.addon.scene.build import import_take
    from onetake.addon.scene.correctives import add_correctives

    from tests.blender.synthetic import random_take

    body = _of_smpls_size(body)
    print(f"  with pose correctives, {len(body.v_template)} vertices")
    new_file()
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        character = import_take(bpy.context, random_take(body, frames), body)
        _playing("a frame without, median", frames)
        _timed(
            "switched on",
            lambda: add_correctives(character.body, character.armature, body.posedirs),
        )
        _playing("a frame with, median", frames)
        _sliders(character, SLIDER_BARS.get(frames))


def _playing(what: str, frames: int) -> None:
    taken = [
        _took(lambda f=frame: (bpy.context.scene.frame_set(f), _show()))
        for frame in range(frames // 2, frames // 2 + 40)
    ]
    _print(what, *map(statistics.median, zip(*taken, strict=True)))


def _of_smpls_size(body):
    """Its first vertices, and joints in the middle of those around them."""
    count = min(len(body.v_template), _SMPL_VERTICES)
    vertices = body.v_template[:count]
    away = np.linalg.norm(vertices - (body.J_regressor @ body.v_template)[:, None], axis=-1)
    near = away <= np.sort(away, axis=1)[:, [min(50, count) - 1]]
    weights = body.weights[:count]
    return replace(
        body,
        v_template=vertices,
        shapedirs=body.shapedirs[:count],
        J_regressor=near / near.sum(axis=1, keepdims=True),
        weights=weights / weights.sum(axis=1, keepdims=True),
        f=body.f[(body.f < count).all(axis=1)],
        posedirs=np.random.default_rng(0).normal(0, 0.001, (count, 3, 207)).astype(np.float32),
        quads=None,
        extra={},
    )


def _walking(frames: int) -> np.ndarray:
    """(T, 4) contacts of a step a second, heel before toe: random ones would change every frame."""
    steps = 2 * np.pi * np.arange(frames)[:, None] / 30 - [0, 0.8, np.pi, np.pi + 0.8]
    return (1 / (1 + np.exp(-10 * np.sin(steps)))).astype(np.float32)


def _sliders(character, bar: float | None) -> None:
    """What a step of a slider costs, to the drawn or at least evaluated frame; then the rest."""
    from onetake.addon.scene.keying import Recipe, steps, write_all
    from onetake.addon.scene.stored_motion import stored
    from onetake.addon.smoothing import live

    armature = character.armature
    _show()

    def smoothing(value):
        armature.onetake_controls.min_cutoff = value

    def shape(value):
        armature.onetake_shape.betas[0] = value

    with _AsInAWindow(live):
        for name, slider in (("smoothing", smoothing), ("shape", shape)):
            taken = [
                _took(lambda v=v, s=slider: (s(v), _show())) for v in np.linspace(0.5, 2.5, 15)
            ]
            _print(f"{name} slider, median", *map(statistics.median, zip(*taken, strict=True)), bar)
        armature.pop(live.PENDING, None)

    work = steps(stored(armature), Recipe.of(armature))
    taken = []
    while True:
        done = []
        taken.append(_took(lambda done=done: done.append(_next(work))))
        if done[0] is not None:
            break
    taken.append(_took(lambda: (write_all(armature, *done[0]), _show())))
    _print("the rest, longest piece", *map(max, zip(*taken, strict=True)))
    _print("the rest, all of it", *map(sum, zip(*taken, strict=True)))


class _AsInAWindow:
    """Sliders key what is seen first, and leave the rest to a timer that does not come."""

    def __init__(self, live) -> None:
        self._live, self._kept = live, (live.bpy, live._schedule)

    def __enter__(self) -> None:
        app = type("App", (), {"background": False})
        self._live.bpy = type("Windowed", (), {"app": app, "data": bpy.data})
        self._live._schedule = lambda: None

    def __exit__(self, *_error: object) -> None:
        self._live.bpy, self._live._schedule = self._kept


def _show() -> None:
    """Draw the viewport, or where there is no window at least evaluate what it would show."""
    bpy.context.view_layer.update()
    if not bpy.app.background:
        bpy.ops.wm.redraw_timer(type="DRAW_SWAP", iterations=1)


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


def _timed(what, work, bar=None):
    result = []
    _print(what, *_took(lambda: result.append(work())), bar)
    return result[0]


def _print(what: str, clock: float, processor: float, bar: float | None = None) -> None:
    limit = f", at most {bar:.3f} s" if bar else ""
    print(f"  {what:24s} {clock:8.3f} s, of the processor {processor:8.3f} s{limit}", flush=True)


def _from_the_window() -> None:
    main(_counts())
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        bpy.ops.wm.quit_blender()


def _counts() -> list[int]:
    given = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    return [int(each) for each in given if each.isdigit()] or [1_000, 10_000]


if __name__ == "__main__":
    if bpy.app.background:
        main(_counts())
    else:  # once it is open
        bpy.app.timers.register(_from_the_window, first_interval=2.0)
