"""The add-on, enabled, with a backend whose every word the test decides."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import bpy

# Blender 4.2 as a module keeps the functions of properties for ever, ours or not, and through them
# itself: it is not ended with Python, and its own panels crash in the destructors that follow.
CRASHES_AT_ITS_END = bpy.app.version < (4, 3)

FAKE = Path(__file__).with_name("fake_backend.py")
STAGE = {"say": {"stage": "finding people", "done": 1, "total": 4}}


def script(path: Path, steps: list[dict]) -> Path:
    """Write what the fake backend shall do."""
    path.write_text("\n".join(json.dumps(step) for step in steps), encoding="utf-8")
    return path


def command(path: Path) -> tuple[list[str], dict[str, str]]:
    """Run the fake backend."""
    return [sys.executable, "-S", str(FAKE), str(path)], dict(os.environ)


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0]
    except OSError:
        return False
    return state not in "ZX"


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Drive the queue as Blender's timer would until something is so."""
    from onetake.addon.backend_process import queue

    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        queue.tick()
        time.sleep(0.01)
