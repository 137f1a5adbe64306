"""Smoothing a character that is in the scene: live while a slider is dragged, with presets."""

from . import live, panel, preset_menu, properties

_PARTS = (live, properties, preset_menu, panel)


def register() -> None:
    """Make sliders, presets and panels known to Blender."""
    for part in _PARTS:
        part.register()


def unregister() -> None:
    """Undo `register`; nothing of a drag stays pending."""
    for part in reversed(_PARTS):
        part.unregister()
