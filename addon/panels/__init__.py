"""The OneTake tab of the sidebar."""

import bpy

from ..backend_process import queue
from . import jobs, setup, thumbnail

_CLASSES = (
    jobs.VIEW3D_PT_onetake,
    setup.VIEW3D_PT_onetake_setup,
    setup.VIEW3D_PT_onetake_backend,
)
_REDRAWN = {"VIEW_3D", "PREFERENCES"}


def _changed() -> None:
    setup.look_again()
    thumbnail.update()
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in _REDRAWN:
                for region in area.regions:
                    if region.type in {"UI", "WINDOW"} and (
                        region.type == "UI" or area.type == "PREFERENCES"
                    ):
                        region.tag_redraw()


def register() -> None:
    """Make the panels known, and let them follow the tasks."""
    for each in _CLASSES:
        bpy.utils.register_class(each)
    thumbnail.register()
    queue.listeners.append(_changed)


def unregister() -> None:
    """Undo `register`."""
    queue.listeners.remove(_changed)
    thumbnail.unregister()
    for each in reversed(_CLASSES):
        bpy.utils.unregister_class(each)
