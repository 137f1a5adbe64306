"""The body of a character that is in the scene."""

from pathlib import Path

import bpy
import numpy as np

from ...backend.errors import OneTakeError
from ...backend.motion.body import Body
from ..body_preferences import OURS
from ..preferences import current_environment
from ..scene.change_body import body_name, change_body
from ..scene.character import Character
from ..scene.correctives import add_correctives, has_correctives, remove_correctives
from ..scene.rest_skeleton import blender_axes, levelled
from .files import named, official_body

_SAME = 0.005  # metres in the mean: people of another sex differ by centimetres


def wear(context: bpy.types.Context, character: Character, body: str) -> Character:
    """Give a character the `neutral`, `male` or `female` official body, or `onetake`, ours.

    Bones keep their lengths; `onetake` brings back what it was before. Errors as `change_body`;
    no_body where there is no such body.
    """
    path = current_environment().body if body == OURS else official_body(body)
    if path is None:
        raise OneTakeError("no_body", "OneTake's own body is not there: press Set Up.")
    return change_body(context, character, load(path))


def set_pose_correctives(character: Character, shown: bool) -> None:
    """Let the skin of an official body bulge and crease with the pose, or no longer.

    OneTakeError no_body where its body has no correctives, or the preferences do not name its file.
    """
    body_object = character.body
    if body_object is None or body_name(character) == OURS:
        raise OneTakeError(
            "no_body",
            f"Only the official body has pose correctives: give {character.armature.name} that "
            "first.",
        )
    if has_correctives(body_object) == shown:
        return
    if not shown:
        remove_correctives(body_object)
        return
    posedirs = _body_of(body_object).posedirs
    add_correctives(body_object, character.armature, posedirs)


def _body_of(body_object: bpy.types.Object) -> Body:
    """The official body that a mesh was made of."""
    mesh = body_object.data
    points = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.shape_keys.reference_key.points.foreach_get("co", points.ravel())
    for sex in named():
        body = load(official_body(sex))
        vertices = blender_axes(levelled(body)[0])
        if vertices.shape == points.shape and np.abs(vertices - points).mean() < _SAME:
            return body
    raise OneTakeError(
        "no_body",
        f"Choose the file that {body_object.name} was made of in the add-on's preferences first.",
    )


def load(path: Path) -> Body:
    """A body's npz. OneTakeError bad_body where it is damaged."""
    try:
        return Body.load(path)
    except Exception as error:  # damage makes numpy and zipfile raise whatever they like
        raise OneTakeError(
            "bad_body", f"{path.name} is damaged: set up again, or choose the body's file again."
        ) from error
