"""A character's motion on other rigs: limbs point the same way, standing feet are on the floor."""

import bpy
import numpy as np
import pytest
from mathutils import Matrix
from onetake.addon.retarget.align import align
from onetake.addon.retarget.bake import retarget
from onetake.addon.retarget.presets import guess, read_rig_preset
from onetake.addon.retarget.rig import read_rig
from onetake.addon.retarget.source import source_motion
from onetake.addon.retarget.transfer import RetargetSettings
from onetake.backend.motion.body import Body
from onetake.backend.motion.kinematics import forward_kinematics
from onetake.backend.motion.rotations import geodesic_angle
from onetake.backend.motion.skeleton import JOINT

from tests.blender import retarget_rigs, retargeted

CLIPS = ("walk", "punch", "throw", "arabesque")  # the last is a dance's
RIGS = {
    **{f"makehuman {name}": (name, path) for name, path in retarget_rigs.MAKEHUMAN.items()},
    **{name: (name, None) for name in retarget_rigs.BUILT},
    "rigify_fk": ("rigify_fk", None),
    "rigify_ik": ("rigify_ik", None),
}
SAMPLES = 12  # frames of each clip that are looked at on control rigs, which take their time


@pytest.fixture(scope="module")
def scenes(real_body_path, shared, tmp_path_factory):
    """{clip: .blend} a character that plays it, without its skin: bones are what counts."""
    body, files = Body.load(real_body_path), {}
    for name in CLIPS:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        character = retargeted.character(bpy.context, body, shared, name)
        bpy.data.objects.remove(character.body)
        files[name] = str(tmp_path_factory.mktemp("scenes") / f"{name}.blend")
        bpy.ops.wm.save_as_mainfile(filepath=files[name])
    return files


@pytest.fixture
def walk(scenes):
    return retargeted.opened(scenes["walk"])


def make(name):
    """A rig, and the map that its preset gives."""
    preset, path = RIGS[name]
    if path:
        rig = retarget_rigs.makehuman(path)
    elif name.startswith("rigify"):
        rig = retarget_rigs.rigify()
    else:
        rig = retarget_rigs.BUILT[name]()
    return rig, read_rig_preset(preset).on(bone.name for bone in rig.data.bones)


def measured(character, rig, bone_map):
    """Degrees (T, 8) of LIMBS off, metres (T, 4) of soles over the floor, (T, 4) whether they
    stand, (T, 2) whether a leg stands alone."""
    motion = source_motion(bpy.context, character)
    deform = retargeted.rigify_deform(rig, bone_map)
    samples = SAMPLES if deform else len(motion.frames)
    chosen = np.unique(np.linspace(0, len(motion.frames) - 1, samples).astype(int))
    frames = motion.frames[chosen]
    heads = retargeted.heads_of(rig, bone_map, frames, deform)
    errors = retargeted.limb_errors(heads, retargeted.source_joints(motion)[chosen])
    scale = align(read_rig(rig, bone_map), motion.rest).rig.scale
    soles = retargeted.sole_heights(rig, bone_map, frames, scale, deform)
    stands = retargeted.standing(motion.contacts, motion.timestamps)
    return errors, soles, stands[chosen], retargeted.alone(stands, motion.timestamps)[chosen]


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("name", RIGS)
def test_limbs_point_as_the_sources_and_feet_stand_on_the_floor(scenes, name, clip):
    character = retargeted.opened(scenes[clip])
    rig, bone_map = make(name)
    retarget(bpy.context, character, rig, bone_map)
    errors, soles, stands, alone = measured(character, rig, bone_map)
    legs = errors[:, retargeted.LEGS]
    bearing = legs[np.repeat(alone, 2, axis=1)]
    print(
        f"{name}, {clip}: arms {errors[:, retargeted.ARMS].max():.3f} degrees; legs "
        f"{legs.mean():.2f} in the mean, {legs.max():.1f} at most, where they bear alone "
        f"{bearing.max(initial=0):.3f} ({len(bearing)}); soles in contact "
        f"{1000 * soles[stands].min():.1f} to {1000 * soles[stands].max():.1f} mm"
    )
    assert errors[:, retargeted.ARMS].max() < 0.1
    # The body follows a leg that bears alone. Between two feet on one floor, thighs and shins of
    # other shares than the source's cannot all point as they did.
    assert bearing.max(initial=0) < 0.1
    assert legs.mean() < 1.0
    assert stands.any() and np.abs(soles[stands]).max() < 0.01

    if name.startswith("rigify"):
        return  # evaluated slowly, and what follows is plain skeletons' as well
    retarget(bpy.context, character, rig, bone_map, RetargetSettings(plant_feet=False))
    errors, *_ = measured(character, rig, bone_map)
    assert errors.max() < 0.1


@pytest.mark.parametrize("name", ["unreal", "rigify_fk"])
def test_trunk_and_head_turn_as_the_sources(walk, name):
    rig, bone_map = make(name)
    retarget(bpy.context, walk, rig, bone_map)
    motion = source_motion(bpy.context, walk)
    _, rotations = forward_kinematics(motion.poses, motion.rest, motion.trans)
    axes = read_rig(rig, bone_map).axes
    deform = retargeted.rigify_deform(rig, bone_map)
    for slot, joint in (("pelvis", "pelvis"), ("spine", "spine3"), ("head", "head")):
        bone = deform.get(slot, bone_map.bones[slot][-1])
        pose = retargeted.evaluated(rig, [bone], motion.frames[::20])[:, 0, :3, :3]
        rest = np.array(rig.data.bones[bone].matrix_local)[:3, :3]
        turned = axes @ pose @ rest.T @ axes.T
        assert np.degrees(geodesic_angle(turned, rotations[::20, JOINT[joint]])).max() < 0.1


def test_every_rig_is_known_by_its_bones(context):
    for name in RIGS:
        if name.startswith("rigify"):
            continue
        rig, bone_map = make(name)
        preset, guessed = guess(rig)
        assert guessed.bones == bone_map.bones, (name, preset)


def test_the_path_is_as_long_in_lengths_of_the_leg(walk):
    rig, bone_map = make("godot")
    rig.data.transform(Matrix.Scale(0.5, 4))
    retarget(bpy.context, walk, rig, bone_map)
    motion = source_motion(bpy.context, walk)
    heads = retargeted.heads_of(rig, bone_map, motion.frames[[0, -1]])
    scale = align(read_rig(rig, bone_map), motion.rest).rig.scale
    assert scale == pytest.approx(2.0, rel=0.1)
    hips = (heads["thigh.L"] + heads["thigh.R"]) / 2 * scale
    joints = retargeted.source_joints(motion)[[0, -1]]
    wanted = joints[:, [JOINT["left_hip"], JOINT["right_hip"]]].mean(axis=1)
    assert np.linalg.norm((hips - wanted)[:, [0, 2]], axis=-1).max() < 0.02


def test_the_root_bone_carries_the_way(walk):
    rig, bone_map = make("unreal")
    motion = source_motion(bpy.context, walk)
    found = []
    for root_motion in (False, True):
        retarget(bpy.context, walk, rig, bone_map, RetargetSettings(root_motion=root_motion))
        found.append(retargeted.heads_of(rig, bone_map, motion.frames[::20]))
    plain, moved = found
    assert np.ptp(plain["root"], axis=0).max() < 1e-6
    assert np.ptp(moved["root"][:, 2]) > 30 and np.ptp(moved["root"][:, 1]) < 1e-3  # cm
    for slot in plain:
        if slot != "root":
            assert np.abs(plain[slot] - moved[slot]).max() < 0.01, slot


def test_hands_keep_their_height_on_request(walk):
    rig, bone_map = make("vrm")
    motion = source_motion(bpy.context, walk)
    wrists = retargeted.source_joints(motion)[::6, [JOINT["left_wrist"], JOINT["right_wrist"]], 1]
    scale = align(read_rig(rig, bone_map), motion.rest).rig.scale
    off = []
    for keep in (False, True):
        retarget(bpy.context, walk, rig, bone_map, RetargetSettings(keep_hands=keep))
        heads = retargeted.heads_of(rig, bone_map, motion.frames[::6])
        hands = np.stack([heads["hand.L"][:, 1], heads["hand.R"][:, 1]], axis=1) * scale
        off.append(np.abs(hands - wrists).max())
    assert off[1] < 0.002 < 0.01 < off[0]


@pytest.mark.parametrize("mode", ["XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX", "AXIS_ANGLE"])
def test_bones_keep_their_rotation_mode(walk, mode):
    rig, bone_map = make("smplx")
    for bone in rig.pose.bones:
        bone.rotation_mode = mode
    retarget(bpy.context, walk, rig, bone_map)
    errors, *_ = measured(walk, rig, bone_map)
    assert errors[:, retargeted.ARMS].max() < 0.1
    assert {bone.rotation_mode for bone in rig.pose.bones} == {mode}


def test_bones_that_inherit_no_rotation(walk):
    rig, bone_map = make("unity")
    for name in ("LeftUpperArm", "RightLowerLeg", "Head"):
        rig.data.bones[name].use_inherit_rotation = False
    rig.data.bones["Hips"].use_local_location = False
    retarget(bpy.context, walk, rig, bone_map)
    errors, soles, stands, _ = measured(walk, rig, bone_map)
    assert errors[:, retargeted.ARMS].max() < 0.1 and np.abs(soles[stands]).max() < 0.01
