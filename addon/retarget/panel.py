"""The retarget panel of the sidebar."""

import bpy

from ..character_operator import PROBLEM
from ..panels.text import paragraph
from .operators import subject
from .presets import rig_presets
from .record import RECORD
from .slots import SLOT


class ONETAKE_UL_bones(bpy.types.UIList):
    """Parts of the body and the bones that follow them"""

    def draw_item(self, _context, layout, data, item, _icon, _active, _property) -> None:
        """Part on the left, bone with a search on the right."""
        split = layout.split(factor=0.42, align=True)
        split.prop(item, "slot", text="", emboss=False)
        missing = not item.bone and SLOT[item.slot].required
        split.alert = missing or bool(item.bone and item.bone not in data.target.data.bones)
        split.prop_search(item, "bone", data.target.data, "bones", text="", icon="BONE_DATA")


class ONETAKE_MT_retarget_presets(bpy.types.Menu):
    """Bone tables of known rigs, and your own"""

    bl_label = "Retarget Presets"

    def draw(self, _context: bpy.types.Context) -> None:
        """One entry a file."""
        for path in rig_presets():
            text = bpy.path.display_name(path.stem)
            operator = self.layout.operator("onetake.retarget_preset", text=text)
            operator.filepath = str(path)


class ONETAKE_PT_retarget(bpy.types.Panel):
    """From a character to another rig."""

    bl_label = "Retarget"
    bl_description = "The motion on a rig of your own"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "OneTake"
    bl_order = 40
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """With a character active, or the rig that it goes to."""
        return subject(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Rig, what is made of the motion, the two ways."""
        layout = self.layout
        shown = subject(context).armature.onetake_retargeting
        layout.prop(shown, "target")
        if shown.target is None:
            paragraph(layout, context, "Choose the armature that the motion goes to.", "INFO")
            return
        if PROBLEM in shown.target:
            paragraph(layout.box(), context, shown.target[PROBLEM], "ERROR")
        missing = shown.bone_map.missing
        if missing:
            parts = ", ".join(missing)
            paragraph(layout.box(), context, f"Choose the bones for: {parts}.", "ERROR")
        column = layout.column(heading="Keep")
        column.prop(shown, "plant_feet")
        column.prop(shown, "keep_hands")
        row = column.row()
        row.active = any(item.slot == "root" and item.bone for item in shown.rows)
        row.prop(shown, "root_motion")
        column.prop(shown, "live")
        column = layout.column(align=True)
        column.enabled = not missing
        column.operator(
            "onetake.retarget",
            text="Bake Again" if RECORD in shown.target else "Bake to Rig",
            icon="ACTION",
        )
        column.operator("onetake.retarget_constrain", icon="CONSTRAINT_BONE")
        column.operator("onetake.retarget_release", icon="X")


class ONETAKE_PT_retarget_bones(bpy.types.Panel):
    """The table of bones."""

    bl_label = "Bones"
    bl_description = "Which bone of the rig stands for which part of the body"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "OneTake"
    bl_parent_id = "ONETAKE_PT_retarget"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """With a rig chosen."""
        character = subject(context)
        return bool(character and character.armature.onetake_retargeting.target)

    def draw(self, context: bpy.types.Context) -> None:
        """Presets above, rows below."""
        shown = subject(context).armature.onetake_retargeting
        row = self.layout.row(align=True)
        row.menu(
            "ONETAKE_MT_retarget_presets",
            text=bpy.path.display_name(shown.preset) if shown.preset else "Matched by Name",
        )
        row.operator("onetake.retarget_preset_save", text="", icon="ADD")
        row.operator("onetake.retarget_preset_remove", text="", icon="REMOVE")
        row = self.layout.row()
        row.template_list("ONETAKE_UL_bones", "", shown, "rows", shown, "active", rows=8)
        column = row.column(align=True)
        for action, icon in (("ADD", "ADD"), ("REMOVE", "REMOVE"), ("PICK", "EYEDROPPER")):
            column.operator("onetake.retarget_row", text="", icon=icon).action = action


_CLASSES = (
    ONETAKE_UL_bones,
    ONETAKE_MT_retarget_presets,
    ONETAKE_PT_retarget,
    ONETAKE_PT_retarget_bones,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
