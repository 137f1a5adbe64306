"""Buttons on the jobs in the panel."""

import bpy

from ...backend.errors import OneTakeError
from .. import api
from .reporting import refused, task_of


class _OnTask:
    """An operator on the task with this number."""

    bl_options = {"INTERNAL"}

    number: bpy.props.IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Do it."""
        try:
            self.act(context)
        except OneTakeError as error:
            return refused(self, error)
        return {"FINISHED"}


class ONETAKE_OT_cancel_job(_OnTask, bpy.types.Operator):
    """Stop this job within a second. Finished stages are kept: starting again goes on from them"""

    bl_idname = "onetake.cancel_job"
    bl_label = "Cancel"

    def act(self, _context: bpy.types.Context) -> None:
        """Cancel it."""
        api.cancel(task_of(api.tasks(), self.number))


class ONETAKE_OT_dismiss_job(_OnTask, bpy.types.Operator):
    """Remove this message"""

    bl_idname = "onetake.dismiss_job"
    bl_label = "Dismiss"

    def act(self, _context: bpy.types.Context) -> None:
        """Forget it."""
        api.dismiss(task_of(api.tasks(), self.number))


class ONETAKE_OT_resume_job(_OnTask, bpy.types.Operator):
    """Go on with this import, into the current scene"""

    bl_idname = "onetake.resume_job"
    bl_label = "Resume"

    def act(self, context: bpy.types.Context) -> None:
        """Queue it again."""
        api.resume(task_of(api.offered(), self.number), context.scene)


class ONETAKE_OT_discard_job(_OnTask, bpy.types.Operator):
    """Delete what was kept of this import"""

    bl_idname = "onetake.discard_job"
    bl_label = "Discard"

    def act(self, _context: bpy.types.Context) -> None:
        """Delete it."""
        api.discard(task_of(api.offered(), self.number))


class ONETAKE_OT_tick_person(_OnTask, bpy.types.Operator):
    """Whether this person becomes a character"""

    bl_idname = "onetake.tick_person"
    bl_label = "Import This Person"

    person: bpy.props.IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    def act(self, _context: bpy.types.Context) -> None:
        """The other way round."""
        task_of(api.tasks(), self.number).ticked ^= {self.person}


class ONETAKE_OT_import_ticked(_OnTask, bpy.types.Operator):
    """Make characters of the people that are ticked"""

    bl_idname = "onetake.import_ticked"
    bl_label = "Import"

    def act(self, _context: bpy.types.Context) -> None:
        """Go on with them."""
        task = task_of(api.tasks(), self.number)
        api.choose_people(task, task.ticked)


CLASSES = (
    ONETAKE_OT_cancel_job,
    ONETAKE_OT_dismiss_job,
    ONETAKE_OT_resume_job,
    ONETAKE_OT_discard_job,
    ONETAKE_OT_tick_person,
    ONETAKE_OT_import_ticked,
)
