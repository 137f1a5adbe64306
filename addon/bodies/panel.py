"""The body panel of the sidebar."""

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ..body_preferences import BODIES, LABELS, OURS
from ..character_operator import CharacterOperator, CharacterPanel, selected
from ..scene.change_body import body_name
from ..scene.character import Character
from ..scene.correctives import has_correctives
from ..scene.rig import is_foreign
from .files import named
from .wear import set_pose_correctives, wear


class ONETAKE_OT_use_official_body(CharacterOperator):
    """Give the character the official SMPL body; its mesh is replaced, bones keep their lengths"""

    bl_idname = "onetake.use_official_body"
    bl_label = "Use Official Body"

    body: bpy.props.EnumProperty(name="Body", description="Which one", items=BODIES[1:])

    def work(self, context: bpy.types.Context, character: Character) -> None:
        """The body whose file the preferences name."""
        wear(context, character, self.body)


class ONETAKE_OT_use_own_body(CharacterOperator):
    """Give the character OneTake's own body again; its mesh is replaced"""

    bl_idname = "onetake.use_own_body"
    bl_label = "Back to OneTake's Body"

    def work(self, context: bpy.types.Context, character: Character) -> None:
        """As it was."""
        wear(context, character, OURS)


class ONETAKE_OT_pose_correctives(CharacterOperator):
    """Let the skin bulge and crease with the pose, as SMPL's authors measured it."""

    bl_idname = "onetake.pose_correctives"
    bl_label = "Pose Correctives"
    bl_description = (
        "Let the skin bulge and crease with the pose, as SMPL's authors measured it: 207 shape "
        "keys that follow the bones. Exported files leave them out"
    )

    def work(self, context: bpy.types.Context, character: Character) -> None:
        """On, or off again."""
        set_pose_correctives(character, not _shown(character))


class ONETAKE_PT_body(CharacterPanel, bpy.types.Panel):
    """Ours, or one that the preferences name."""

    bl_label = "Body"
    bl_description = "OneTake's own body, or the official one"
    bl_order = 40
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only on a character that is ours."""
        character = selected(context)
        return character is not None and not is_foreign(character.armature)

    def draw(self, context: bpy.types.Context) -> None:
        """What it has, and what it could have."""
        column, character = self.layout.column(), selected(context)
        if body_name(character) != OURS:
            column.operator("onetake.use_own_body", icon="LOOP_BACK")
            shown = _shown(character)
            icon = "CHECKBOX_HLT" if shown else "CHECKBOX_DEHLT"
            column.operator("onetake.pose_correctives", icon=icon, depress=shown)
        for name in named():
            text = iface_(LABELS[name])
            button = column.operator("onetake.use_official_body", text=text, translate=False)
            button.body = name
        if not named():
            column.label(text="No SMPL file is named")
            column.operator("onetake.show_preferences", icon="PREFERENCES")


def _shown(character: Character) -> bool:
    return character.body is not None and has_correctives(character.body)


_CLASSES = (
    ONETAKE_OT_use_official_body,
    ONETAKE_OT_use_own_body,
    ONETAKE_OT_pose_correctives,
    ONETAKE_PT_body,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
