"""The question that follows when somebody edited the take's keys by hand."""

import textwrap

import bpy

from .character_operator import PROBLEM, CharacterOperator
from .scene.character import Character
from .scene.edits import discard_edits, keep_edits
from .translations import sentence


class ONETAKE_OT_keep_edits(CharacterOperator):
    """Put a layer over the take's motion: edits by hand move onto it, further ones go there"""

    bl_idname = "onetake.keep_edits"
    bl_label = "Edit on a Layer"

    def work(self, _context: bpy.types.Context, character: Character) -> None:
        """Layer first, question answered then."""
        keep_edits(character)
        character.armature.pop(PROBLEM, None)


class ONETAKE_OT_discard_edits(CharacterOperator):
    """Make the take's keys again what they were before they were edited by hand"""

    bl_idname = "onetake.discard_edits"
    bl_label = "Discard Edits"

    def work(self, _context: bpy.types.Context, character: Character) -> None:
        """Key everything again."""
        discard_edits(character)
        character.armature.pop(PROBLEM, None)


def draw_problem(layout: bpy.types.UILayout, armature: bpy.types.Object) -> None:
    """Why a slider did not do what it was asked to, with the ways on."""
    if PROBLEM not in armature:
        return
    box = layout.box()
    lines = box.column(align=True)
    for line in textwrap.wrap(sentence(armature[PROBLEM]), 38):
        lines.label(text=line, translate=False)
    row = box.row(align=True)
    row.operator("onetake.keep_edits", text="Keep on a Layer")
    row.operator("onetake.discard_edits")


_CLASSES = (ONETAKE_OT_keep_edits, ONETAKE_OT_discard_edits)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
