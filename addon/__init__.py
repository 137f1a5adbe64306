"""The Blender side of OneTake: takes become characters, characters become files.

Every import inside this package is relative: Blender renames the extension.
"""


def register() -> None:
    """Make what the user interface needs known to Blender (nothing yet: scripts call `scene`)."""


def unregister() -> None:
    """Undo `register`."""
