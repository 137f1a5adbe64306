"""Keys that follow a slider: a second around the current frame at once, the rest by one timer.

A character whose rest is still to come carries a mark, which is saved, undone and redone with it:
whatever brings it back brings the timer back. In Blender without a window there are no timers, and
all is keyed at once.
"""

import atexit
import json
from contextlib import suppress

import bpy
from bpy.app.handlers import persistent

from ...backend.errors import OneTakeError
from ...backend.motion.smoothing import SmoothingSettings
from ..character_operator import PROBLEM
from ..scene.character import Character
from ..scene.keying import (
    IN_PLACE,
    SMOOTHING,
    Keys,
    Recipe,
    Steps,
    key_all,
    key_around,
    require_unedited,
    steps,
    write_all,
)
from ..scene.stored_motion import MOTION, stored
from .graph import Graph

PENDING = "onetake_pending"

_PAUSE = 0.15  # s without a change before the rest is keyed


class _Work:
    """The rest of one character, in pieces of numpy's work; no Blender object is held."""

    def __init__(self, armature: bpy.types.Object):
        self.name, self.recipe = armature.name, Recipe.of(armature)
        self.steps: Steps = steps(stored(armature), self.recipe)


_work: _Work | None = None
_graph: Graph | None = None


def set_smoothing(
    context: bpy.types.Context, character: Character, settings: SmoothingSettings | None
) -> None:
    """As `apply_smoothing`, the keys around the current frame first; errors as there."""
    keys = require_unedited(character.armature)
    character.armature[SMOOTHING] = json.dumps(settings and settings.to_dict())
    follow(context, character.armature, keys)


def set_in_place(context: bpy.types.Context, character: Character, in_place: bool) -> None:
    """As `apply_in_place`, the keys around the current frame first; errors as there."""
    keys = require_unedited(character.armature)
    character.armature[IN_PLACE] = bool(in_place)
    follow(context, character.armature, keys)


def follow(context: bpy.types.Context, armature: bpy.types.Object, keys: Keys) -> None:
    """Key by the armature's recipe, which has changed: what is seen now, the rest soon.

    keys: those that it has, of `require_unedited`.
    """
    if bpy.app.background:
        key_all(armature)
        return
    if key_around(armature, keys, context.scene.frame_current_final):
        armature.pop(PENDING, None)
        return
    armature[PENDING] = True
    _schedule()


def finish(armature: bpy.types.Object) -> None:
    """Key the rest of a character now, where it is still to come; errors as `apply_smoothing`."""
    if armature.pop(PENDING, None):
        require_unedited(armature)
        key_all(armature)


def tick() -> float | None:
    """One piece of what is pending; seconds until the next, None when nothing is."""
    global _work
    if _work is None:
        armature = next(_pending(), None)
        if armature is None:
            return _tick_graph()
        try:
            _work = _Work(armature)
        except OneTakeError:
            del armature[PENDING]
        return 0.0
    try:
        next(_work.steps)
    except StopIteration as done:
        _arrive(_work, done.value)
        _work = None
    return 0.0


def graph() -> Graph:
    """The graph of jitter against swing."""
    return _graph


def want_graph(context: bpy.types.Context, character: Character) -> None:
    """Let the timer bring the graph up to the character's setting."""
    if _graph.ask(context, character) and not bpy.app.timers.is_registered(tick):
        _schedule()


def _tick_graph() -> float | None:
    if not _graph.step():
        return None
    if not _graph.is_working:
        _redraw()
    return 0.0


def _redraw() -> None:
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()


def _arrive(work: _Work, motion) -> None:
    armature = bpy.data.objects.get(work.name)
    # The user may have gone on, or edited keys: those stay as they are, and he is asked.
    if armature is None or PENDING not in armature or Recipe.of(armature) != work.recipe:
        return
    del armature[PENDING]
    try:
        require_unedited(armature)
    except OneTakeError as error:
        armature[PROBLEM] = error.message
        return
    write_all(armature, *motion)


def _pending():
    return (
        item
        for item in bpy.data.objects
        if item.library is None and MOTION in item and PENDING in item
    )


def _schedule() -> None:
    _stop()
    bpy.app.timers.register(tick, first_interval=_PAUSE)


def _stop() -> None:
    global _work
    _work = None
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)


@persistent
def _finish_all(*_ignored: object) -> None:
    _stop()
    for armature in list(_pending()):
        # Keys that were edited meanwhile stay, and a damaged motion may be saved as it is.
        with suppress(OneTakeError):
            finish(armature)


@persistent
def _go_on(*_ignored: object) -> None:
    """After undo, redo or a new file, what was pending then is again."""
    if not bpy.app.background and next(_pending(), None):
        _schedule()


_HANDLERS = (
    ("save_pre", _finish_all),
    ("render_init", _finish_all),
    ("load_post", _go_on),
    ("undo_post", _go_on),
    ("redo_post", _go_on),
)


def register() -> None:
    """Follow files, undo and redo."""
    global _graph
    _graph = Graph()
    for name, handler in _HANDLERS:
        getattr(bpy.app.handlers, name).append(handler)
    # Blender 4.5 hangs at its end while a timer is registered.
    atexit.register(_stop)


def unregister() -> None:
    """Finish what is pending, and follow nothing any more."""
    global _graph
    _finish_all()
    _graph.close()
    _graph = None
    for name, handler in _HANDLERS:
        getattr(bpy.app.handlers, name).remove(handler)
    atexit.unregister(_stop)
