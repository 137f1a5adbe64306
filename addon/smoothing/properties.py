"""The sliders: views on the settings that the armature carries, which every change keys again."""

import json
from dataclasses import replace

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, PointerProperty

from ...backend.motion.smoothing import MODES, PARTS, SmoothingSettings
from ..character_operator import said_in_panel
from ..scene.character import Character
from ..translations import CONTEXT
from .live import set_in_place, set_smoothing

# The settings of a character that shows its motion as it was before smoothing.
_ASIDE = "onetake_smoothing_aside"

_DEFAULTS = SmoothingSettings()
_MODE_ITEMS = [
    ("zero_lag", "Zero Lag", "Looks ahead as well as back: calm, and nothing comes late"),
    ("causal", "Causal", "Looks back only, as live capture must: fast motion comes a little late"),
    ("paper", "As Published", "The equations as printed: limbs may flip where angles jump"),
]
_PART_TIPS = {
    "root": "the turn of the whole body",
    "trunk": "spine and collar bones",
    "head": "neck and head",
    "arms": "shoulders and elbows",
    "legs": "hips and knees",
    "hands": "wrists and hands",
    "feet": "ankles and toes",
    "translation": "the way of the whole body",
}


def settings_of(armature: bpy.types.Object) -> SmoothingSettings:
    """What the sliders show, whether or not it is applied."""
    applied = Character.of(armature).smoothing
    if applied is None and _ASIDE in armature:
        return SmoothingSettings.from_dict(json.loads(armature[_ASIDE]))
    return applied or _DEFAULTS


def show_smoothed(context: bpy.types.Context, character: Character, smoothed: bool) -> None:
    """Key the motion after smoothing, or before it: the settings are kept meanwhile."""
    settings = settings_of(character.armature)
    set_smoothing(context, character, settings if smoothed else None)
    character.armature[_ASIDE] = json.dumps(settings.to_dict())


def _change(properties: bpy.types.PropertyGroup, **changes: object) -> None:
    armature = properties.id_data
    settings = replace(settings_of(armature), **changes)
    said_in_panel(armature, lambda: set_smoothing(bpy.context, Character.of(armature), settings))


def _number(field: str, **options: object):
    return FloatProperty(
        default=getattr(_DEFAULTS, field),
        get=lambda self: getattr(settings_of(self.id_data), field),
        set=lambda self, value: _change(self, **{field: value}),
        options=set(),
        **options,
    )


def _strength(part: str):
    def change(self, value):
        _change(self, strength={**settings_of(self.id_data).strength, part: value})

    return FloatProperty(
        name=part.capitalize(),
        description=f"Smoothing of {_PART_TIPS[part]} beside that of the rest: 0 for none, 2 for "
        "twice as long",
        translation_context=CONTEXT,
        default=1.0,
        min=0.0,
        soft_max=4.0,
        get=lambda self: settings_of(self.id_data).strength[part],
        set=change,
        options=set(),
    )


def _set_mode(self, index):
    _change(self, mode=MODES[index])


def _set_smoothed(self, smoothed):
    character = Character.of(self.id_data)
    said_in_panel(self.id_data, lambda: show_smoothed(bpy.context, character, smoothed))


def _set_in_place(self, in_place):
    character = Character.of(self.id_data)
    said_in_panel(self.id_data, lambda: set_in_place(bpy.context, character, in_place))


class OneTakeMotion(bpy.types.PropertyGroup):
    """What the panel offers on a character's motion."""

    min_cutoff: _number(
        "min_cutoff",
        name="Cut-off at Rest",
        description="Hertz that limbs at rest may shiver with: lower is calmer (min_cutoff)",
        min=0.05,
        soft_max=8.0,
        precision=2,
        step=5,
    )
    beta: _number(
        "beta",
        name="Speed Response",
        description="How much of fast motion is left alone: higher keeps kicks and throws crisp "
        "(beta, in hertz per radian a second)",
        min=0.0,
        soft_max=10.0,
        precision=2,
        step=10,
    )
    mode: EnumProperty(
        name="Mode",
        description="Whether smoothing may look ahead",
        items=_MODE_ITEMS,
        get=lambda self: MODES.index(settings_of(self.id_data).mode),
        set=_set_mode,
        options=set(),
    )
    foot_lock: BoolProperty(
        name="Foot Lock",
        description="Keep feet that stand where they stand; legs and pelvis follow",
        get=lambda self: settings_of(self.id_data).foot_lock,
        set=lambda self, value: _change(self, foot_lock=value),
        options=set(),
    )
    smoothed: BoolProperty(
        name="Smoothed",
        description="Show the motion after smoothing; switched off, as it was estimated",
        get=lambda self: Character.of(self.id_data).smoothing is not None,
        set=_set_smoothed,
        options=set(),
    )
    in_place: BoolProperty(
        name="In Place",
        description="Leave the way over the ground out: the character moves on the spot",
        get=lambda self: Character.of(self.id_data).in_place,
        set=_set_in_place,
        options=set(),
    )
    __annotations__.update({f"strength_{part}": _strength(part) for part in PARTS})


def register() -> None:
    """Give objects their sliders."""
    bpy.utils.register_class(OneTakeMotion)
    bpy.types.Object.onetake_controls = PointerProperty(type=OneTakeMotion)


def unregister() -> None:
    """Undo `register`."""
    del bpy.types.Object.onetake_controls
    bpy.utils.unregister_class(OneTakeMotion)
