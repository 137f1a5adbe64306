"""German."""

from .buttons import BUTTONS
from .labels import LABELS
from .presets import PRESETS
from .sentences import SENTENCES
from .tooltips import TOOLTIPS

__all__ = ["SENTENCES", "dictionary"]


def dictionary() -> dict[tuple[str, str], str]:
    """For Blender: (context, English) -> German."""
    plain = LABELS | TOOLTIPS | PRESETS | SENTENCES
    return {("*", text): german for text, german in plain.items()} | {
        ("Operator", text): german for text, german in BUTTONS.items()
    }
