"""Started inside Blender: runs what a test asks for, and says how it went. Never clicks.

/trial/ask.py is a piece of Python that calls answer(value); /trial/answer.json is what it said.
"""

import json
import os
import time
import traceback
from pathlib import Path

import bpy

ASK, ANSWER = Path("/trial/ask.py"), Path("/trial/answer.json")
known: dict = {"bpy": bpy, "time": time, "os": os}  # names that stay from one question to the next


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


def drawn() -> None:
    """The viewport has been drawn."""
    known["draws"].append(time.perf_counter())


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


known |= {"draws": [], "sidebar": sidebar, "under": under}
bpy.context.preferences.view.show_splash = False
bpy.types.SpaceView3D.draw_handler_add(drawn, (), "WINDOW", "POST_PIXEL")
bpy.app.timers.register(look, persistent=True)
