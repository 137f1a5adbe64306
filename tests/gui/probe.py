"""Started inside Blender: runs what a test asks for, and says how it went. Never clicks.

/trial/ask.py is a piece of Python that calls answer(value); /trial/answer.json is what it said.
"""

import contextlib
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

import bpy
import numpy as np

ASK, ANSWER = Path("/trial/ask.py"), Path("/trial/answer.json")
known: dict = {
    "bpy": bpy,
    "os": os,
    "signal": signal,
    "sys": sys,
    "time": time,
}  # names that stay from one question to the next


def look() -> float:
    """Answer the question, if there is one; seconds until the next look."""
    if not ASK.exists():
        return 0.01
    text = ASK.read_text(encoding="utf-8")
    ASK.unlink()
    said = {"answer": None}
    known["answer"] = lambda value: said.update(answer=value)
    try:
        exec(compile(text, str(ASK), "exec"), known)
    except Exception:
        said = {"problem": traceback.format_exc()}
    partial = ANSWER.with_suffix(".partial")
    partial.write_text(json.dumps(said, default=str), encoding="utf-8")
    partial.replace(ANSWER)
    return 0.01


def sidebar() -> tuple:
    """The window, area and region of the viewport's sidebar."""
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    return window, area, next(region for region in area.regions if region.type == "UI")


def under() -> str:
    """The button in the sidebar that the mouse is over, as Blender's own menu would copy it."""
    window, area, region = sidebar()
    manager = bpy.context.window_manager
    with bpy.context.temp_override(window=window, area=area, region=region):
        if bpy.ops.ui.copy_python_command_button.poll():
            bpy.ops.ui.copy_python_command_button()
            return manager.clipboard
        if bpy.ops.ui.copy_data_path_button.poll():
            bpy.ops.ui.copy_data_path_button(full_path=True)
            return manager.clipboard
    return ""


def watch() -> None:
    """Follow the add-on's tasks: their stages and pictures, and how long they hold Blender up.

    `at` is a stage and what to do with the task that begins it, once.
    """
    from bl_ext.user_default.onetake import api
    from bl_ext.user_default.onetake.addon.backend_process import queue, task
    from bl_ext.user_default.onetake.addon.panels import thumbnail

    known.update(api=api, at=None, stages=[], held=[], looks=[], pictures=[])
    take, tick = task.Task._take, queue.tick

    def taken(self: object, message: dict) -> None:
        take(self, message)
        stage = message.get("stage")
        if stage:
            known["stages"].append((stage, message["done"], message["total"]))
            if known["at"] and stage.startswith(known["at"][0]):
                act, known["at"] = known["at"][1], None
                act(self)

    def timed() -> float | None:
        known["looks"].append(time.monotonic())
        began, imported = time.thread_time(), len(characters())
        pause = tick()
        if len(characters()) == imported:  # the moment in which one arrives is another matter
            known["held"].append(time.thread_time() - began)
        known["pictures"].append(thumbnail._shown)
        return pause

    task.Task._take, queue.tick = taken, timed


def kill(task: object) -> None:
    """What a system does that has no memory left."""
    os.kill(task.pid, signal.SIGKILL)


def pause(task: object) -> None:
    """Let the test take its time."""
    os.kill(task.pid, signal.SIGSTOP)


def fill(_task: object = None) -> None:
    """Let nothing fit on the small disk any more."""
    with contextlib.suppress(OSError), open("/small/filler", "wb", 0) as file:
        while True:
            file.write(bytes(4096))


def characters() -> list:
    """The armatures that were imported."""
    return [item for item in bpy.data.objects if item.type == "ARMATURE"]


def keys() -> np.ndarray:
    """All values of the newest character's keys, one row a channel."""
    curves = characters()[-1].animation_data.action.fcurves
    values = [np.array([key.co[1] for key in curve.keyframe_points]) for curve in curves]
    return np.array([each for each in values if len(each) == len(values[0])])


def drawn() -> None:
    """The viewport has been drawn."""
    known["draws"].append(time.perf_counter())


known.update(draws=[], sidebar=sidebar, under=under, watch=watch, kill=kill, pause=pause, fill=fill,
             characters=characters, keys=keys)  # fmt: skip
bpy.context.preferences.view.show_splash = False
bpy.types.SpaceView3D.draw_handler_add(drawn, (), "WINDOW", "POST_PIXEL")
bpy.app.timers.register(look, persistent=True)
