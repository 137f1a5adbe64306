"""Twenty rounds of enabling, importing, cancelling and disabling leave nothing behind."""

import gc
import os
import tempfile
import threading
from pathlib import Path

import bpy
import pytest
from onetake.addon.backend_process import queue
from onetake.addon.backend_process.environment import Environment
from onetake.addon.operators import import_source
from onetake.addon.smoothing import live

import onetake
from onetake import api
from tests.blender import ui_strings
from tests.blender.running import STAGE, alive, until
from tests.blender.test_import_video import SAMPLE, Backend
from tests.needs import skip_unless

skip_unless(Path("/proc/self/stat").exists(), "watches processes through /proc")

ROUNDS = 20
# Of these nothing at all may be left; of the others Blender keeps some once they have been used.
OURS = ("timers", "registered classes", "properties", "listeners", "temporary files")


class Timers:
    """In place of bpy.app.timers, which fire in windows only: keeps who is registered."""

    def __init__(self) -> None:
        self.waiting: list = []

    def register(self, function, **_options) -> None:
        self.waiting.append(function)

    def unregister(self, function) -> None:
        self.waiting.remove(function)

    def is_registered(self, function) -> bool:
        return function in self.waiting


@pytest.fixture
def windowed(monkeypatch) -> Timers:
    """Blender as the add-on sees it where there is a window."""

    class App:
        background = False
        online_access, handlers, timers = False, bpy.app.handlers, Timers()

        is_job_running = staticmethod(bpy.app.is_job_running)

    class Windowed:
        app = App
        data, context, types, ops, utils = bpy.data, bpy.context, bpy.types, bpy.ops, bpy.utils

    for module in (queue, live):
        monkeypatch.setattr(module, "bpy", Windowed)
    return App.timers


def things(timers: Timers, folder: Path) -> dict[str, list]:
    """Everything that could be left behind, by its name."""
    gc.collect()
    handlers = [getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers)]
    menus = [getattr(bpy.types, menu) for menu, _ in import_source.MENUS]
    return {
        "handlers": [each for found in handlers if isinstance(found, list) for each in found],
        "timers": list(timers.waiting),
        "threads": [thread.name for thread in threading.enumerate()],
        "menu entries": [f for menu in menus for f in getattr(menu.draw, "_draw_funcs", ())],
        "registered classes": [cls.__name__ for cls in ui_strings.classes()],
        "properties": [name for name in dir(bpy.types.Object) if "onetake" in name],
        "listeners": [*queue.listeners, *queue.tasks, *queue.offered],
        "open files": os.listdir("/proc/self/fd"),
        "temporary files": sorted(map(str, folder.rglob("*"))),
    }


def test_twenty_rounds_leave_nothing_behind(tmp_path, monkeypatch, cubes, windowed, capsys):
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("ONETAKE_HOME", str(home))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    backend = Backend(tmp_path, cubes)
    backend.before = [STAGE, {"leash": True}]
    monkeypatch.setattr(Environment, "missing", [])
    monkeypatch.setattr(Environment, "backend_command", lambda _, *given: backend.command(*given))
    pids, once = [], None
    for number in range(ROUNDS):
        onetake.register()
        task = api.start_import(SAMPLE)
        assert windowed.waiting == [queue.tick]
        until(lambda task=task: task.stage)
        pids.append(task.pid)
        if number % 2:
            api.cancel(task)
            until(lambda: not queue.tasks)
        onetake.unregister()
        once = once or things(windowed, temporary)
    left = things(windowed, temporary)
    running = [pid for pid in pids if alive(pid)]
    kept = list(home.rglob("job.json"))
    with capsys.disabled():
        counts = {
            name: len(found) - (0 if name in OURS else len(once[name]))
            for name, found in left.items()
        }
        print(f"\nBlender {bpy.app.version_string}, left after {ROUNDS} rounds: "
              f"{len(running)} of {len(set(pids))} processes, "
              + ", ".join(f"{count} {name}" for name, count in counts.items()))  # fmt: skip
    assert left == once and not running and len(set(pids)) == ROUNDS
    for name in OURS:
        assert not left[name], name
    assert len(kept) == ROUNDS // 2, "an import that the add-on's end interrupts is offered again"
