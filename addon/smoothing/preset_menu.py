"""The menu of smoothing presets: Blender's own preset popover over JSON files."""

import json
from pathlib import Path

import bpy
from bl_ui.utils import PresetPanel
from bpy.app.translations import pgettext_tip as tip_

from ...backend.errors import OneTakeError
from ..character_operator import PROBLEM, CharacterOperator
from ..scene.character import Character
from ..translations import sentence
from .live import set_smoothing
from .presets import SHIPPED, read_preset, remove_preset, save_preset, user_folder
from .properties import settings_of


class ONETAKE_OT_apply_smoothing_preset(CharacterOperator):
    """Smooth the character as this preset says"""

    bl_idname = "onetake.apply_smoothing_preset"
    bl_label = "Apply Smoothing Preset"

    filepath: bpy.props.StringProperty(
        name="Preset",
        description="The file that holds the preset",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, _context, properties) -> str:
        """What the preset says of itself."""
        return tip_(_descriptions.get(properties.filepath) or cls.__doc__)

    def work(self, context: bpy.types.Context, character: Character) -> None:
        """Read, set, key."""
        set_smoothing(context, character, read_preset(self.filepath))
        character.armature.pop(PROBLEM, None)


class ONETAKE_OT_smoothing_preset_add(bpy.types.Operator):
    """Keep the character's smoothing as a preset of your own, or remove one of them"""

    bl_idname = "onetake.smoothing_preset_add"
    bl_label = "Add Smoothing Preset"
    bl_options = {"REGISTER", "INTERNAL"}

    name: bpy.props.StringProperty(
        name="Name", description="What the preset is called", maxlen=64, options={"SKIP_SAVE"}
    )
    remove_name: bpy.props.BoolProperty(options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def description(cls, _context, properties) -> str:
        """One for each of its two buttons."""
        if properties.remove_name:
            return tip_("Remove this preset of your own")
        return tip_("Keep the character's smoothing as a preset of your own")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write or delete the file."""
        try:
            if self.remove_name:
                remove_preset(self.name)
            else:
                armature = Character.of(context.object).armature
                save_preset(self.name, settings_of(armature))
        except OneTakeError as error:
            self.report({"ERROR"}, sentence(error.message))
            return {"CANCELLED"}
        return {"FINISHED"}


class ONETAKE_PT_smoothing_presets(PresetPanel, bpy.types.Panel):
    """The popover: what came with the add-on, then the user's own, which can be removed."""

    bl_label = "Smoothing Presets"
    bl_description = "Settings for kinds of motion, and your own"

    def draw(self, _context: bpy.types.Context) -> None:
        """List the files of both folders."""
        self.layout.emboss = "PULLDOWN_MENU"
        self.layout.operator_context = "EXEC_DEFAULT"
        own = user_folder()
        options = {
            "operator": "onetake.apply_smoothing_preset",
            "filter_ext": lambda suffix: suffix == ".json",
            "display_name": lambda path: bpy.path.display_name(path),
        }
        self.path_menu([str(SHIPPED)], **options)
        self.layout.separator()
        folders = [str(own)] if own else [str(SHIPPED)]
        # Without a folder of the user's own, only the field to add the first preset.
        if not own:
            options["filter_ext"] = lambda suffix: False
        self.path_menu(folders, add_operator="onetake.smoothing_preset_add", **options)


# Of the presets that came with the add-on; a tooltip may not read files.
_descriptions: dict[str, str] = {}

_CLASSES = (
    ONETAKE_OT_apply_smoothing_preset,
    ONETAKE_OT_smoothing_preset_add,
    ONETAKE_PT_smoothing_presets,
)


def register() -> None:
    """Make the menu known."""
    _descriptions.update({str(path): _description(path) for path in SHIPPED.glob("*.json")})
    for item in _CLASSES:
        bpy.utils.register_class(item)


def unregister() -> None:
    """Undo `register`."""
    for item in reversed(_CLASSES):
        bpy.utils.unregister_class(item)
    _descriptions.clear()


def _description(path: Path) -> str:
    return str(json.loads(path.read_text(encoding="utf-8")).get("description", ""))
