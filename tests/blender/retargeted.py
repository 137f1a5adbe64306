"""Characters with motion worth retargeting, and what Blender makes of it on a rig."""

from dataclasses import replace

import bpy
import numpy as np
from onetake.addon.retarget.rig import read_rig
from onetake.addon.scene.build import import_take
from onetake.addon.scene.character import characters
from onetake.backend.evaluation.rendered.clips import CLIPS
from onetake.backend.evaluation.rendered.truth import Motion, truth
from onetake.backend.motion.foot_contacts import FootLockSettings, phases
from onetake.backend.motion.kinematics import forward_kinematics
from onetake.backend.motion.skeleton import JOINT
from onetake.backend.motion.smoothing import SmoothingSettings

_CLIPS = {clip.name: clip for clip in CLIPS}
# Straight punches out of a boxer's guard; nothing but the motion counts here.
_CLIPS["punch"] = replace(_CLIPS["throw"], name="punch", kind="boxing", key="cmu/014/02", first=30)

# Slot, where it ends, the source's joints there.
LIMBS = [
    (f"{part}.{side}", f"{end}.{side}", JOINT[f"{word}_{a}"], JOINT[f"{word}_{b}"])
    for side, word in (("L", "left"), ("R", "right"))
    for part, end, a, b in (
        ("upper_arm", "forearm", "shoulder", "elbow"),
        ("forearm", "hand", "elbow", "wrist"),
        ("thigh", "shin", "hip", "knee"),
        ("shin", "foot", "knee", "ankle"),
    )
]
ARMS = [row for row, (slot, *_) in enumerate(LIMBS) if "arm" in slot]
LEGS = [row for row, (slot, *_) in enumerate(LIMBS) if "arm" not in slot]


def character(context, body, shared, name: str, frames: int = 60):
    """A character that plays a clip of captured motion, smoothed and with its feet locked."""
    clip = _CLIPS[name]
    take = truth(replace(clip, frames=min(frames, clip.frames)), Motion(shared / "motion"), body)
    return import_take(context, take, body, smoothing=SmoothingSettings())


def evaluated(target, bones, frames):
    """(T, N, 4, 4) pose matrices of a rig's bones, in its own space, as Blender evaluates them."""
    scene, found = bpy.context.scene, []
    for frame in frames:
        scene.frame_set(int(np.floor(frame)), subframe=float(frame % 1))
        graph = bpy.context.evaluated_depsgraph_get()
        pose = target.evaluated_get(graph).pose.bones
        found.append([np.array(pose[name].matrix) for name in bones])
    return np.array(found)


def upright(target, bone_map, points):
    """(..., 3) of the rig's space -> left, up, forward, floor at 0, in the rig's unit."""
    rig = read_rig(target, bone_map)
    return points @ rig.axes.T - [0, rig.floor, 0]


def heads_of(target, bone_map, frames, deform=None):
    """{slot: (T, 3)} heads of each slot's first bone; deform: other names for them."""
    names = {slot: bones[0] for slot, bones in bone_map.bones.items()}
    names |= deform or {}
    matrices = evaluated(target, list(names.values()), frames)
    points = upright(target, bone_map, matrices[:, :, :3, 3])
    return {slot: points[:, column] for column, slot in enumerate(names)}


def limb_errors(heads, joints):
    """(T, 8) degrees between LIMBS of a rig and of the source, joints (T, 24, 3)."""
    errors = []
    for start, end, a, b in LIMBS:
        one, other = heads[end] - heads[start], joints[:, b] - joints[:, a]
        errors.append(_angle(one, other))
    return np.stack(errors, axis=1)


def standing(contacts, timestamps):
    """(T, 4) bool: heels and toes that stand, as the foot lock counts it."""
    stands = np.zeros(contacts.shape, bool)
    for point, probability in enumerate(contacts.T):
        for start, stop in phases(probability, timestamps, FootLockSettings()):
            stands[start:stop, point] = True
    return stands


def alone(stands, timestamps):
    """(T, 2) bool: legs that bear the body alone, the other foot off the floor for a while."""
    feet = stands.reshape(-1, 2, 2).any(axis=2)
    near = np.abs(timestamps[:, None] - timestamps) < FootLockSettings().ease
    return feet & ~(near @ feet[:, ::-1])


def _angle(one, other):
    one = one / np.linalg.norm(one, axis=-1, keepdims=True)
    other = other / np.linalg.norm(other, axis=-1, keepdims=True)
    cross = np.linalg.norm(np.cross(one, other), axis=-1)
    return np.degrees(np.arctan2(cross, np.sum(one * other, axis=-1)))


def source_joints(motion):
    """(T, 24, 3) of what the character plays."""
    return forward_kinematics(motion.poses, motion.rest, motion.trans)[0]


def sole_heights(target, bone_map, frames, scale, deform=None):
    """(T, 4) metres over the floor of left heel, left ball, right heel, right ball: the points of
    the floor that are below ankles and balls in the rest pose, carried by feet and toes."""
    rig = read_rig(target, bone_map)
    names, points = [], []
    for side in "LR":
        foot, toes = rig.head(f"foot.{side}"), rig.head(f"toes.{side}")
        ball = (foot + rig.tails[rig.index(f"foot.{side}")]) / 2 if toes is None else toes
        bone = bone_map.bones[f"foot.{side}"][0]
        names += [(deform or {}).get(f"foot.{side}", bone)] * 2
        points += [foot * [1, 0, 1], ball * [1, 0, 1]]
    matrices = evaluated(target, names, frames)
    rest = np.array([target.data.bones[name].matrix_local for name in names])
    places = (np.array(points) + [0, rig.floor, 0]) @ rig.axes
    local = np.einsum("nba,nb->na", rest[:, :3, :3], places - rest[:, :3, 3])
    now = np.einsum("tnab,nb->tna", matrices[..., :3, :3], local) + matrices[..., :3, 3]
    return upright(target, bone_map, now)[..., 1] * scale


def rigify_deform(rig, bone_map):
    """{slot: bone} what follows a generated rig's controls; empty for plain skeletons."""
    names = {
        slot: "ORG-" + bones[-1].replace("_fk", "")
        for slot, bones in bone_map.bones.items()
        if not slot.endswith(("_ik.L", "_ik.R")) and "fingers" not in slot
    }
    names |= {"pelvis": "ORG-spine", "head": "ORG-spine.006"}
    return {slot: name for slot, name in names.items() if name in rig.data.bones}


def opened(path):
    """The character of a scene that was saved."""
    bpy.ops.wm.open_mainfile(filepath=path)
    (found,) = characters(bpy.context.scene)
    return found
