"""Operators: each reads the context, calls one function of `api`, and reports."""

import bpy

from . import import_video, jobs, setup

_MODULES = (import_video, jobs, setup)


def register() -> None:
    """Make every operator known."""
    for module in _MODULES:
        for each in module.CLASSES:
            bpy.utils.register_class(each)
    bpy.types.TOPBAR_MT_file_import.append(import_video.draw_menu)


def unregister() -> None:
    """Undo `register`."""
    bpy.types.TOPBAR_MT_file_import.remove(import_video.draw_menu)
    for module in reversed(_MODULES):
        for each in reversed(module.CLASSES):
            bpy.utils.unregister_class(each)
