"""What operators, panels and properties of the selected character have in common."""

from collections.abc import Callable

import bpy
from bpy.app.translations import pgettext_tip as tip_

from ..backend.errors import OneTakeError
from .scene.character import Character
from .translations import sentence

# The sentence that the panel shows where a slider could not do what it was asked to.
PROBLEM = "onetake_problem"


def selected(context: bpy.types.Context) -> Character | None:
    """The character of the active object, armature or body; None where it has none."""
    try:
        return Character.of(context.object)
    except OneTakeError:
        return None


class CharacterPanel:
    """Base, beside bpy.types.Panel: in the sidebar, while a character of ours is active."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "OneTake"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a character of ours active."""
        return selected(context) is not None


class CharacterOperator(bpy.types.Operator):
    """Base: `work` on the active character, its error as a report."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a character of ours active."""
        if selected(context):
            return True
        cls.poll_message_set(tip_("Select a character that OneTake made"))
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Do it, or say why not."""
        try:
            self.work(context, Character.of(context.object))
        except OneTakeError as error:
            self.report({"ERROR"}, sentence(error.message))
            return {"CANCELLED"}
        return {"FINISHED"}

    def work(self, context: bpy.types.Context, character: Character) -> None:
        """What the operator does."""
        raise NotImplementedError


def said_in_panel(armature: bpy.types.Object, work: Callable[[], None]) -> None:
    """Do a slider's work; where it fails the panel says why: a setter cannot report."""
    try:
        work()
    except OneTakeError as error:
        armature[PROBLEM] = error.message
    else:
        armature.pop(PROBLEM, None)
