"""A finished import becomes characters in the scene it was started from."""

import traceback

import bpy

from ..backend.errors import OneTakeError
from ..backend.motion.body import Body
from ..backend.motion.smoothing import SmoothingSettings
from ..backend.motion.take import Take
from .backend_process import queue
from .backend_process.import_task import ImportTask
from .backend_process.task import State
from .scene.build import import_takes


def arrive(task: ImportTask) -> bool:
    """Build a finished import's characters; false where that must wait.

    A user at work in another mode than Object Mode, or rendering, is not disturbed.
    """
    window, scene = _place(task.scene)
    if bpy.app.is_job_running("RENDER") or _mode(window) != "OBJECT":
        return False
    if window:
        view_layer = window.view_layer if window.scene == scene else scene.view_layers[0]
        override = {"window": window, "scene": scene, "view_layer": view_layer}
    else:
        override = {"scene": scene, "view_layer": scene.view_layers[0]}
    with bpy.context.temp_override(**override):
        _bring(task)
    return True


def _bring(task: ImportTask) -> None:
    told = task.result
    try:
        made = import_takes(
            bpy.context,
            [Take.load(path) for path in told["takes"]],
            Body.load(told["body"]),
            video_path=told["video"],
            video_fps=told["video_fps"],
            smoothing=SmoothingSettings(),
        )
    except Exception as error:
        if not isinstance(error, OneTakeError):
            traceback.print_exc()  # nobody could act on more than the sentence
            error = OneTakeError("bad_take", f"{error}; import {task.title} again.")
        task.error, task.state = error, State.FAILED
        return
    task.armatures = [character.armature.name for character in made]
    task.tidy()
    if bpy.ops.ed.undo_push.poll():
        bpy.ops.ed.undo_push(message="Import Video as Animation")


def _place(uid: int | None) -> tuple[bpy.types.Window | None, bpy.types.Scene]:
    """The scene, and a window that shows it where there is one, else any."""
    windows = list(bpy.context.window_manager.windows)
    scene = next((each for each in bpy.data.scenes if each.session_uid == uid), None)
    if scene is None:
        scene = windows[0].scene if windows else bpy.context.scene
    showing = [window for window in windows if window.scene == scene]
    return next(iter(showing or windows), None), scene


def _mode(window: bpy.types.Window | None) -> str:
    active = window.view_layer.objects.active if window else None
    return active.mode if active else "OBJECT"


def register() -> None:
    """Let finished imports arrive."""
    queue.arrive = arrive


def unregister() -> None:
    """Undo `register`."""
    queue.arrive = queue.nobody
