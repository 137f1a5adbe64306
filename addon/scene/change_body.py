"""Another body under a character's motion: the official SMPL body, or ours again."""

import bpy
import numpy as np

from ...backend.errors import OneTakeError
from ...backend.motion.body import Body
from .armature import move_rest
from .body_mesh import create_body
from .carry import carry, fit_bones
from .character import Character
from .correctives import add_correctives, has_correctives
from .keying import BETAS, key_all, require_unedited
from .rest_skeleton import RestSkeleton
from .rig import is_foreign
from .stored_motion import OWN_MOTION, keep_own, own_motion, restore_own, store, stored

_OWN_BETAS = "onetake_own_betas"

OURS = "onetake"


def body_name(character: Character) -> str:
    """`onetake`, `smpl`, or `rig` for an armature that is not ours."""
    return str(stored(character.armature).plain["body"])


def change_body(context: bpy.types.Context, character: Character, body: Body) -> Character:
    """Let a character have another body with bones of the same lengths; its mesh is replaced.

    From the official body back to ours motion and shape are exactly those that it had. Pose
    correctives that the old mesh showed the new one shows too, where its body has any. Errors as
    `apply_smoothing`; foreign_body for an armature that is not ours.
    """
    armature = character.armature
    if is_foreign(armature):
        raise OneTakeError(
            "foreign_body", f"{armature.name} was not made by OneTake: its body is its own."
        )
    require_unedited(armature)
    skeleton = RestSkeleton.of(body)
    own = own_motion(armature) if body.name == OURS else None
    if own and np.allclose(own.skeleton.points, skeleton.points, atol=1e-4):
        betas = np.array(armature[_OWN_BETAS])
        restore_own(armature)
    else:
        betas = _carried(armature, body, skeleton)
    if body.name == OURS:
        for name in (OWN_MOTION, _OWN_BETAS):
            armature.pop(name, None)
    move_rest(context, armature, skeleton, betas)
    armature[BETAS] = betas.tolist()
    _replace_mesh(character, body, betas)
    key_all(armature)
    return Character.of(armature)


def _carried(armature: bpy.types.Object, body: Body, skeleton: RestSkeleton) -> np.ndarray:
    """Store the motion for another body; the betas (10,) of the shape that it has now."""
    kept, now = stored(armature), np.array(armature[BETAS])
    if kept.plain["body"] == OURS:
        keep_own(armature)
        armature[_OWN_BETAS] = now.tolist()
    shown = fit_bones(skeleton, kept.arrays["rest"])
    rest = body.rest_joints(shown)
    store(
        armature, carry(kept.take(), kept.skeleton, skeleton, shown, body.name, rest=rest), skeleton
    )
    return fit_bones(skeleton, kept.skeleton.joints(now))


def _replace_mesh(character: Character, body: Body, betas: np.ndarray) -> None:
    armature, old = character.armature, character.body
    name, collections = f"{armature.name}.body", armature.users_collection
    corrected = old is not None and has_correctives(old)
    if old:
        name, collections = old.name, old.users_collection
        mesh = old.data
        bpy.data.objects.remove(old)
        if not mesh.users:
            bpy.data.meshes.remove(mesh)
    person = int(stored(armature).plain["person_id"])
    new = create_body(collections[0], name, body, betas, armature, person)
    if corrected and body.posedirs is not None:
        add_correctives(new, armature, body.posedirs)
