"""Set-up, self-test and log."""

import bpy

from ...backend.errors import OneTakeError
from .. import api
from ..backend_process.task import Task
from ..preferences import PACKAGE
from .reporting import refused, started


def set_up(context: bpy.types.Context) -> Task:
    """Start it for a user who has agreed that Blender goes online where it must."""
    if api.environment().needs_network and not bpy.app.online_access_override:
        context.preferences.system.use_online_access = True
    return api.start_set_up()


class ONETAKE_OT_set_up(bpy.types.Operator):
    """Install what OneTake needs into its own folder. Can be cancelled, and goes on from there"""

    bl_idname = "onetake.set_up"
    bl_label = "Set Up"
    bl_options = {"REGISTER"}

    go_online: bpy.props.BoolProperty(
        name="Go Online",
        description="Allow Blender online access first, as in Preferences, System, Network",
        options={"HIDDEN", "SKIP_SAVE"},
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start it."""
        try:
            return started(self, set_up(context) if self.go_online else api.start_set_up())
        except OneTakeError as error:
            return refused(self, error)


class ONETAKE_OT_check(bpy.types.Operator):
    """Take a sample video through the networks: whether OneTake works here, and how fast"""

    bl_idname = "onetake.check"
    bl_label = "Check"
    bl_options = {"REGISTER"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Start it."""
        try:
            return started(self, api.start_check())
        except OneTakeError as error:
            return refused(self, error)


class ONETAKE_OT_show_log(bpy.types.Operator):
    """Open the logs of set-up and backend in a text editor"""

    bl_idname = "onetake.show_log"
    bl_label = "Show Log"
    bl_options = {"REGISTER"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """One text, replaced each time, in a window of its own where there are windows."""
        text = bpy.data.texts.get("OneTake Log") or bpy.data.texts.new("OneTake Log")
        text.from_string(api.log())
        if not bpy.app.background:
            bpy.ops.wm.window_new()
            area = context.window_manager.windows[-1].screen.areas[0]
            area.type = "TEXT_EDITOR"
            area.spaces.active.text = text
        return {"FINISHED"}


class ONETAKE_OT_show_preferences(bpy.types.Operator):
    """Open the add-on's preferences"""

    bl_idname = "onetake.show_preferences"
    bl_label = "Preferences"
    bl_options = {"INTERNAL"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Open them."""
        bpy.ops.preferences.addon_show(module=PACKAGE)
        return {"FINISHED"}


CLASSES = (ONETAKE_OT_set_up, ONETAKE_OT_check, ONETAKE_OT_show_log, ONETAKE_OT_show_preferences)
