"""The Blender side of OneTake: takes become characters, characters become files.

Every import inside this package is relative: Blender renames the extension. Scripts without a user
interface import the modules that they need; only `register` brings panels in.
"""


def register() -> None:
    """Make operators, panels and properties known to Blender."""
    for module in _modules():
        module.register()


def unregister() -> None:
    """Undo `register`."""
    for module in reversed(_modules()):
        module.unregister()


def _modules() -> tuple:
    from . import edit_layer, shape, smoothing, staging

    return edit_layer, smoothing, shape, staging
