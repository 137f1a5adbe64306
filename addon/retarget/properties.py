"""What the panel shows: the rig, its table of bones, what is made of the motion."""

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ...backend.errors import OneTakeError
from .bone_map import BoneMap
from .presets import guess, read_rig_preset
from .slots import SLOT, SLOTS
from .transfer import RetargetSettings

_DEFAULTS = RetargetSettings()
_SLOT_ITEMS = [(slot.name, slot.label, slot.description) for slot in SLOTS]


class OneTakeBoneRow(bpy.types.PropertyGroup):
    """One bone of the rig and the part of the body that it stands for."""

    slot: EnumProperty(
        name="Part", description="The part of the body that the bone follows", items=_SLOT_ITEMS
    )
    bone: StringProperty(name="Bone", description="The bone of the rig; empty to leave it alone")


def _is_target(self, item: bpy.types.Object) -> bool:
    return item.type == "ARMATURE" and item != self.id_data


def _chosen(self, _context) -> None:
    """Another rig: fill the table with what is known of it."""
    if self.target is not None:
        self.preset, bone_map = guess(self.target)
        self.fill(bone_map)


class OneTakeRetarget(bpy.types.PropertyGroup):
    """A character's retarget, on its armature."""

    target: PointerProperty(
        name="Rig",
        description="The armature that the motion goes to",
        type=bpy.types.Object,
        poll=_is_target,
        update=_chosen,
    )
    preset: StringProperty(options={"HIDDEN"})
    rows: CollectionProperty(type=OneTakeBoneRow, options={"HIDDEN"})
    active: IntProperty(options={"HIDDEN"})
    plant_feet: BoolProperty(
        name="Plant Feet",
        description="Feet that stand stay on the floor where they are; legs and pelvis follow",
        default=_DEFAULTS.plant_feet,
    )
    keep_hands: BoolProperty(
        name="Keep Hand Height",
        description="Bend the arms so that hands are as high over the floor as in the video, for "
        "tables and handrails; arms no longer point exactly as the source's",
        default=_DEFAULTS.keep_hands,
    )
    root_motion: BoolProperty(
        name="Root Motion",
        description="Let the root bone carry the way over the ground, as game engines want it",
        default=_DEFAULTS.root_motion,
    )
    live: BoolProperty(
        name="Live",
        description="Bake again whenever smoothing or shape of the character change",
        default=True,
    )

    @property
    def settings(self) -> RetargetSettings:
        """What is switched on."""
        return RetargetSettings(self.plant_feet, self.keep_hands, self.root_motion)

    @property
    def bone_map(self) -> BoneMap:
        """The table as a map; the preset's switches go with it, where it came from one."""
        bones: dict[str, list[str]] = {}
        for row in self.rows:
            if row.bone:
                bones.setdefault(row.slot, []).append(row.bone)
        data = {"bones": bones, "properties": _switches(self.preset)}
        return BoneMap.from_dict(data)

    def fill(self, bone_map: BoneMap) -> None:
        """Show a map: its bones, and an empty row for each part that it leaves open."""
        self.rows.clear()
        for slot in SLOTS:
            names = bone_map.bones.get(slot.name, ())
            for name in names or ("",) * _is_wanted(slot.name):
                row = self.rows.add()
                row.slot, row.bone = slot.name, name
        self.active = 0


def _is_wanted(slot: str) -> bool:
    return bool(SLOT[slot].joint)


def _switches(preset: str) -> dict:
    if not preset:
        return {}
    try:
        return {bone: dict(values) for bone, values in read_rig_preset(preset).properties.items()}
    except OneTakeError:
        return {}


_CLASSES = (OneTakeBoneRow, OneTakeRetarget)


def register() -> None:
    """Give objects their retarget."""
    for each in _CLASSES:
        bpy.utils.register_class(each)
    bpy.types.Object.onetake_retargeting = PointerProperty(type=OneTakeRetarget)


def unregister() -> None:
    """Undo `register`."""
    del bpy.types.Object.onetake_retargeting
    for each in reversed(_CLASSES):
        bpy.utils.unregister_class(each)
