"""The shape panel of the sidebar."""

import bpy
from bpy.app.translations import pgettext_iface as iface_
from bpy.props import FloatProperty, FloatVectorProperty, PointerProperty

from ..character_operator import PROBLEM, CharacterOperator, CharacterPanel, said_in_panel, selected
from ..scene.character import Character
from ..scene.rig import is_foreign
from .change import change_height, change_shape, fit_from_video, height


class ONETAKE_OT_fit_shape(CharacterOperator):
    """Give the character the shape again that the video showed"""

    bl_idname = "onetake.fit_shape"
    bl_label = "Fit from Video"

    def work(self, context: bpy.types.Context, character: Character) -> None:
        """The stored shape."""
        fit_from_video(context, character)


def _get_height(self):
    return height(Character.of(self.id_data))


def _set_height(self, metres):
    character = Character.of(self.id_data)
    said_in_panel(self.id_data, lambda: change_height(bpy.context, character, metres))


def _get_betas(self):
    return Character.of(self.id_data).betas.tolist()


def _set_betas(self, betas):
    character = Character.of(self.id_data)
    said_in_panel(self.id_data, lambda: change_shape(bpy.context, character, betas))


class OneTakeShape(bpy.types.PropertyGroup):
    """What the panel offers on a character's shape."""

    height: FloatProperty(
        name="Height",
        description="From the soles to the crown; proportions stay",
        subtype="DISTANCE",
        unit="LENGTH",
        min=0.2,
        soft_min=1.2,
        soft_max=2.2,
        max=4.0,
        step=1,
        precision=3,
        get=_get_height,
        set=_set_height,
        options=set(),
    )
    betas: FloatVectorProperty(
        name="Shape",
        description="Standard deviations from the average body in one direction of its shape. "
        "Armature, mesh and keys follow, and feet stay on the floor",
        size=10,
        min=-10.0,
        max=10.0,
        soft_min=-5.0,
        soft_max=5.0,
        precision=2,
        step=10,
        get=_get_betas,
        set=_set_betas,
        options=set(),
    )


class ONETAKE_PT_shape(CharacterPanel, bpy.types.Panel):
    """Height, ten directions, and back to the video's."""

    bl_label = "Shape"
    bl_description = "Height and build of the selected character"
    bl_order = 30

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only a body of ours has these directions."""
        character = selected(context)
        return character is not None and not is_foreign(character.armature)

    def draw(self, context: bpy.types.Context) -> None:
        """Directions carry the names of the body's shape keys."""
        character = selected(context)
        shape = character.armature.onetake_shape
        column = self.layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.active = PROBLEM not in character.armature
        column.prop(shape, "height")
        column.operator("onetake.fit_shape", icon="FILE_REFRESH")
        column = column.column(align=True)
        for index, name in enumerate(_names(character)):
            column.prop(shape, "betas", index=index, text=name, slider=True)


def _names(character: Character) -> list[str]:
    if character.body is None:
        return [iface_("Direction {number}").format(number=index) for index in range(10)]
    keys = character.body.data.shape_keys.key_blocks[1:11]
    return [key.name.replace("_", " ").capitalize() for key in keys]


_CLASSES = (ONETAKE_OT_fit_shape, OneTakeShape, ONETAKE_PT_shape)


def register() -> None:
    """Give objects their sliders."""
    for item in _CLASSES:
        bpy.utils.register_class(item)
    bpy.types.Object.onetake_shape = PointerProperty(type=OneTakeShape)


def unregister() -> None:
    """Undo `register`."""
    del bpy.types.Object.onetake_shape
    for item in reversed(_CLASSES):
        bpy.utils.unregister_class(item)
