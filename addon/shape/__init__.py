"""The shape of a character that is in the scene: ten directions, height, what the video showed."""

from . import panel


def register() -> None:
    """Make sliders, buttons and the panel known to Blender."""
    panel.register()


def unregister() -> None:
    """Undo `register`."""
    panel.unregister()
