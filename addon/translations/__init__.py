"""The interface's words in the user's language.

Labels, buttons and tooltips are Blender's to translate once it knows our dictionary. Errors are
raised in English by modules that know no Blender, with names and figures filled in already:
`sentence` finds the pattern that such a sentence was made from.
"""

import re
from functools import cache

import bpy
from bpy.app.translations import pgettext_rpt

from . import german

# Of names that Blender's own dictionaries, which come first, have in another sense: to many of
# them "Fast" is a verb, and "Translation" one into another language.
CONTEXT = "OneTake"

_PLACE = re.compile(r"\{\d+\}")


def sentence(text: str) -> str:
    """An error's sentence, a stage or a state for the user to read; as it is where nobody knows it.

    What was filled in is translated too where it is known: of names of files nothing is.
    """
    for pattern, template in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return pgettext_rpt(template).format(*map(_listed, found.groups()))
    return text


def _listed(text: str) -> str:
    whole = sentence(text)
    return whole if whole != text else ", ".join(map(sentence, text.split(", ")))


@cache
def _patterns() -> list[tuple[re.Pattern, str]]:
    """Those with the most words of their own first: "{0}: {1}" fits nearly everything."""
    templates = sorted(german.SENTENCES, key=lambda text: -len(_PLACE.sub("", text)))
    return [(_pattern(template), template) for template in templates]


def _pattern(template: str) -> re.Pattern:
    return re.compile("(.+)".join(map(re.escape, _PLACE.split(template))), re.DOTALL)


def register() -> None:
    """Make the dictionary known to Blender."""
    bpy.app.translations.register(__name__, {"de": german.dictionary(CONTEXT)})


def unregister() -> None:
    """Undo `register`."""
    bpy.app.translations.unregister(__name__)
