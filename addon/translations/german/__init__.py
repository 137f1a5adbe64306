"""German."""

from . import sentences
from .backend import BACKEND
from .buttons import BUTTONS
from .labels import LABELS
from .presets import PRESETS
from .tooltips import TOOLTIPS

__all__ = ["SENTENCES", "dictionary"]

SENTENCES = sentences.SENTENCES | BACKEND


def dictionary() -> dict[tuple[str, str], str]:
    """For Blender: (context, English) -> German."""
    plain = LABELS | TOOLTIPS | PRESETS | SENTENCES
    return {("*", text): german for text, german in plain.items()} | {
        ("Operator", text): german for text, german in BUTTONS.items()
    }
