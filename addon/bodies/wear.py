"""The body of a character that is in the scene."""

import bpy

from ...backend.errors import OneTakeError
from ...backend.motion.body import Body
from ..body_preferences import OURS
from ..preferences import current_environment
from ..scene.change_body import change_body
from ..scene.character import Character
from .files import official_body


def wear(context: bpy.types.Context, character: Character, body: str) -> Character:
    """Give a character the `neutral`, `male` or `female` official body, or `onetake`, ours.

    Bones keep their lengths; `onetake` brings back what it was before. Errors as `change_body`;
    no_body where there is no such body.
    """
    path = current_environment().body if body == OURS else official_body(body)
    if path is None:
        raise OneTakeError("no_body", "OneTake's own body is not there: press Set Up.")
    try:
        loaded = Body.load(path)
    except Exception as error:  # damage makes numpy and zipfile raise whatever they like
        raise OneTakeError(
            "bad_body", f"{path.name} is damaged: set up again, or choose the body's file again."
        ) from error
    return change_body(context, character, loaded)
