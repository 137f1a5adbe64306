"""Characters as files that other programs read."""


def register() -> None:
    """Make the panel known to Blender."""
    from . import panel

    panel.register()


def unregister() -> None:
    """Undo `register`."""
    from . import panel

    panel.unregister()
