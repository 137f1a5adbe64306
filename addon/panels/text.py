"""Words that fit a narrow panel."""

import textwrap

import bpy

from ..translations import sentence

_CHARACTER = 7.0  # px that a letter takes at Blender's own size, on average


def paragraph(
    layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str = "NONE"
) -> None:
    """A sentence over as many lines as the region's width asks for; labels do not wrap.

    text: in English.
    """
    width = context.region.width / context.preferences.system.ui_scale
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(_wrapped(sentence(text), width)):
        shown = icon if number == 0 else ("BLANK1" if icon != "NONE" else icon)
        column.label(text=line, icon=shown, translate=False)


def _wrapped(text: str, width: float) -> list[str]:
    return textwrap.wrap(text, max(20, int(width / _CHARACTER) - 6))


def duration(seconds: float) -> str:
    """Seconds in words: "12 s", "3 min"."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
