"""German."""

from . import sentences
from .backend import BACKEND
from .buttons import BUTTONS
from .labels import AMBIGUOUS, LABELS
from .presets import PRESETS
from .tooltips import TOOLTIPS

__all__ = ["SENTENCES", "dictionary"]

SENTENCES = sentences.SENTENCES | BACKEND


def dictionary(own: str) -> dict[tuple[str, str], str]:
    """For Blender: (context, English) -> German. own: the context of ambiguous names."""
    plain = LABELS | TOOLTIPS | PRESETS | SENTENCES
    words = {"*": plain, "Operator": BUTTONS, own: AMBIGUOUS}
    return {(context, text): german for context in words for text, german in words[context].items()}
