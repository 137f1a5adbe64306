"""Changing a character's shape; what the panel's sliders and buttons do."""

import bpy
import numpy as np

from ...backend.errors import OneTakeError
from ..scene.character import Character, set_shape
from ..scene.keying import require_unedited
from ..scene.stored_motion import stored
from ..smoothing.live import follow

_FLAT = 1e-3  # m a standard deviation: a first direction that hardly changes the height


def change_shape(context: bpy.types.Context, character: Character, betas: np.ndarray) -> None:
    """As `apply_shape`, the keys around the current frame first; errors as there."""
    keys = require_unedited(character.armature)
    set_shape(context, character, betas)
    follow(context, character.armature, keys)


def height(character: Character) -> float:
    """Metres from the soles to the crown at rest, which the armature's bones have."""
    return stored(character.armature).skeleton.height(character.betas)


def change_height(context: bpy.types.Context, character: Character, metres: float) -> None:
    """Make the character so tall: its first direction, stature at fixed proportions, does it."""
    skeleton = stored(character.armature).skeleton
    betas = character.betas
    one_more = betas.copy()
    one_more[0] += 1
    slope = skeleton.height(one_more) - skeleton.height(betas)
    if abs(slope) < _FLAT:
        raise OneTakeError(
            "no_stature", "This body has no direction for its height: use the others."
        )
    betas[0] += (metres - skeleton.height(betas)) / slope
    change_shape(context, character, betas)


def fit_from_video(context: bpy.types.Context, character: Character) -> None:
    """Give the character the shape again that the video showed."""
    change_shape(context, character, stored(character.armature).betas)
