"""A take onto an armature that is there: a character of ours, or any with SMPL's joints."""

import itertools
import re
from pathlib import Path
from typing import Literal

import bpy
import numpy as np

from ...backend.errors import OneTakeError
from ...backend.motion.skeleton import JOINT, JOINTS, PARENTS
from ...backend.motion.smoothing import SmoothingSettings
from ...backend.motion.take import Take
from .carry import carry, fit_bones, leg_length
from .character import Character, remember, set_shape
from .keying import BETAS, take_action
from .rest_skeleton import RestSkeleton
from .rig import bone_names, describe, is_foreign
from .stored_motion import MOTION, OWN_MOTION, stored

Shape = Literal["keep", "video"]

# Of thighs, shins and arms at rest: shape alone turns them by less.
_OTHER_REST = np.radians(25.0)
_LIMBS = ("knee", "ankle", "elbow", "wrist")

# The Blender add-ons of SMPL's authors put the model's sex before the joint.
_PREFIX = re.compile(r"^[fmn]_avg_")
_SIDES = re.compile(r"^(l|r)_")


def find_target(item: bpy.types.Object | None) -> bpy.types.Object:
    """The armature that an object is or follows; OneTakeError no_target where a take fits on none.

    A take fits on characters of ours and on armatures with bones named after SMPL's 24 joints.
    """
    if item and item.type == "MESH":
        item = item.find_armature() or item.parent
    if item is None or item.type != "ARMATURE":
        raise OneTakeError("no_target", "Select the armature that the motion is for.")
    if MOTION not in item:
        _bones_of(item)
    return item


def drive(
    context: bpy.types.Context,
    armature: bpy.types.Object,
    take: Take,
    before: RestSkeleton,
    smoothing: SmoothingSettings | None,
    *,
    shape: Shape = "keep",
    start: float | None = None,
) -> tuple[Character, Take]:
    """Key a take onto an armature in a new action; the one before stays in the file.

    before: the skeleton of the take's body. shape: "keep" the target's, then path and jumps are
    scaled by the length of its legs; "video" gives a character of ours the shape that the video
    shows. Foreign armatures keep theirs. start: as in `import_take`. Returns the character and the
    take as it is on it. OneTakeError no_target where it does not fit.
    """
    if armature.name not in context.scene.objects:
        raise OneTakeError(
            "no_target", f"{armature.name} is not in the scene {context.scene.name}."
        )
    ours = MOTION in armature and not is_foreign(armature)
    after, betas, body = (_ours if ours else _foreign)(armature, take, before, shape)
    legs = [leg_length(rest) for rest in (before.joints(take.betas), after.joints(betas))]
    moved = carry(take, before, after, betas, body, scale=legs[1] / legs[0])
    _at_rest(armature)
    character = Character(armature, None, None)
    if ours:
        character = Character.of(armature)
        if not np.allclose(character.betas, betas):
            set_shape(context, character, betas)
    armature.pop(OWN_MOTION, None)
    take_action(armature, Path(take.video_name).stem or armature.name)
    remember(context, character, moved, after, smoothing, start)
    return Character.of(armature), moved


def _ours(
    armature: bpy.types.Object, take: Take, before: RestSkeleton, shape: Shape
) -> tuple[RestSkeleton, np.ndarray, str]:
    kept = stored(armature)
    betas = np.array(armature[BETAS])
    if shape == "video":
        same = kept.plain["body"] == take.body
        betas = np.array(take.betas) if same else fit_bones(kept.skeleton, take.rest)
    return kept.skeleton, betas, str(kept.plain["body"])


def _foreign(
    armature: bpy.types.Object, take: Take, before: RestSkeleton, _shape: Shape
) -> tuple[RestSkeleton, np.ndarray, str]:
    """Measured in metres of the video's person: one unit of the armature's is what makes its legs
    as long as theirs, so that the path follows its legs, whatever unit it is in."""
    names = bone_names(armature) if is_foreign(armature) else _bones_of(armature)
    heads = np.array([armature.data.bones[name].head_local for name in names], float)
    rest = before.joints(take.betas)
    turn = _nearest_turn(rest - rest[0], heads - heads[0])
    unit = leg_length(heads) / leg_length(rest)
    joints = heads @ turn / unit
    _require_rest(armature, joints, rest)
    describe(armature, names, turn * unit)
    return before.moulded(joints, take.betas), np.zeros(10), "rig"


def _bones_of(armature: bpy.types.Object) -> tuple[str, ...]:
    """Names of the bones that stand for SMPL's joints, in its order."""
    found = {}
    for bone in armature.data.bones:
        name = _SIDES.sub(
            lambda side: {"l_": "left_", "r_": "right_"}[side[0]],
            _PREFIX.sub("", bone.name.lower()),
        )
        found.setdefault(name, bone)
    missing = [joint for joint in JOINTS if joint not in found]
    if missing:
        raise OneTakeError(
            "no_target",
            f"{armature.name} has no bone for SMPL's {missing[0]}: select a character of OneTake's "
            "or an armature with SMPL's joint names.",
        )
    joint_of = {found[joint]: joint for joint in JOINTS}
    for joint, parent in zip(JOINTS[1:], PARENTS[1:], strict=True):
        above = next((b for b in found[joint].parent_recursive if b in joint_of), None)
        if above is None or joint_of[above] != JOINTS[parent]:
            raise OneTakeError(
                "no_target",
                f"{found[joint].name} of {armature.name} does not hang on SMPL's {JOINTS[parent]}: "
                "retarget to it instead.",
            )
    return tuple(found[joint].name for joint in JOINTS)


def _nearest_turn(rest: np.ndarray, heads: np.ndarray) -> np.ndarray:
    """(3, 3) the turn by right angles that takes SMPL's axes to the armature's."""
    turns = [
        np.eye(3)[list(order)] * signs
        for order in itertools.permutations(range(3))
        for signs in itertools.product((1.0, -1.0), repeat=3)
    ]
    turns = [turn for turn in turns if np.linalg.det(turn) > 0]
    return max(turns, key=lambda turn: float(np.sum(heads * (rest @ turn.T))))


def _require_rest(armature: bpy.types.Object, joints: np.ndarray, rest: np.ndarray) -> None:
    for side, limb in itertools.product(("left", "right"), _LIMBS):
        joint = JOINT[f"{side}_{limb}"]
        ways = [points[joint] - points[PARENTS[joint]] for points in (joints, rest)]
        ways = [way / max(np.linalg.norm(way), 1e-9) for way in ways]
        if np.arccos(np.clip(ways[0] @ ways[1], -1, 1)) > _OTHER_REST:
            raise OneTakeError(
                "no_target",
                f"{armature.name} does not rest in SMPL's T-pose (its {side} {limb} lies "
                "elsewhere): retarget to it instead.",
            )


def _at_rest(armature: bpy.types.Object) -> None:
    """What an earlier action left of the pose, on the bones in question and those above."""
    names = bone_names(armature)
    for bone in (*(armature.pose.bones[name] for name in names),
                 *armature.pose.bones[names[0]].parent_recursive):  # fmt: skip
        bone.matrix_basis.identity()
    for name in names:
        armature.pose.bones[name].rotation_mode = "QUATERNION"
