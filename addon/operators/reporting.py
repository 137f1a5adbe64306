"""How operators end: with a sentence where something is wrong."""

import bpy

from ...backend.errors import OneTakeError
from ..backend_process import queue
from ..backend_process.task import Task
from ..translations import sentence


def refused(operator: bpy.types.Operator, error: OneTakeError) -> set[str]:
    """Report an error of `api`; what the operator returns."""
    operator.report({"ERROR"}, sentence(error.message))
    return {"CANCELLED"}


def started(operator: bpy.types.Operator, task: Task) -> set[str]:
    """With a window the task goes on behind it; without one the operator waits for its end."""
    if not bpy.app.background:
        return {"FINISHED"}
    queue.wait(task)
    if task.error:
        return refused(operator, task.error)
    return {"FINISHED"}


def task_of(tasks: list[Task], number: int) -> Task:
    """The task that a button stands for. OneTakeError where it is gone meanwhile."""
    found = next((task for task in tasks if task.number == number), None)
    if found is None:
        raise OneTakeError("no_task", "There is no such job any more: it ended meanwhile.")
    return found
