"""Buttons of the retarget panel: bake, constraints, presets, rows of the table."""

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_tip as tip_

from ...backend.errors import OneTakeError
from ..character_operator import PROBLEM, selected
from ..operators.reporting import refused
from ..scene.character import Character, characters
from .bake import retarget
from .constraints import GUIDE, constrain, remove
from .presets import read_rig_preset, remove_rig_preset, rig_presets, save_rig_preset
from .record import RECORD, forget


def subject(context: bpy.types.Context) -> Character | None:
    """The selected character, or the one whose motion goes to the selected rig."""
    character = selected(context)
    if character or context.object is None:
        return character
    return next(
        (
            each
            for each in characters(context.scene)
            if each.armature.onetake_retargeting.target == context.object
        ),
        None,
    )


class _Retarget(bpy.types.Operator):
    """Base: `work` on a character and its rig, errors as reports."""

    bl_options = {"REGISTER", "UNDO"}
    needs_target = True

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a character, and a rig chosen for it."""
        character = subject(context)
        if character and (character.armature.onetake_retargeting.target or not cls.needs_target):
            return True
        cls.poll_message_set(tip_("Select a character that OneTake made, and choose a rig for it"))
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Do it, or say why not."""
        try:
            self.work(context, subject(context))
        except OneTakeError as error:
            return refused(self, error)
        return {"FINISHED"}


class ONETAKE_OT_retarget(_Retarget):
    """Bake the character's motion to a new action of the rig"""

    bl_idname = "onetake.retarget"
    bl_label = "Bake to Rig"

    def work(self, context: bpy.types.Context, character: Character) -> None:
        """As the table and the switches say."""
        shown = character.armature.onetake_retargeting
        retarget(context, character, shown.target, shown.bone_map, shown.settings, live=shown.live)
        shown.target.pop(PROBLEM, None)


class ONETAKE_OT_retarget_constrain(_Retarget):
    """Let the rig follow by constraints, which you can mute, weigh and edit; nothing is baked"""

    bl_idname = "onetake.retarget_constrain"
    bl_label = "Constraints Only"

    def work(self, context: bpy.types.Context, character: Character) -> None:
        """Guide and constraints."""
        shown = character.armature.onetake_retargeting
        constrain(context, character, shown.target, shown.bone_map)


class ONETAKE_OT_retarget_release(_Retarget):
    """Let the rig go: constraints are removed, a baked action stays but follows no more"""

    bl_idname = "onetake.retarget_release"
    bl_label = "Release Rig"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only where there is something to release."""
        character = subject(context)
        target = character and character.armature.onetake_retargeting.target
        return bool(target and (RECORD in target or GUIDE in target))

    def work(self, _context: bpy.types.Context, character: Character) -> None:
        """Constraints and record."""
        target = character.armature.onetake_retargeting.target
        remove(target)
        forget(target)
        target.pop(PROBLEM, None)


class ONETAKE_OT_retarget_preset(_Retarget):
    """Fill the table with this preset"""

    bl_idname = "onetake.retarget_preset"
    bl_label = "Retarget Preset"

    filepath: bpy.props.StringProperty(
        name="File",
        description="The preset's JSON file",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, _context, properties) -> str:
        """What the preset says of itself."""
        return tip_(descriptions.get(properties.filepath) or cls.__doc__)

    def work(self, _context: bpy.types.Context, character: Character) -> None:
        """Read it, as far as the rig has its bones."""
        shown = character.armature.onetake_retargeting
        bone_map = read_rig_preset(Path(self.filepath))
        shown.preset = Path(self.filepath).stem
        shown.fill(bone_map.on(bone.name for bone in shown.target.data.bones))


class ONETAKE_OT_retarget_preset_save(_Retarget):
    """Keep the table as a preset of your own"""

    bl_idname = "onetake.retarget_preset_save"
    bl_label = "Save Retarget Preset"

    name: bpy.props.StringProperty(
        name="Name", description="What the preset is called", maxlen=64, options={"SKIP_SAVE"}
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the name."""
        return context.window_manager.invoke_props_dialog(self)

    def work(self, _context: bpy.types.Context, character: Character) -> None:
        """Write the file."""
        shown = character.armature.onetake_retargeting
        shown.preset = save_rig_preset(self.name, shown.bone_map).stem


class ONETAKE_OT_retarget_preset_remove(_Retarget):
    """Delete the preset of your own that the table came from; the table stays"""

    bl_idname = "onetake.retarget_preset_remove"
    bl_label = "Remove Retarget Preset"

    def work(self, _context: bpy.types.Context, character: Character) -> None:
        """Delete the file."""
        shown = character.armature.onetake_retargeting
        remove_rig_preset(shown.preset)
        shown.preset = ""


class ONETAKE_OT_retarget_row(_Retarget):
    """Change the table of bones"""

    bl_idname = "onetake.retarget_row"
    bl_label = "Table of Bones"

    action: bpy.props.EnumProperty(
        name="Change",
        description="What happens to the active row",
        items=[
            ("ADD", "Add", "Add a row, for a further bone of the same part"),
            ("REMOVE", "Remove", "Remove the row"),
            ("PICK", "Pick", "Take the bone that is active on the rig"),
        ],
    )

    @classmethod
    def description(cls, _context, properties) -> str:
        """One for each button."""
        item = cls.bl_rna.properties.get("action")
        tips = {each.identifier: each.description for each in item.enum_items} if item else {}
        return tip_(tips.get(properties.action, cls.__doc__))

    def work(self, _context: bpy.types.Context, character: Character) -> None:
        """On the active row."""
        shown = character.armature.onetake_retargeting
        here = min(shown.active, len(shown.rows) - 1)
        if self.action == "ADD":
            row = shown.rows.add()
            if here >= 0:
                row.slot = shown.rows[here].slot
            shown.rows.move(len(shown.rows) - 1, here + 1)
            shown.active = here + 1
        elif here < 0:
            raise OneTakeError("no_row", "The table is empty: add a row first.")
        elif self.action == "REMOVE":
            shown.rows.remove(here)
            shown.active = max(0, here - 1)
        else:
            active = shown.target.data.bones.active
            if active is None:
                raise OneTakeError("no_bone", f"Select a bone of {shown.target.name} first.")
            shown.rows[here].bone = active.name


# Of the presets, for tooltips, which may not read files.
descriptions: dict[str, str] = {}

_CLASSES = (
    ONETAKE_OT_retarget,
    ONETAKE_OT_retarget_constrain,
    ONETAKE_OT_retarget_release,
    ONETAKE_OT_retarget_preset,
    ONETAKE_OT_retarget_preset_save,
    ONETAKE_OT_retarget_preset_remove,
    ONETAKE_OT_retarget_row,
)


def register() -> None:
    """Make the buttons known."""
    for path in rig_presets():
        try:
            descriptions[str(path)] = read_rig_preset(path).description
        except OneTakeError:
            continue  # a broken file of the user's own says so when it is chosen
    for each in _CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    """Undo `register`."""
    for each in reversed(_CLASSES):
        bpy.utils.unregister_class(each)
    descriptions.clear()
