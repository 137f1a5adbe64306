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
from .character_operator import PROBLEM
from .scene.build import import_takes
from .scene.official_body import on_smpl
from .scene.target import find_target


def arrive(task: ImportTask) -> bool:
    """Build a finished import's characters; false where that must wait.

    A user at work in another mode than Object Mode, or rendering, is not disturbed.
    """
    window, scene = _place(task.scene)
    if bpy.app.is_job_running("RENDER") or _mode(window) != "OBJECT":
        return False
    # Edit Mode, in which bones are made, knows only the scene of a window.
    shown = window.scene
    window.scene = scene
    try:
        with bpy.context.temp_override(window=window):
            _bring(task)
    finally:
        window.scene = shown
    return True


def _bring(task: ImportTask) -> None:
    told, options = task.result, task.options
    try:
        takes, body = [Take.load(path) for path in told["takes"]], Body.load(told["body"])
        if options.smpl:
            smpl = Body.load(options.smpl)
            takes, body = [on_smpl(take, body, smpl) for take in takes], smpl
        made = import_takes(
            bpy.context,
            takes,
            body,
            video_path=told["video"],
            video_fps=told["video_fps"],
            smoothing=SmoothingSettings(),
            match_rate=options.match_rate,
            start=options.first_frame,
            target=_target(options.target),
            shape=options.shape,
        )
    except Exception as error:
        if not isinstance(error, OneTakeError):
            traceback.print_exc()  # nobody could act on more than the sentence
            error = OneTakeError("bad_take", f"{error}; import {task.title} again.")
        task.error, task.state = error, State.FAILED
        return
    for character in made:
        character.armature.pop(PROBLEM, None)
    task.armatures = [character.armature.name for character in made]
    task.tidy()
    if bpy.ops.ed.undo_push.poll():
        bpy.ops.ed.undo_push(message="Import Video as Animation")


def _target(name: str | None) -> bpy.types.Object | None:
    if name is None:
        return None
    if name not in bpy.context.scene.objects:
        raise OneTakeError(
            "no_target", f"There is no {name} in the scene any more: import onto another armature."
        )
    return find_target(bpy.context.scene.objects[name])


def _place(uid: int | None) -> tuple[bpy.types.Window, bpy.types.Scene]:
    """The scene, and a window that shows it where there is one, else any."""
    windows = list(bpy.context.window_manager.windows)  # in background there is one, too
    scene = next((each for each in bpy.data.scenes if each.session_uid == uid), windows[0].scene)
    return next((each for each in windows if each.scene == scene), windows[0]), scene


def _mode(window: bpy.types.Window) -> str:
    active = window.view_layer.objects.active
    return active.mode if active else "OBJECT"


def register() -> None:
    """Let finished imports arrive."""
    queue.arrive = arrive


def unregister() -> None:
    """Undo `register`."""
    queue.arrive = queue.nobody
