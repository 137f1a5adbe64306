"""Operators: each reads the context, calls one function of `api`, and reports."""

import bpy

from . import import_source, import_video, jobs, setup

_MODULES = (import_video, import_source, jobs, setup)


def register() -> None:
    """Make every operator known."""
    for module in _MODULES:
        for each in module.CLASSES:
            bpy.utils.register_class(each)
    for menu, draw in import_source.MENUS:
        getattr(bpy.types, menu).append(draw)


def unregister() -> None:
    """Undo `register`."""
    for menu, draw in import_source.MENUS:
        getattr(bpy.types, menu).remove(draw)
    for module in reversed(_MODULES):
        for each in reversed(module.CLASSES):
            bpy.utils.unregister_class(each)
