"""The official SMPL files that the preferences name: read once, each into an npz without pickles.

The backend's process reads them. Its reader runs nothing that is in a file, and what a file made to
crash or to fill the memory can reach is that process, not Blender.
"""

from pathlib import Path

import bpy

from ...backend.errors import OneTakeError
from ..backend_process import queue
from ..backend_process.task import Task
from ..body_preferences import LABELS, OURS, SEXES
from ..preferences import PACKAGE, current_environment

_reading: dict[str, Task] = {}


def check_named(sex: str) -> None:
    """Read the file that the preferences name now; they say what came of it.

    Without a window it is waited for.
    """
    chosen = _preferences()
    _say(sex, "", "")
    if sex in _reading:
        _reading.pop(sex).cancel()
    path = getattr(chosen, f"smpl_{sex}")
    if not path:
        return
    try:
        task = _reading[sex] = _start(path)
    except OneTakeError as error:
        _say(sex, "", error.message)
        return
    if bpy.app.background:
        queue.wait(task)
        _take_in()


def read_official_body(path: str | Path) -> Path:
    """An npz without pickles of an official SMPL file, .pkl or .npz; waits for the backend.

    OneTakeError unsafe_pickle where the file asks for what a body has no use for, bad_body where it
    is no SMPL body, bad_pickle where it is damaged.
    """
    task = _start(str(path))
    queue.wait(task)
    queue.dismiss(task)
    if task.error:
        raise task.error
    return Path(task.result["body"])


def official_body(sex: str) -> Path:
    """The npz of the neutral, male or female body. OneTakeError no_body where none is named."""
    if sex not in SEXES:
        raise OneTakeError("bad_option", f"body is one of onetake, {', '.join(SEXES)}, not {sex}.")
    chosen = _preferences()
    problem = getattr(chosen, f"smpl_{sex}_problem", "")
    if problem:
        raise OneTakeError("no_body", problem)
    made = Path(getattr(chosen, f"smpl_{sex}_read", "") or "none")
    if not made.is_file():
        raise OneTakeError(
            "no_body", f"Choose the file of {LABELS[sex]} in the add-on's preferences first."
        )
    return made


def chosen_body(body: str | None) -> str | None:
    """The official body's npz for imports; None for our body. body: None for the preferences'."""
    body = body or getattr(_preferences(), "body", OURS)
    return None if body == OURS else str(official_body(body))


def named() -> list[str]:
    """Those of SEXES whose files were read."""
    chosen = _preferences()
    return [sex for sex in SEXES if getattr(chosen, f"smpl_{sex}_read", "")]


def _preferences() -> object | None:
    addon = bpy.context.preferences.addons.get(PACKAGE)
    return addon and addon.preferences


def _start(path: str) -> Task:
    file = Path(bpy.path.abspath(path)).absolute()
    if not file.is_file():
        raise OneTakeError("no_file", f"There is no file at {file}: choose another.")
    where = current_environment()
    if where.missing:
        raise OneTakeError(
            "not_set_up", "Set OneTake up first, then choose this file again: the backend reads it."
        )
    task = Task(f"Body: {file.name}", lambda: where.backend_command("read-body", str(file)))
    queue.add(task)
    return task


def _take_in() -> None:
    """Write into the preferences what became of the files that were being read."""
    for sex, task in list(_reading.items()):
        if not task.state.over:
            continue
        del _reading[sex]
        made = task.result["body"] if task.result else ""
        problem = task.error.message if task.error else ""
        if not made and not problem:
            problem = "Reading this file was stopped: choose it again."
        _say(sex, made, problem)
        if task in queue.tasks:  # not where another .blend was opened meanwhile
            queue.dismiss(task)


def _say(sex: str, made: str, problem: str) -> None:
    chosen = _preferences()
    if chosen:
        setattr(chosen, f"smpl_{sex}_read", made)
        setattr(chosen, f"smpl_{sex}_problem", problem)


def register() -> None:
    """Hear of tasks that end."""
    queue.listeners.append(_take_in)


def unregister() -> None:
    """Undo `register`."""
    queue.listeners.remove(_take_in)
    _reading.clear()
