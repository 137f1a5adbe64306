"""Which body a character has: ours, or the official SMPL body from the user's own file."""

from . import files, panel


def register() -> None:
    """Follow the reading of body files; make buttons and the panel known."""
    files.register()
    panel.register()


def unregister() -> None:
    """Undo `register`."""
    panel.unregister()
    files.unregister()
