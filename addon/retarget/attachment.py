"""What carries each keyed bone: its place before its own channels act, and what moves that.

Plain skeletons say so themselves. Control rigs do it through hidden bones and constraints: there
each control is turned in turn, and what follows it is seen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix, Quaternion, Vector

from ...backend.motion.rotations import geodesic_angle

_TURN = Quaternion((0.36, 0.48, 0.8), 0.4)  # about no axis of any rig
_SAME = 0.02  # rad


@dataclass(frozen=True)
class Attachment:
    """For N keyed bones, in the armature's axes and unit."""

    carriers: tuple[int | None, ...]  # the keyed bone that carries this one
    frames: np.ndarray  # (N, 4, 4) pose matrix while all keyed bones are at rest
    shifts: np.ndarray  # (N, 3, 3) location channel -> the armature's axes


def attachment(
    context: bpy.types.Context,
    armature: bpy.types.Object,
    names: tuple[str, ...],
    placed: tuple[int, ...],
) -> Attachment:
    """Find out; control rigs are posed and put back meanwhile. placed: which are also moved."""
    if any(_is_constrained(armature, name) for name in names):
        return _probed(context, armature, names, placed)
    return _plain(armature, names)


def _is_constrained(armature: bpy.types.Object, name: str) -> bool:
    bone = armature.pose.bones[name]
    return any(
        each.constraints and any(not c.mute and c.influence > 0 for c in each.constraints)
        for each in (bone, *bone.parent_recursive)
    )


def _plain(armature: bpy.types.Object, names: tuple[str, ...]) -> Attachment:
    rows = {name: row for row, name in enumerate(names)}
    carriers, frames, shifts = [], [], []
    for name in names:
        bone = armature.data.bones[name]
        chain = []  # up to where rotations come from
        each = bone
        while each and each.use_inherit_rotation and each.parent:
            each = each.parent
            chain.append(each)
        carriers.append(next((rows[each.name] for each in chain if each.name in rows), None))
        frames.append(np.array(bone.matrix_local))
        shifts.append(_shift(bone))
    return Attachment(tuple(carriers), _unscaled(np.array(frames)), np.array(shifts))


def _shift(bone: bpy.types.Bone) -> np.ndarray:
    """(3, 3) a bone's location channel -> the armature's axes, all else at rest."""
    rest = bone.matrix_local
    parent = (
        {"parent_matrix": bone.parent.matrix_local, "parent_matrix_local": bone.parent.matrix_local}
        if bone.parent
        else {}
    )
    at = [
        bone.convert_local_to_pose(Matrix.Translation(shift), rest, **parent).translation
        for shift in (Vector(), *(Vector(row) for row in np.eye(3)))
    ]
    return np.array([point - at[0] for point in at[1:]]).T


def _probed(context, armature, names, placed) -> Attachment:
    bones = [armature.pose.bones[name] for name in names]
    with _posed(context, armature, bones):
        context.view_layer.update()
        rest = _pose(armature, names)
        turned, shifts = [], np.tile(np.eye(3), (len(names), 1, 1))
        for bone in bones:
            bone.matrix_basis = _TURN.to_matrix().to_4x4()
            context.view_layer.update()
            turned.append(_pose(armature, names))
            bone.matrix_basis = Matrix()
        for axis in range(3):
            # One after another from the root: what carries a bone moves it as well.
            for row in placed:
                bone = bones[row]
                before = _pose(armature, (names[row],))[0, :3, 3]
                # The length of the bone keeps the step in the rig's own unit.
                bone.matrix_basis = Matrix.Translation(Vector(np.eye(3)[axis]) * bone.length)
                context.view_layer.update()
                after = _pose(armature, (names[row],))[0, :3, 3]
                shifts[row][:, axis] = (after - before) / bone.length
            for row in placed:
                bones[row].matrix_basis = Matrix()
            context.view_layer.update()
    turned = np.array(turned)  # which was turned, of which it is the matrix
    moves = turned[..., :3, :3] @ np.swapaxes(rest[:, :3, :3], -1, -2)
    own = np.diagonal(moves, axis1=0, axis2=1).transpose(2, 0, 1)
    follows = geodesic_angle(moves, own[:, None]) < _SAME
    np.fill_diagonal(follows, False)
    # Who follows a finger follows the hand: the carrier is the one that itself follows the most.
    order = follows.sum(axis=0)
    carriers = []
    for row in range(len(names)):
        leaders = np.flatnonzero(follows[:, row])
        carriers.append(int(leaders[np.argmax(order[leaders])]) if len(leaders) else None)
    return Attachment(tuple(carriers), rest, shifts)


@contextmanager
def _posed(context, armature, bones) -> Iterator[None]:
    """These bones at rest and no animation, then everything as it was."""
    animation = armature.animation_data
    action = animation.action if animation else None
    slot = getattr(animation, "action_slot", None)
    tracks = animation.use_nla if animation else False
    before = [bone.matrix_basis.copy() for bone in bones]
    try:
        if animation:
            animation.action, animation.use_nla = None, False
        for bone in bones:
            bone.matrix_basis = Matrix()
        yield
    finally:
        for bone, matrix in zip(bones, before, strict=True):
            bone.matrix_basis = matrix
        if animation:
            animation.use_nla, animation.action = tracks, action
            if slot:
                animation.action_slot = slot
        context.view_layer.update()


def _pose(armature, names) -> np.ndarray:
    return _unscaled(np.array([armature.pose.bones[name].matrix for name in names]))


def _unscaled(matrices: np.ndarray) -> np.ndarray:
    turns = matrices[:, :3, :3]
    matrices[:, :3, :3] = turns / np.linalg.norm(turns, axis=1, keepdims=True)
    return matrices
