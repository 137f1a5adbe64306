"""Where and when a character plays: place, frame rate, in place, non-linear animation."""

from . import panel


def register() -> None:
    """Make buttons and the panel known to Blender."""
    panel.register()


def unregister() -> None:
    """Undo `register`."""
    panel.unregister()
