"""What can be changed later, also after saving and loading: smoothing and shape."""

import json
from dataclasses import replace

import bpy
import numpy as np
import pytest
from onetake.addon.scene.build import import_take
from onetake.addon.scene.character import (
    Character,
    apply_shape,
    apply_smoothing,
    characters,
    stored_take,
)
from onetake.addon.scene.rest_skeleton import RestSkeleton, blender_axes
from onetake.addon.scene.stored_motion import MOTION
from onetake.backend.errors import OneTakeError
from onetake.backend.motion.foot_lock import lock_feet
from onetake.backend.motion.kinematics import forward_kinematics
from onetake.backend.motion.skeleton import JOINT
from onetake.backend.motion.smoothing import SmoothingSettings, smooth

from tests.blender.evaluated import evaluate
from tests.blender.synthetic import random_take

FEET = [JOINT[f"{side}_{part}"] for side in ("left", "right") for part in ("ankle", "foot")]
EXACT = ("poses", "trans", "rest", "betas", "timestamps", "camera_R", "camera_t", "camera_K")


def _frames(take):
    return 1 + take.timestamps * take.fps


def _sliding(body):
    """Somebody who stands with bent knees, sways, and slides along."""
    take = random_take(body, 40)
    poses, trans = np.zeros_like(take.poses), np.zeros_like(take.trans)
    for joint, angle in (("hip", -0.3), ("knee", 0.6), ("ankle", -0.3)):
        poses[:, [JOINT[f"left_{joint}"], JOINT[f"right_{joint}"]], 0] = angle
    poses[:, JOINT["spine1"], 2] = 0.1 * np.sin(6 * take.timestamps)
    standing = take.with_motion(poses, trans).joints[0, JOINT["left_foot"], 1]
    trans[:, 0] = 0.05 * take.timestamps
    trans[:, 1] = body.sole_height(take.betas) - standing
    return replace(take.with_motion(poses, trans), contacts=np.ones_like(take.contacts))


def test_stored_motion_survives_saving_and_loading(context, cubes, tmp_path):
    take = random_take(cubes, moving_camera=True)
    import_take(context, take, cubes, smoothing=SmoothingSettings())
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"), compress=True)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    (character,) = characters(bpy.context.scene)
    kept = stored_take(character)
    for name in EXACT:
        assert np.array_equal(getattr(kept, name), getattr(take, name)), name
    assert np.abs(kept.confidence - take.confidence).max() < 5e-4
    assert np.abs(kept.joints - take.joints).max() < 1e-5
    assert (kept.video_name, kept.fps, kept.person_id) == (take.video_name, take.fps, 1)
    assert character.smoothing == SmoothingSettings()
    assert character.camera and character.body and character.action

    apply_smoothing(character, None)
    heads, _ = evaluate(character, _frames(take))
    assert np.abs(heads - blender_axes(take.joints)).max() < 1e-4


def test_stored_motion_is_compact(context, cubes):
    rng = np.random.default_rng(0)
    take = random_take(cubes, 1000)
    noisy = take.with_motion(take.poses + rng.normal(0, 0.01, take.poses.shape), take.trans)
    character = import_take(context, noisy, cubes)
    assert 4 * len(character.armature[MOTION]) < 400_000


def test_damaged_motion_is_said_so(context, cubes):
    character = import_take(context, random_take(cubes), cubes)
    character.armature[MOTION] = [1, 2, 3]
    with pytest.raises(OneTakeError, match="damaged"):
        stored_take(character)


def test_smoothing_keys_the_smoothed_motion(context, cubes):
    take = random_take(cubes)
    character = import_take(context, take, cubes)
    settings = SmoothingSettings(min_cutoff=0.5, beta=0.1, foot_lock=False)
    apply_smoothing(character, settings)
    poses, trans = smooth(take.poses, take.trans, take.timestamps, settings)
    truth = take.with_motion(poses, trans)
    assert np.abs(truth.joints - take.joints).max() > 0.01
    heads, _ = evaluate(character, _frames(take))
    assert np.abs(heads - blender_axes(truth.joints)).max() < 1e-4
    assert character.smoothing == settings


def test_feet_that_stand_stay_also_in_another_shape(context, body):
    """As in the backend, from the .blend alone, each time that smoothing or shape change."""
    take = _sliding(body)
    character = import_take(context, take, body, smoothing=SmoothingSettings(foot_lock=False))
    settings = SmoothingSettings()
    kept = smooth(take.poses, take.trans, take.timestamps, settings)
    heads, _ = evaluate(character, _frames(take))
    assert np.ptp(heads[:, FEET], axis=0).max() > 0.03

    apply_smoothing(character, settings)
    assert character.smoothing == settings
    motion = lock_feet(
        *kept, take.rest, take.contacts, take.timestamps, sole=body.sole_height(take.betas)
    )
    heads, skin = evaluate(character, _frames(take))
    truth = take.with_motion(*motion).joints
    assert np.abs(heads - blender_axes(truth)).max() < 0.003  # soles are levelled to 2 mm
    assert np.ptp(heads[:, FEET], axis=0).max() < 0.001
    assert np.abs(skin[..., 2].min(axis=1)).max() < 0.005

    apply_shape(context, character, np.array([2.0, -1.5, 0.5, 1, -1, 2, -2, 0.5, 1, -0.5]))
    heads, skin = evaluate(character, _frames(take))
    assert np.ptp(heads[:, FEET], axis=0).max() < 0.001
    assert np.abs(skin[..., 2].min(axis=1)).max() < 0.005


def test_smoothing_stored_before_there_was_a_foot_lock(context, cubes):
    character = import_take(context, random_take(cubes), cubes, smoothing=SmoothingSettings())
    stored = json.loads(character.armature["onetake_smoothing"])
    del stored["foot_lock"]
    character.armature["onetake_smoothing"] = json.dumps(stored)
    assert character.smoothing == SmoothingSettings()
    apply_shape(context, character, np.zeros(10))


def test_the_scenes_range_and_rate_do_not_move_the_motion(context, cubes):
    take = random_take(cubes)
    character = import_take(context, take, cubes)
    context.scene.frame_start, context.scene.render.fps = 20, 24
    apply_smoothing(character, None)
    heads, _ = evaluate(character, _frames(take))
    assert np.abs(heads - blender_axes(take.joints)).max() < 1e-4


def test_a_new_shape_moves_bones_skin_and_keys_together(context, body):
    take = random_take(body)
    character = import_take(context, take, body)
    betas = np.array([2.0, -1.5, 0.5, 1, -1, 2, -2, 0.5, 1, -0.5])
    apply_shape(context, character, betas)

    heads, skin = evaluate(character, _frames(take))
    skeleton = RestSkeleton.of(body)
    trans = skeleton.keep_on_floor(take.poses, take.trans, take.betas, betas)
    truth = body.skin(take.poses.astype(float), betas, trans)
    assert np.abs(skin - blender_axes(truth)).max() < 5e-4
    joints, _ = forward_kinematics(take.poses.astype(float), body.rest_joints(betas), trans)
    assert np.abs(heads - blender_axes(joints)).max() < 1e-4
    assert np.allclose(character.betas, betas)

    apply_shape(context, character, take.betas)
    heads, skin = evaluate(character, _frames(take))
    assert np.abs(heads - blender_axes(take.joints)).max() < 1e-4


def test_feet_stay_on_the_floor_when_legs_grow(context, cubes):
    take = random_take(cubes, betas=np.zeros(10))
    still = np.zeros_like(take.poses)
    height = -np.asarray(cubes.v_template)[:, 1].min()
    rest_pelvis = take.rest[0, 1] + height
    trans = np.tile(np.array([0, rest_pelvis, 0], np.float32), (len(take), 1))
    character = import_take(context, take.with_motion(still, trans), cubes)
    _, before = evaluate(character, [1])
    apply_shape(context, character, np.array([3.0, *np.zeros(9)]))
    _, after = evaluate(character, [1])
    assert abs(before[..., 2].min()) < 1e-4 and abs(after[..., 2].min()) < 2e-3
    assert after[..., 2].max() > before[..., 2].max() * 1.1


@pytest.mark.parametrize("hide", ["eye", "screen", "collection", "pose mode"])
def test_shape_of_a_hidden_or_posed_character(context, cubes, hide):
    character = import_take(context, random_take(cubes), cubes)
    armature = character.armature
    layer = context.view_layer.layer_collection.children[0]
    if hide == "eye":
        armature.hide_set(True)
    elif hide == "screen":
        armature.hide_viewport = True
    elif hide == "collection":
        layer.exclude = True
    else:
        bpy.ops.object.mode_set(mode="POSE")
    before = armature.data.bones["head"].head_local.copy()
    apply_shape(context, character, np.full(10, 2.0))
    assert (armature.data.bones["head"].head_local - before).length > 0.01
    assert armature.mode == ("POSE" if hide == "pose mode" else "OBJECT")
    if hide == "eye":
        assert armature.hide_get()
    assert armature.hide_viewport == (hide == "screen")
    assert layer.exclude == (hide == "collection")


def test_motion_is_keyed_again_when_the_user_deleted_its_action(context, cubes):
    take = random_take(cubes)
    character = import_take(context, take, cubes)
    bpy.data.actions.remove(character.action)
    apply_smoothing(Character.of(character.armature), None)
    heads, _ = evaluate(character, _frames(take))
    assert np.abs(heads - blender_axes(take.joints)).max() < 1e-4
