"""A character in the scene, and what can be changed about it afterwards: smoothing and shape.

Everything it needs is in the .blend: the unsmoothed motion and the skeleton as a function of the
shape (`stored_motion`), the smoothing and the shape of its bones as custom properties.
"""

import json
from dataclasses import dataclass

import bpy
import numpy as np

from ...backend.errors import OneTakeError
from ...backend.motion.smoothing import SmoothingSettings
from ...backend.motion.take import Take
from .armature import move_rest
from .body_mesh import set_betas
from .keying import ACTION, BETAS, IN_PLACE, SMOOTHING, TIMING, Recipe, key_all, require_unedited
from .rest_skeleton import RestSkeleton
from .rig import is_foreign
from .stored_motion import MOTION, store, stored
from .timing import frame_rate

_CAMERA = "onetake_camera"


@dataclass(frozen=True)
class Character:
    """The armature that carries everything, and what hangs on it; None where the user removed it.

    Holds Blender objects: make a new one after undo or loading a file.
    """

    armature: bpy.types.Object
    body: bpy.types.Object | None
    camera: bpy.types.Object | None

    @classmethod
    def of(cls, item: bpy.types.Object | None) -> "Character":
        """The character that an armature or its body belongs to; OneTakeError if there is none."""
        if item and item.type == "MESH" and item.parent:
            item = item.parent
        if item is None or MOTION not in item:
            raise OneTakeError("no_character", "Select a character that OneTake made.")
        bodies = [child for child in item.children if child.type == "MESH" and _has_betas(child)]
        return cls(item, bodies[0] if bodies else None, item.get(_CAMERA))

    @property
    def action(self) -> bpy.types.Action | None:
        """The action that holds the take, whether or not it plays at the moment."""
        return self.armature.get(ACTION)

    @property
    def betas(self) -> np.ndarray:
        """(10,) shape that the bones have, in standard deviations."""
        return np.array(self.armature[BETAS])

    @property
    def smoothing(self) -> SmoothingSettings | None:
        """What the key frames were smoothed with; None for the motion as it was estimated."""
        return Recipe.of(self.armature).smoothing

    @property
    def in_place(self) -> bool:
        """Whether the way over the ground is left out."""
        return Recipe.of(self.armature).in_place


def characters(scene: bpy.types.Scene) -> list[Character]:
    """Every character of a scene."""
    return [Character.of(item) for item in scene.objects if MOTION in item]


def remember(
    context: bpy.types.Context,
    character: Character,
    take: Take,
    skeleton: RestSkeleton,
    settings: SmoothingSettings | None,
    start: float | None = None,
) -> None:
    """Store a character's take on it and key it; start: frame of the video's first picture."""
    armature = character.armature
    store(armature, take, skeleton)
    armature[BETAS] = np.asarray(take.betas, float).tolist()
    # What the user makes of the scene's range and rate later must not move the motion when it is
    # keyed again.
    start = context.scene.frame_start if start is None else start
    armature[TIMING] = [float(start), frame_rate(context.scene)]
    apply_smoothing(character, settings)


def look_through(character: Character, camera: bpy.types.Object | None) -> Character:
    """Let a character have this camera; the scenes that look through its old one follow."""
    for scene in bpy.data.scenes:
        if character.camera and scene.camera == character.camera:
            scene.camera = camera
    character.armature[_CAMERA] = camera
    return Character.of(character.armature)


def stored_take(character: Character) -> Take:
    """The unsmoothed take, with the shape it was estimated with; landmarks and boxes are zeros."""
    return stored(character.armature).take()


def apply_smoothing(character: Character, settings: SmoothingSettings | None) -> None:
    """Key the stored motion again, smoothed and with its feet locked; None as it was estimated.

    OneTakeError edited_keys where somebody edited the keys by hand (see `scene.edits`).
    """
    require_unedited(character.armature)
    character.armature[SMOOTHING] = json.dumps(settings and settings.to_dict())
    key_all(character.armature)


def apply_in_place(character: Character, in_place: bool) -> None:
    """Leave the way over the ground out of the keys, or put it back; errors as apply_smoothing."""
    require_unedited(character.armature)
    character.armature[IN_PLACE] = bool(in_place)
    key_all(character.armature)


def apply_shape(context: bpy.types.Context, character: Character, betas: np.ndarray) -> None:
    """Give the character another shape, betas (10,): body, rest bones and key frames together.

    The pelvis rises or sinks so that the feet keep their height over the floor. Errors as
    `apply_smoothing`.
    """
    require_unedited(character.armature)
    set_shape(context, character, betas)
    key_all(character.armature)


def set_shape(context: bpy.types.Context, character: Character, betas: np.ndarray) -> None:
    """The part of `apply_shape` that is not keys: they must be made anew afterwards."""
    betas = np.asarray(betas, float)
    assert betas.shape == (10,), f"betas are {betas.shape}, not (10,)"
    if is_foreign(character.armature):
        raise OneTakeError(
            "own_shape", f"{character.armature.name} was not made by OneTake: its shape is its own."
        )
    if character.body:
        set_betas(character.body, betas)
    move_rest(context, character.armature, stored(character.armature).skeleton, betas)
    character.armature[BETAS] = betas.tolist()


def _has_betas(item: bpy.types.Object) -> bool:
    return bool(item.data.shape_keys) and len(item.data.shape_keys.key_blocks) > 10
