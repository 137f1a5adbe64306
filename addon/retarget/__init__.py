"""Retarget: a character's motion on any humanoid rig, by a table of bones."""

from ..scene.keying import listeners
from . import operators, panel, properties
from .bake import follow

_PARTS = (properties, operators, panel)


def register() -> None:
    """Make table, buttons and panel known, and follow the characters' keys."""
    for part in _PARTS:
        part.register()
    listeners.append(follow)


def unregister() -> None:
    """Undo `register`."""
    listeners.remove(follow)
    for part in reversed(_PARTS):
        part.unregister()
