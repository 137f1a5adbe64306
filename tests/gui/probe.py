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


known["draws"] = []
bpy.context.preferences.view.show_splash = False
bpy.types.SpaceView3D.draw_handler_add(drawn, (), "WINDOW", "POST_PIXEL")
bpy.app.timers.register(look, persistent=True)
