"""The tab's first panel: the import button, and what is under way."""

import bpy
from bpy.app.translations import pgettext_iface as iface_

from .. import api
from ..backend_process.import_task import ImportTask
from ..backend_process.task import State, Task
from ..preferences import shown_state
from ..translations import sentence
from . import thumbnail
from .text import duration, paragraph


class VIEW3D_PT_onetake(bpy.types.Panel):
    """Import a video, watch the jobs."""

    bl_label = "OneTake"
    bl_description = "Videos that become animation: the import, and what is under way"
    bl_category = "OneTake"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context: bpy.types.Context) -> None:
        """The button, offers, jobs."""
        layout = self.layout
        _, missing, _ = shown_state()
        row = layout.row()
        row.scale_y = 1.4
        row.enabled = not missing
        row.operator("onetake.import_video", text="Import Video", icon="FILE_MOVIE")
        if missing:
            paragraph(layout, context, "Set OneTake up first, below: once, a few minutes.", "INFO")
        for task in api.offered():
            _draw_offer(layout, task)
        for task in api.tasks():
            _draw_task(layout, context, task)


def _draw_offer(layout: bpy.types.UILayout, task: ImportTask) -> None:
    box = layout.box()
    ready = task.state is State.DONE
    state = iface_("{name} is ready") if ready else iface_("{name} was interrupted")
    if task.asks:
        state = iface_("{name} has people to choose from")
    box.label(text=state.format(name=task.title), icon="RECOVER_LAST", translate=False)
    row = box.row(align=True)
    _button(row, "resume_job", task, text="Bring In" if ready else "Resume")
    _button(row, "discard_job", task, text="", icon="TRASH")


def _draw_task(layout: bpy.types.UILayout, context: bpy.types.Context, task: Task) -> None:
    box = layout.box()
    row = box.row()
    row.label(text=sentence(task.title), icon=_ICONS[task.state], translate=False)
    if isinstance(task, ImportTask) and task.asks:
        _button(row, "dismiss_job", task, text="", icon="X", emboss=False)
        _draw_people(box, task)
        return
    if task.state.over:
        if not (isinstance(task, ImportTask) and task.state is State.DONE and not task.imported):
            _button(row, "dismiss_job", task, text="", icon="X", emboss=False)
        _draw_end(box, context, task)
        return
    if task.state is State.WAITING:
        _button(row, "cancel_job", task, text="", icon="X", emboss=False)
        box.label(text="Waiting for its turn")
        return
    icon = thumbnail.icon_of(task) if isinstance(task, ImportTask) else None
    if icon:
        box.template_icon(icon_value=icon, scale=8.0)
    stage = sentence(task.stage or "starting")
    box.label(text=stage[0].upper() + stage[1:], translate=False)
    box.progress(factor=task.factor, text=_far(task), translate=False)
    row = box.row()
    row.enabled = task.state is State.RUNNING
    cancelling = task.state is State.CANCELLING
    _button(row, "cancel_job", task, text="Cancelling" if cancelling else "Cancel")


def _draw_people(layout: bpy.types.UILayout, task: ImportTask) -> None:
    """Pictures with ticks, and the button that goes on with those ticked."""
    layout.label(text="Who shall be imported?")
    grid = layout.grid_flow(
        row_major=True, columns=2, even_columns=True, even_rows=True, align=True
    )
    for person in task.people:
        cell = grid.column(align=True)
        cell.template_icon(icon_value=thumbnail.picture_icon(person.picture), scale=5.0)
        ticked = person.number in task.ticked
        seconds = iface_("{number}: {start:.1f} to {end:.1f} s")
        tick = cell.operator(
            "onetake.tick_person",
            text=seconds.format(number=person.number, start=person.start, end=person.end),
            icon="CHECKBOX_HLT" if ticked else "CHECKBOX_DEHLT",
            depress=ticked,
            translate=False,
        )
        tick.number, tick.person = task.number, person.number
    row = layout.row()
    row.scale_y = 1.2
    row.enabled = bool(task.ticked)
    count = len(task.ticked)
    text = iface_("Import 1 Person") if count == 1 else iface_("Import {count} People")
    _button(
        row, "import_ticked", task,
        text=text.format(count=count), icon="IMPORT", translate=False,
    )  # fmt: skip


def _far(task: Task) -> str:
    """How many steps of how many, and for how long."""
    if not task.total:
        return ""
    counted = iface_("{done} of {total}").format(done=task.done, total=task.total)
    if task.left is None:
        return counted
    return iface_("{steps}, {time} left").format(steps=counted, time=duration(task.left))


def _button(layout: bpy.types.UILayout, name: str, task: Task, **options: object) -> None:
    layout.operator(f"onetake.{name}", **options).number = task.number


def _draw_end(layout: bpy.types.UILayout, context: bpy.types.Context, task: Task) -> None:
    if task.error:
        paragraph(layout, context, task.error.message)
        layout.operator("onetake.show_log", icon="TEXT")
    elif isinstance(task, ImportTask) and task.imported:
        paragraph(layout, context, task.problem)
    elif isinstance(task, ImportTask):
        paragraph(layout, context, "Ready: it comes in when you are in Object Mode.")
    else:
        paragraph(layout, context, task.notes[-1] if task.notes else task.state.value)


_ICONS = {
    State.WAITING: "TIME",
    State.RUNNING: "PLAY",
    State.CANCELLING: "PAUSE",
    State.DONE: "CHECKMARK",
    State.FAILED: "ERROR",
    State.CANCELLED: "CANCEL",
}
