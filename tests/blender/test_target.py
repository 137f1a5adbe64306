"""A take onto an armature that is there: ours or anybody's with SMPL's joint names."""

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Euler, Matrix, Vector
from onetake.addon.scene.build import import_take, import_takes
from onetake.addon.scene.carry import leg_length
from onetake.addon.scene.character import Character, apply_in_place, apply_shape, apply_smoothing
from onetake.addon.scene.edits import is_edited, keep_edits
from onetake.addon.scene.keyframes import channels
from onetake.addon.scene.nla import push_down
from onetake.addon.scene.rest_skeleton import RestSkeleton, blender_axes
from onetake.addon.scene.target import find_target
from onetake.addon.staging.place import place_at
from onetake.addon.staging.rate import match_frame_rate
from onetake.backend.errors import OneTakeError
from onetake.backend.motion.skeleton import JOINTS, PARENTS
from onetake.backend.motion.smoothing import SmoothingSettings

from tests.blender.evaluated import evaluate
from tests.blender.synthetic import random_take

TALL = np.array([2.0, *np.zeros(9)])
FRAMES = range(1, 49)


def heads_of(armature, names, frames):
    """(T, 24, 3) in the world."""
    found = []
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        there = armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
        found.append([there.matrix_world @ there.pose.bones[name].head for name in names])
    return np.array(found)


def foreign_name(joint):
    """As SMPL's authors name it in their add-ons."""
    for side, letter in (("left_", "L_"), ("right_", "R_")):
        if joint.startswith(side):
            return "m_avg_" + letter + joint[len(side) :].title()
    return "m_avg_" + joint.title()


def make_foreign(context, rest, name="rig", names=foreign_name):
    """An armature in centimetres, y up, with a root and bones that point anywhere."""
    rng = np.random.default_rng(2)
    data = bpy.data.armatures.new(name)
    rig = bpy.data.objects.new(name, data)
    context.collection.objects.link(rig)
    context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    root = data.edit_bones.new("root")
    root.tail = (0, 10, 0)
    for joint, parent in zip(JOINTS, PARENTS, strict=True):
        bone = data.edit_bones.new(names(joint))
        bone.head = 100 * rest[JOINTS.index(joint)]
        bone.tail = bone.head + Vector(rng.normal(0, 5, 3))
        bone.roll = rng.uniform(0, 6)
        bone.parent = root if parent < 0 else data.edit_bones[names(JOINTS[parent])]
    bpy.ops.object.mode_set(mode="OBJECT")
    rig.scale = (0.01,) * 3
    rig.rotation_euler = (np.pi / 2, 0, 0)
    context.view_layer.update()
    return rig


def test_a_character_gets_a_new_action_and_keeps_its_shape(context, cubes):
    first, second = random_take(cubes, betas=TALL), random_take(cubes, seed=7, betas=-TALL)
    character = import_take(context, first, cubes, smoothing=SmoothingSettings())
    old, body = character.action, character.body
    again = import_take(context, second, cubes, target=find_target(character.body))
    assert again.armature == character.armature and again.body == body
    assert len([item for item in bpy.data.objects if item.type == "ARMATURE"]) == 1
    assert old.use_fake_user and again.action != old
    assert again.armature.animation_data.action == again.action
    assert np.allclose(again.betas, TALL) and again.smoothing is None
    scale = leg_length(cubes.rest_joints(TALL)) / leg_length(cubes.rest_joints(-TALL))
    assert scale > 1.1
    heads, _ = evaluate(again, FRAMES)
    path = blender_axes(second.trans)
    assert np.abs(heads[:, 0, :2] - scale * path[:, :2]).max() < 1e-4
    skeleton = RestSkeleton.of(cubes)
    soles = skeleton.sole_height(second.poses, second.trans, -TALL)
    pelvis = np.stack([heads[:, 0, 0], heads[:, 0, 2], -heads[:, 0, 1]], axis=1)
    assert np.abs(skeleton.sole_height(second.poses, pelvis, TALL) - scale * soles).max() < 1e-4
    alone = import_take(context, second, cubes)
    context.scene.frame_set(25)
    turned = [
        [each.armature.pose.bones[name].rotation_quaternion[:] for name in JOINTS]
        for each in (again, alone)
    ]
    assert np.abs(np.abs(np.sum(np.multiply(*turned), axis=1)) - 1).max() < 1e-3


def test_a_character_gets_the_shape_of_the_video(context, cubes):
    second = random_take(cubes, seed=7, betas=-TALL)
    character = import_take(context, random_take(cubes, betas=TALL), cubes)
    again = import_take(context, second, cubes, target=character.armature, shape="video")
    heads, _ = evaluate(again, FRAMES)
    assert np.abs(heads - blender_axes(second.joints)).max() < 1e-4
    assert np.allclose(again.betas, -TALL)
    assert again.body.data.shape_keys.key_blocks[1].value == pytest.approx(-2)


def test_edits_on_the_old_motion_do_not_forbid_a_new_one(context, cubes):
    character = import_take(context, random_take(cubes), cubes)
    keep_edits(character)
    curve = character.armature.animation_data
    layer = curve.action
    again = import_take(
        context, random_take(cubes, seed=7), cubes, target=character.armature, shape="video"
    )
    assert layer.use_fake_user and curve.action == again.action
    assert curve.action_blend_type == "REPLACE" and not is_edited(again)
    heads, _ = evaluate(again, FRAMES)
    assert np.abs(heads - blender_axes(random_take(cubes, seed=7).joints)).max() < 1e-4


@pytest.mark.parametrize("names", [foreign_name, str])
def test_any_armature_with_the_joints_takes_the_motion_in_its_own_size(context, cubes, names):
    take = random_take(cubes)
    rig = make_foreign(context, 0.8 * take.rest, names=names)
    rig.pose.bones["root"].location = (50, 0, 0)  # of an action that it had
    made = import_take(context, take, cubes, target=rig)
    assert made.armature == rig
    heads = heads_of(rig, [names(joint) for joint in JOINTS], FRAMES)
    assert np.abs(heads - 0.8 * blender_axes(take.joints)).max() < 1e-4
    with pytest.raises(OneTakeError, match="shape is its own"):
        apply_shape(context, made, TALL)


def test_a_foreign_armature_can_all_that_a_character_can(context, cubes):
    take = random_take(cubes)
    context.scene.render.fps = 24
    rig = make_foreign(context, take.rest)
    names = [foreign_name(joint) for joint in JOINTS]
    made = import_take(context, take, cubes, target=rig, match_rate="scene")
    match_frame_rate(context, made, "video")
    assert context.scene.render.fps == 30
    heads = heads_of(rig, names, FRAMES)
    assert np.abs(heads - blender_axes(take.joints)).max() < 1e-4
    apply_in_place(made, True)
    still = heads_of(rig, names, FRAMES)
    assert np.ptp(still[:, 0, :2], axis=0).max() < 1e-5
    assert np.abs(still[:, 0, 2] - heads[:, 0, 2]).max() < 1e-5
    apply_in_place(made, False)
    camera = made.camera.matrix_world.translation.copy()
    place_at(made, Vector((3, -2, 0.5)))
    moved = heads_of(rig, names, FRAMES)
    shift = np.array([3, -2, 0.5]) - [*blender_axes(take.trans[0])[:2], 0]
    assert np.abs(moved - heads - shift).max() < 1e-4
    assert np.abs(np.array(made.camera.matrix_world.translation - camera) - shift).max() < 1e-4
    apply_smoothing(made, SmoothingSettings())
    assert np.abs(heads_of(rig, names, [20]) - moved[19]).max() > 1e-4
    apply_smoothing(made, None)
    bone = rig.pose.bones[names[16]]
    bone.rotation_quaternion = (0.9, 0.1, 0.3, 0.3)
    bone.keyframe_insert("rotation_quaternion", frame=20, group=names[16])
    edited = heads_of(rig, names, [20])
    assert np.abs(edited - moved[19]).max() > 0.01
    layer = keep_edits(made)
    assert np.abs(heads_of(rig, names, [20]) - edited).max() < 1e-3
    push_down(rig, layer)
    assert len(rig.animation_data.nla_tracks) == 2
    assert {path for path, _ in channels(rig)} >= {f'pose.bones["{names[0]}"].location'}


@pytest.mark.parametrize("foreign", [False, True])
def test_the_camera_sees_the_target_where_it_stands(context, cubes, foreign):
    take = random_take(cubes)
    if foreign:
        target = make_foreign(context, 0.7 * take.rest)
        names = [foreign_name(joint) for joint in JOINTS]
    else:
        target, names = import_take(context, take, cubes).armature, JOINTS
        context.scene.camera = None
    place = Matrix.LocRotScale((2, 1, 0.3), Euler((0, 0, 1.1)), (1, 1, 1))
    target.matrix_world = place @ target.matrix_world
    made = import_take(context, take, cubes, target=target)
    assert context.scene.camera == made.camera
    width, height = take.image_size
    for frame in (1, 30):
        heads = heads_of(target, names, [frame])[0]
        seen = np.array(
            [world_to_camera_view(context.scene, made.camera, Vector(p)) for p in heads]
        )
        inside = take.joints[frame - 1] @ take.camera_R.T + take.camera_t
        pixels = inside @ take.camera_K.T
        pixels = pixels[:, :2] / pixels[:, 2:]
        assert np.abs(seen[:, 0] * width - pixels[:, 0]).max() < 0.1
        assert np.abs((1 - seen[:, 1]) * height - pixels[:, 1]).max() < 0.1


def test_others_in_the_video_become_characters(context, cubes):
    takes = [random_take(cubes, seed=number, person_id=number) for number in (1, 2, 3)]
    target = import_take(context, random_take(cubes), cubes).armature
    target.location.x = 5
    made = import_takes(context, takes, cubes, target=target)
    assert made[0].armature == target and len({each.armature for each in made}) == 3
    assert made[1].camera == made[2].camera != made[0].camera
    for each, take in zip(made[1:], takes[1:], strict=True):
        heads, _ = evaluate(each, [10])
        assert np.abs(heads[0] - blender_axes(take.joints[9])).max() < 1e-4


def test_what_cannot_be_a_target_is_said(context, cubes):
    take = random_take(cubes)
    with pytest.raises(OneTakeError, match="Select the armature"):
        find_target(None)
    rig = make_foreign(context, take.rest)
    rig.data.bones[foreign_name("left_knee")].name = "joint7"
    with pytest.raises(OneTakeError, match="no bone for SMPL's left_knee"):
        find_target(rig)
    other = make_foreign(context, take.rest)
    bpy.ops.object.mode_set(mode="EDIT")
    bones = other.data.edit_bones
    bones[foreign_name("left_ankle")].parent = bones["root"]
    bpy.ops.object.mode_set(mode="OBJECT")
    with pytest.raises(OneTakeError, match="does not hang on SMPL's left_knee"):
        find_target(other)
    lowered = np.array(take.rest)
    for joint in (18, 20, 22):  # the left arm hangs down
        lowered[joint] = lowered[16] + [0, -np.linalg.norm(lowered[joint] - lowered[16]), 0]
    with pytest.raises(OneTakeError, match="SMPL's T-pose"):
        import_take(context, take, cubes, target=make_foreign(context, lowered))
    elsewhere = make_foreign(context, take.rest)
    context.collection.objects.unlink(elsewhere)
    with pytest.raises(OneTakeError, match="not in the scene"):
        import_take(context, take, cubes, target=elsewhere)


def test_a_foreign_target_survives_the_file(context, cubes, tmp_path):
    rig = make_foreign(context, random_take(cubes).rest)
    import_take(context, random_take(cubes), cubes, target=rig)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    again = Character.of(bpy.data.objects["rig"])
    apply_smoothing(again, SmoothingSettings())
    assert not is_edited(again)
