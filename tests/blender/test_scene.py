"""The character in the scene is the take: joints, skin, time, camera."""

from dataclasses import replace

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Matrix, Vector
from onetake.addon.scene.build import import_take, import_takes
from onetake.addon.scene.character import Character
from onetake.addon.scene.curves import read_curve
from onetake.addon.scene.rest_skeleton import blender_axes
from onetake.addon.scene.timing import as_fps_and_base
from onetake.backend.errors import OneTakeError
from onetake.backend.motion.skeleton import JOINTS, MIRROR, PARENTS

from tests.blender.evaluated import evaluate
from tests.blender.synthetic import random_take

VFR = np.cumsum([0.4, *np.tile([1 / 30, 1 / 15, 0.021, 0.11], 6)])


@pytest.mark.parametrize("timestamps", [None, VFR], ids=["constant", "variable"])
def test_bones_and_skin_follow_the_take(context, body, timestamps):
    take = random_take(body, timestamps=timestamps)
    character = import_take(context, take, body)
    frames = context.scene.frame_start + take.timestamps * 30
    heads, skin = evaluate(character, frames)
    assert np.abs(heads - blender_axes(take.joints)).max() < 1e-4
    truth = body.skin(take.poses.astype(float), take.betas, take.trans)
    assert np.abs(skin - blender_axes(truth)).max() < 5e-4


def test_keys_sit_at_the_true_times(context, cubes):
    take = random_take(cubes, timestamps=VFR)
    character = import_take(context, take, cubes)
    keys = read_curve(character.action, 'pose.bones["left_knee"].rotation_quaternion', 0)
    assert np.abs(keys[:, 0] - (1 + VFR * 30)).max() < 2e-3


def test_whole_frames_are_keyed_on_whole_frames(context, cubes):
    take = random_take(cubes, 300, 30000 / 1001)
    character = import_take(context, take, cubes)
    keys = read_curve(character.action, 'pose.bones["pelvis"].location', 0)
    assert np.array_equal(keys[:, 0], np.arange(1, 301))


def test_two_pictures_of_one_time_still_make_rising_keys(context, cubes):
    take = random_take(cubes, timestamps=np.array([0.0, 0.1, 0.1, 0.1, 0.2]))
    character = import_take(context, take, cubes)
    keys = read_curve(character.action, 'pose.bones["pelvis"].location', 0)
    assert (np.diff(keys[:, 0]) > 0).all()


def test_a_single_frame_is_a_take(context, cubes):
    take = random_take(cubes, 1)
    character = import_take(context, take, cubes)
    heads, _ = evaluate(character, [1])
    assert np.abs(heads - blender_axes(take.joints)).max() < 1e-4


def test_quaternions_never_flip(context, cubes):
    character = import_take(context, random_take(cubes, 200), cubes)
    for name in JOINTS:
        path = f'pose.bones["{name}"].rotation_quaternion'
        turns = np.stack([read_curve(character.action, path, i)[:, 1] for i in range(4)], axis=1)
        assert (np.sum(turns[1:] * turns[:-1], axis=1) > 0).all(), name


def test_armature_is_smpl_standing_on_the_floor(context, body):
    take = random_take(body)
    character = import_take(context, take, body)
    armature = character.armature
    assert armature.matrix_world == Matrix.Identity(4)
    bones = armature.data.bones
    assert [bone.name for bone in bones] and {bone.name for bone in bones} == set(JOINTS)
    heads = np.array([bones[name].head_local for name in JOINTS])
    rest = blender_axes(take.rest)
    assert np.abs(heads - heads[0] - (rest - rest[0])).max() < 1e-4
    for joint, name in enumerate(JOINTS):
        parent = bones[name].parent
        assert (parent.name if parent else None) == (JOINTS[PARENTS[joint]] if joint else None)
        assert armature.pose.bones[name].rotation_mode == "QUATERNION"
    armature.data.pose_position = "REST"
    _, skin = evaluate(character, [1])
    assert abs(skin[..., 2].min()) < 0.003


def test_bones_point_along_the_limbs(context, body):
    character = import_take(context, random_take(body, betas=np.zeros(10)), body)
    bones = character.armature.data.bones
    for name, child in (
        ("left_hip", "left_knee"),
        ("spine3", "neck"),
        ("right_elbow", "right_wrist"),
    ):
        assert (bones[name].tail_local - bones[child].head_local).length < 1e-5

    def along(name):
        return (bones[name].tail_local - bones[name].head_local).normalized()

    assert along("head").z > 0.99
    assert along("left_foot").y < -0.9
    assert along("left_hand").x > 0.9
    assert min(bone.length for bone in bones) > 0.009


def test_left_and_right_bones_mirror_each_other(context, body):
    character = import_take(context, random_take(body, betas=np.zeros(10)), body)
    bones = character.armature.data.bones
    axes = np.array([bones[name].matrix_local.to_3x3() for name in JOINTS])
    flip = np.diag([-1.0, 1.0, 1.0])
    # What Blender's own mirror tools expect: x flipped in the world and along the bone.
    assert np.abs(axes[MIRROR] - flip @ axes @ flip).max() < 0.05


def test_mesh_carries_shape_keys_weights_and_materials(context, body):
    take = random_take(body)
    mesh = import_take(context, take, body).body
    keys = mesh.data.shape_keys.key_blocks
    assert [key.name for key in keys] == ["Basis", *body.beta_names]
    assert np.allclose([key.value for key in keys[1:]], take.betas, atol=1e-6)
    assert [group.name for group in mesh.vertex_groups] == list(JOINTS)
    assert max(len(vertex.groups) for vertex in mesh.data.vertices) <= 4
    assert len(mesh.data.polygons) == len(body.quads) and mesh.data.polygons[0].use_smooth
    assert len(mesh.data.materials) == len(body.extra.get("region_names", [0]))
    assert not mesh.data.validate(verbose=True)


@pytest.mark.parametrize("moving", [False, True])
def test_camera_projects_to_the_videos_pixels(context, cubes, moving):
    take = random_take(cubes, moving_camera=moving)
    character = import_take(context, take, cubes)
    _assert_projects(context, character, take, 0.1)


@pytest.mark.parametrize(("fx", "fy"), [(900.0, 1000.0), (1000.0, 900.0)])
def test_camera_with_oblong_pixels(context, cubes, fx, fy):
    take = random_take(cubes)
    oblong = np.array([[fx, 0, 500], [0, fy, 400], [0, 0, 1]], np.float32)
    take = replace(take, camera_K=oblong)
    character = import_take(context, take, cubes)
    _assert_projects(context, character, take, 0.1)


def _assert_projects(context, character, take, pixels):
    scene = context.scene
    assert scene.camera == character.camera
    size = np.array([scene.render.resolution_x, scene.render.resolution_y])
    assert np.array_equal(size, take.image_size)
    for frame in range(0, len(take), 7):
        scene.frame_set(1 + frame)
        index = frame if take.camera_R.ndim == 3 else ()
        seen = take.joints[frame] @ take.camera_R[index].T + take.camera_t[index]
        truth = seen @ take.camera_K.T
        truth = truth[:, :2] / truth[:, 2:]
        for joint in range(24):
            point = Vector(blender_axes(take.joints[frame, joint]))
            view = world_to_camera_view(scene, character.camera, point)
            pixel = np.array([view.x, 1 - view.y]) * size
            assert np.abs(pixel - truth[joint]).max() < pixels


def test_a_fresh_scene_takes_rate_and_range_from_the_video(context, cubes):
    import_take(context, random_take(cubes, 100, 30000 / 1001), cubes)
    render = context.scene.render
    assert (render.fps, round(render.fps_base, 6)) == (30, 1.001)
    assert (context.scene.frame_start, context.scene.frame_end) == (1, 100)


def test_a_scene_that_plays_already_keeps_its_rate(context, cubes):
    cube = bpy.data.objects.new("cube", None)
    context.scene.collection.objects.link(cube)
    cube.keyframe_insert("location", frame=10)
    context.scene.render.fps, context.scene.frame_end = 24, 500
    take = random_take(cubes, 61, 60.0)
    character = import_take(context, take, cubes)
    assert context.scene.render.fps == 24 and context.scene.frame_end == 500
    keys = read_curve(character.action, 'pose.bones["pelvis"].location', 0)
    assert np.abs(keys[[0, -1], 0] - [1, 25]).max() < 1e-4
    heads, _ = evaluate(character, 1 + take.timestamps * 24)
    assert np.abs(heads - blender_axes(take.joints)).max() < 1e-4


@pytest.mark.parametrize("rate", [5, 23.976023976, 24, 25, 29.97002997, 30, 59.94, 12.5, 240, 14.7])
def test_frame_rates_become_blenders_pairs(rate):
    fps, base = as_fps_and_base(rate)
    assert isinstance(fps, int) and abs(fps / base - rate) < 1e-3


def test_people_of_one_video_share_its_camera(context, cubes):
    takes = [random_take(cubes, seed=n, person_id=n) for n in (1, 2)]
    made = import_takes(context, takes, cubes)
    assert made[0].camera == made[1].camera and len(bpy.data.cameras) == 1
    assert [person.armature.name for person in made] == ["clip", "clip.person2"]
    assert {c.name for c in context.scene.collection.children} == {"clip", "clip.person2"}
    for person, take in zip(made, takes, strict=True):
        heads, _ = evaluate(person, [20])
        assert np.abs(heads[0] - blender_axes(take.joints[19])).max() < 1e-4


def test_a_character_is_found_from_any_of_its_objects(context, cubes):
    made = import_take(context, random_take(cubes), cubes)
    assert Character.of(made.armature) == Character.of(made.body) == made
    with pytest.raises(OneTakeError):
        Character.of(made.camera)


def test_a_take_of_another_body_is_refused(context, cubes):
    take = random_take(cubes)
    with pytest.raises(OneTakeError, match="smpl"):
        import_take(context, replace(take, body="smpl"), cubes)
    with pytest.raises(OneTakeError, match="another version"):
        import_take(context, replace(take, rest=take.rest * 1.1), cubes)
    assert not bpy.data.armatures


def test_importing_from_edit_mode_works(context, cubes):
    first = import_take(context, random_take(cubes), cubes)
    bpy.ops.object.mode_set(mode="EDIT")
    import_take(context, random_take(cubes), cubes)
    assert first.armature.mode == "OBJECT" and len(bpy.data.armatures) == 2
