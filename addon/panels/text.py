"""Words that fit a narrow panel."""

from collections.abc import Iterator

import blf
import bpy

from ..translations import sentence

# Pixels at Blender's own size: what tabs and a panel with a box in it take of the region, and an
# icon.
_MARGINS, _ICON = 66.0, 22.0


def paragraph(
    layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str = "NONE"
) -> None:
    """A sentence over as many lines as the region's width asks for; labels do not wrap.

    text: in English.
    """
    scale = context.preferences.system.ui_scale
    points = context.preferences.ui_styles[0].widget.points
    room = context.region.width / scale - _MARGINS - (_ICON if icon != "NONE" else 0.0)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(_wrapped(sentence(text), room, points)):
        shown = icon if number == 0 else ("BLANK1" if icon != "NONE" else icon)
        column.label(text=line, icon=shown, translate=False)


def _wrapped(text: str, room: float, points: float) -> Iterator[str]:
    """Lines of whole words, none wider than `room` pixels in letters of this size where it can."""
    blf.size(0, points)
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and blf.dimensions(0, longer)[0] > room:
            yield line
            longer = word
        line = longer
    yield line


def duration(seconds: float) -> str:
    """Seconds in words: "12 s", "3 min"."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
