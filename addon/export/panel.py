"""The export panel of the sidebar: a preset, a folder, one button."""

from dataclasses import replace

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import EnumProperty, PointerProperty, StringProperty

from ...backend.errors import OneTakeError
from ...backend.export_preset import ExportPreset, shipped
from ..character_operator import CharacterOperator, CharacterPanel
from ..panels.text import paragraph
from ..scene.character import Character
from .exporting import export
from .presets import export_presets

_SKELETON_FORMATS = ("fbx", "glb", "bvh", "usd")  # where rest and root can be chosen

_FIRST = "fbx"  # what the panel shows before anything is chosen: most programs read it

# Read when the add-on is enabled: drawing may not read files. Blender wants the texts kept alive.
_presets: dict[str, ExportPreset] = {}
_items: list[tuple[str, str, str]] = []
_problems: list[str] = []  # with a preset of the user's own


class OneTakeExport(bpy.types.PropertyGroup):
    """What the panel shows; kept in the scene."""

    preset: EnumProperty(
        name="Preset",
        description="The program that the file is for",
        items=lambda _self, _context: _items,
    )
    folder: StringProperty(
        name="Folder",
        description="Where the files go; // is the folder of this .blend",
        subtype="DIR_PATH",
        default="//",
    )
    rest: EnumProperty(
        name="Rest Pose",
        description="The pose of the skeleton without its animation",
        items=[
            ("preset", "As in the Preset", "What suits the program"),
            ("t_pose", "T-Pose", "Arms level, legs plumb"),
            ("a_pose", "A-Pose", "Arms 45 degrees down, legs plumb"),
            ("body", "As Here", "The rest that the character has here"),
        ],
    )
    path: EnumProperty(
        name="Path",
        description="What carries the character over the ground",
        items=[
            ("preset", "As in the Preset", "A root bone where the program wants one"),
            ("root", "Root Bone", "A bone on the floor under the pelvis"),
            ("in_place", "In Place", "Nothing does: the character stays over the origin"),
        ],
    )

    def chosen(self) -> ExportPreset:
        """The preset with what the panel changes of it."""
        preset = _presets[self.preset]
        if preset.format in _SKELETON_FORMATS:
            if self.rest != "preset":
                preset = replace(preset, rest=self.rest)
            if self.path == "root":
                preset = replace(preset, root=preset.root or "root", in_place=False)
            elif self.path == "in_place":
                preset = replace(preset, in_place=True)
        return preset


class ONETAKE_OT_export(CharacterOperator):
    """Write the selected characters, each to a file of its own"""

    bl_idname = "onetake.export"
    bl_label = "Export"
    bl_options = {"REGISTER"}  # the scene stays as it was

    def work(self, context: bpy.types.Context, character: Character) -> None:
        """Write the files of this and the other selected characters."""
        settings = context.scene.onetake_export
        if settings.folder.startswith("//") and not bpy.data.filepath:
            raise OneTakeError(
                "no_folder", "Save the .blend first, or choose a folder for the files."
            )
        folder = bpy.path.abspath(settings.folder)
        files = export(context, _selected(context, character), settings.chosen(), folder)
        names = ", ".join(file.name for file in files)
        self.report({"INFO"}, rpt_("Written: {names}").format(names=names))


class ONETAKE_PT_export(CharacterPanel, bpy.types.Panel):
    """Preset, folder, button."""

    bl_label = "Export"
    bl_description = "Files for game engines and other programs"
    bl_order = 15

    def draw(self, context: bpy.types.Context) -> None:
        """The three, and between them what can be changed of the preset."""
        settings = context.scene.onetake_export
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        for problem in _problems:
            paragraph(layout.box(), context, problem, "ERROR")
        layout.prop(settings, "preset")
        if _presets[settings.preset].format in _SKELETON_FORMATS:
            layout.prop(settings, "rest")
            layout.prop(settings, "path")
        layout.prop(settings, "folder")
        layout.operator("onetake.export", icon="EXPORT")


def _selected(context: bpy.types.Context, first: Character) -> list[Character]:
    """The active character first, then the other selected ones."""
    found = {first.armature.name: first}
    for item in context.selected_objects:
        try:
            character = Character.of(item)
        except OneTakeError:
            continue
        found.setdefault(character.armature.name, character)
    return list(found.values())


_CLASSES = (OneTakeExport, ONETAKE_OT_export, ONETAKE_PT_export)


def register() -> None:
    """Make the panel known."""
    try:
        _presets.update(export_presets())
    except OneTakeError as error:  # a file of the user's may not keep the add-on from starting
        _presets.update(shipped())
        _problems.append(error.message)
    names = sorted(_presets, key=lambda name: name != _FIRST)  # the others stay in their order
    _items.extend((name, _presets[name].label, _presets[name].description) for name in names)
    for item in _CLASSES:
        bpy.utils.register_class(item)
    bpy.types.Scene.onetake_export = PointerProperty(type=OneTakeExport)


def unregister() -> None:
    """Undo `register`."""
    del bpy.types.Scene.onetake_export
    for item in reversed(_CLASSES):
        bpy.utils.unregister_class(item)
    _presets.clear()
    _items.clear()
    _problems.clear()
