"""The Blender side of OneTake: videos become takes, takes characters, characters files.

Every import inside this package is relative: Blender renames the extension. Scripts without a user
interface import the modules that they need; only `register` makes anything known to Blender.
"""

import atexit
from importlib import import_module

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
    "staging",
    "command_line",
)


def register() -> None:
    """Make every module known to Blender, or none where one fails."""
    done = []
    try:
        for name in MODULES:
            module = import_module(f".{name}", __package__)
            module.register()
            done.append(module)
    except BaseException:
        for module in reversed(done):
            module.unregister()
        raise
    if _is_module():
        atexit.register(unregister)


def unregister() -> None:
    """Undo `register`."""
    atexit.unregister(unregister)
    for name in reversed(MODULES):
        import_module(f".{name}", __package__).unregister()


def _is_module() -> bool:
    """Whether Python runs Blender, not Blender Python.

    It frees Python before its own data then, and crashes at its end over properties whose functions
    are ours (seen in 4.2 and 4.5).
    """
    import bpy

    return not bpy.app.binary_path
