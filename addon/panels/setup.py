"""What of the backend is there, and the buttons that bring the rest."""

import bpy
from bpy.app.translations import pgettext_iface as iface_

from .. import api
from ..backend_process.environment import Environment
from ..backend_process.task import Task
from ..preferences import refresh, shown_state
from ..translations import sentence
from .text import paragraph

_PARTS = ("Python environment", "networks", "body")
_ended: set[int] = set()  # tasks after whose end the disk was looked at


class _Below(bpy.types.Panel):
    """Below the import button and the jobs."""

    bl_category = "OneTake"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_parent_id = "VIEW3D_PT_onetake"
    bl_order = 100

    def draw(self, context: bpy.types.Context) -> None:
        """The same as in the preferences."""
        draw_setup(self.layout, context)
        self.layout.operator("onetake.show_preferences", icon="PREFERENCES")


class VIEW3D_PT_onetake_setup(_Below):
    """Open while something is missing."""

    bl_label = "Set-Up"
    bl_description = "What OneTake needs on this machine, and what of it is there"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Until the backend is there."""
        return bool(shown_state()[1])


class VIEW3D_PT_onetake_backend(_Below):
    """Out of the way once everything is there."""

    bl_label = "Backend"
    bl_description = "What OneTake runs on, and a check of it"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Once the backend is there."""
        return not shown_state()[1]


def draw_setup(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """What is installed, and the button for what is not."""
    environment, missing, torch = shown_state()
    column = layout.column(align=True)
    for part in _PARTS:
        there = part not in missing
        described = _described(part, environment, torch, there)
        column.label(text=described, icon="CHECKMARK" if there else "X", translate=False)
    free = iface_("{size:.0f} GB free on disk").format(size=environment.free_gigabytes)
    column.label(text=free, icon="DISK_DRIVE", translate=False)
    if missing and not api.setting_up():
        _draw_button(layout, context, environment.needs_network and not bpy.app.online_access)
    row = layout.row(align=True)
    if not missing:
        row.operator("onetake.check", icon="PLAY")
    row.operator("onetake.show_log", icon="TEXT")


def _draw_button(layout: bpy.types.UILayout, context: bpy.types.Context, offline: bool) -> None:
    forbidden = offline and bpy.app.online_access_override  # by whoever started Blender
    row = layout.row()
    row.scale_y = 1.4
    row.enabled = not forbidden
    button = row.operator(
        "onetake.set_up",
        text="Go Online and Set Up" if offline else "Set Up",
        icon="INTERNET" if offline else "IMPORT",
    )
    button.go_online = offline and not forbidden
    if forbidden:
        paragraph(layout, context, api.offline_reason(), "INTERNET_OFFLINE")
    elif offline:
        paragraph(
            layout,
            context,
            "Blender is not allowed online yet. Without the network: name a folder of wheels or an "
            "existing environment in the preferences.",
            "INTERNET_OFFLINE",
        )


def look_again() -> None:
    """Look at the disk after a task that may have changed it."""
    over = {id(task) for task in api.tasks() if _changes_disk(task) and task.state.over}
    if over - _ended:
        refresh()
    _ended.intersection_update(over)
    _ended.update(over)


def _changes_disk(task: Task) -> bool:
    return task.title == "Set-up"


def _described(part: str, environment: Environment, torch: str | None, there: bool) -> str:
    if part != "Python environment" or not there:
        name = sentence(part)
        name = name[0].upper() + name[1:]
        return name if there else iface_("{part} missing").format(part=name)
    device = {
        "cuda": iface_("graphics card"),
        "mps": iface_("Apple graphics"),
        "cpu": iface_("processor"),
    }
    return f"PyTorch {torch or '?'} ({device[environment.accelerator]})"
