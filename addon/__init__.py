"""The Blender side of OneTake: videos become takes, takes characters, characters files.

Every import inside this package is relative: Blender renames the extension. Scripts without a user
interface import the modules that they need; only `register` makes anything known to Blender.
"""

from importlib import import_module

# What Blender has to know about, in this order: each has register() and unregister().
MODULES = (
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


def unregister() -> None:
    """Undo `register`."""
    for name in reversed(MODULES):
        import_module(f".{name}", __package__).unregister()
