"""The tasks of this Blender, one after the other, driven by one timer.

`tick` is that timer's function; without a window, where timers never fire, `wait` calls it.
"""

import atexit
import time
from collections.abc import Callable

import bpy

from ..preferences import current_environment
from .import_task import ImportTask
from .task import State, Task

_PAUSE = 0.1  # seconds between two looks at the running task

tasks: list[Task] = []  # in their order; finished ones until they are dismissed
offered: list[ImportTask] = []  # left behind by an earlier file or Blender
listeners: list[Callable[[], None]] = []  # told when anything about the tasks has changed


def nobody(task: ImportTask) -> bool:
    """Stands for `arrive` where the add-on is off."""
    return False


# Brings a finished import into its scene: true when it is there, or never will be.
arrive: Callable[[ImportTask], bool] = nobody


def add(task: Task) -> None:
    """Let a task take its turn."""
    tasks.append(task)
    _go_on()


def choose(task: ImportTask, numbers: set[int]) -> None:
    """Go on with an import that asks, for these people. OneTakeError where they are nobody."""
    task.choose(numbers)
    _go_on()


def _go_on() -> None:
    _tell()
    # Blender 4.5 hangs at its end while a timer waits, and in background none would ever fire.
    if not bpy.app.background and not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=0.0)


def tick() -> float | None:
    """Look after every task; seconds until the next look, None when there is nothing left to do."""
    before = [task.state for task in tasks]
    changed = False
    for task in list(tasks):
        if isinstance(task, ImportTask) and not _scene_exists(task.scene):
            task.cancel()
        changed |= task.poll()
        if isinstance(task, ImportTask):
            changed |= _look_after(task)
    if not any(task.state in (State.RUNNING, State.CANCELLING) for task in tasks):
        following = next((task for task in tasks if task.state is State.WAITING), None)
        if following:
            following.start()
    if changed or [task.state for task in tasks] != before:
        _tell()
    return _PAUSE if busy() else None


def busy() -> bool:
    """Whether any task is not over, or a finished import not in its scene yet."""
    return any(not task.state.over or _awaited(task) for task in tasks)


def wait(task: Task) -> None:
    """Until a task is over and in the scene; for scripts. KeyboardInterrupt cancels it."""
    try:
        while not task.state.over or _awaited(task):
            tick()
            time.sleep(_PAUSE / 5)
    except BaseException:
        task.end()
        raise


def dismiss(task: Task) -> None:
    """Show an ended task no longer."""
    assert task.state.over, "the task has not ended"
    tasks.remove(task)
    if isinstance(task, ImportTask) and not task.imported:
        task.discard()
    _tell()


def stop_all() -> None:
    """End every process now, and wait for that. Imports stay in their folders, to be offered."""
    for task in tasks:
        task.end()
        if isinstance(task, ImportTask):
            task.release()
    for task in offered:
        task.release()
    tasks.clear()
    offered.clear()
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)


def offer(found: list[ImportTask]) -> None:
    """Show imports that were left behind, for the user to resume or discard."""
    offered.extend(found)
    _tell()


def resume(task: ImportTask, scene: int) -> None:
    """Go on with an offered import, into the scene of that session_uid."""
    offered.remove(task)
    task.scene = scene
    add(task)


def discard(task: ImportTask) -> None:
    """Delete an offered import."""
    offered.remove(task)
    task.discard()
    _tell()


def _look_after(task: ImportTask) -> bool:
    if task.state is State.CANCELLED:
        tasks.remove(task)
        task.discard()
        return True
    if not _awaited(task) or not arrive(task):
        return False
    if task.imported and not task.problem:
        tasks.remove(task)
    return True


def _awaited(task: Task) -> bool:
    if not isinstance(task, ImportTask) or task.asks:
        return False
    return task.state is State.DONE and not task.imported


def _scene_exists(uid: int | None) -> bool:
    return uid is None or any(scene.session_uid == uid for scene in bpy.data.scenes)


def _tell() -> None:
    for listener in listeners:
        listener()


@bpy.app.handlers.persistent
def _file_closes(*_: object) -> None:
    stop_all()


@bpy.app.handlers.persistent
def _file_opened(*_: object) -> None:
    offer(ImportTask.left_behind(current_environment()))


def register() -> None:
    """See to it that no process outlives the file, the add-on or Blender."""
    bpy.app.handlers.load_pre.append(_file_closes)
    bpy.app.handlers.load_post.append(_file_opened)
    _file_opened()
    atexit.register(stop_all)


def unregister() -> None:
    """Undo `register`."""
    stop_all()
    atexit.unregister(stop_all)
    bpy.app.handlers.load_pre.remove(_file_closes)
    bpy.app.handlers.load_post.remove(_file_opened)
