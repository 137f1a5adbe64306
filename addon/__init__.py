"""The Blender side of OneTake: videos become takes, takes characters, characters files.

Every import inside this package is relative: Blender renames the extension. Scripts without a user
interface import the modules that they need; only `register` makes anything known to Blender.
"""

import atexit
from importlib import import_module
from types import ModuleType

# What Blender has to know about, in this order: each has register() and unregister().
MODULES = (
    "translations",
    "preferences",
    "backend_process.queue",
    "arrival",
    "operators",
    "panels",
    "edit_layer",
    "smoothing",
    "shape",
    "bodies",
    "staging",
    "retarget",
    "export",
    "command_line",
)

_registered: list[ModuleType] = []


def register() -> None:
    """Make every module known to Blender, or none where one fails."""
    try:
        for name in MODULES:
            module = import_module(f".{name}", __package__)
            module.register()
            _registered.append(module)
    except BaseException:
        unregister()
        raise
    if _is_module():
        atexit.register(unregister)


def unregister() -> None:
    """Undo `register`; Blender as a module does so once more at its end."""
    atexit.unregister(unregister)
    while _registered:
        _registered.pop().unregister()


def _is_module() -> bool:
    """Whether Python runs Blender, not Blender Python.

    Python ends before Blender then, and 4.5 hangs where a property's functions are still ours.
    """
    import bpy

    return not bpy.app.binary_path
