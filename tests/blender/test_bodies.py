"""The official SMPL body, from a file that the preferences name to a character and back."""

# ruff: noqa: F811 - fixtures come by import
import os
import pickle
import sys
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from onetake.addon.backend_process import queue
from onetake.addon.backend_process.environment import Environment
from onetake.addon.bodies import panel
from onetake.addon.export.stand_in import _mixed
from onetake.addon.scene.change_body import body_name
from onetake.addon.scene.character import Character, apply_shape
from onetake.addon.scene.correctives import corrective_keys, has_correctives
from onetake.addon.scene.curves import read_curves
from onetake.addon.scene.keyframes import CHANNELS
from onetake.addon.scene.rest_skeleton import TO_BLENDER
from onetake.addon.scene.stored_motion import stored
from onetake.backend.body.smpl_file import load_smpl
from onetake.backend.errors import OneTakeError
from onetake.backend.motion.rotations import matrix_to_axis_angle
from onetake.backend.motion.skeleton import JOINT, JOINTS, PARENTS

from onetake import api
from tests.blender.evaluated import evaluate
from tests.blender.synthetic import small_body
from tests.blender.test_import_video import (  # noqa: F401
    SAMPLE,
    addon,
    backend,
    home,
)  # fmt: skip
from tests.blender.test_panels import Layout
from tests.needs import skip_unless
from tests.smpl_files import classes_of_pickles, official

# The part of the backend that reads the file, as its process does it, without torch.
READ = """
import json, sys
from backend.body.smpl_file import smpl_npz
from backend.errors import OneTakeError
try:
    print(json.dumps({"result": {"body": str(smpl_npz(sys.argv[1]))}}))
except OneTakeError as error:
    print(json.dumps({"error": error.message, "code": error.code}))
"""


@pytest.fixture
def smpl_pickle(tmp_path, monkeypatch):
    """An official pickle, chumpy's and scipy's objects in it, of another body of cubes."""
    body = small_body(seed=5)
    arrays = {
        name: np.asarray(getattr(body, name), float)
        for name in ("v_template", "shapedirs", "J_regressor", "weights")
    }
    arrays["f"] = body.f.astype(np.uint32)
    arrays["posedirs"] = np.random.default_rng(7).normal(0, 0.01, (len(body.v_template), 3, 207))
    arrays["kintree_table"] = np.stack([PARENTS, np.arange(24)]).astype(np.uint32)
    path = tmp_path / "basicModel_m_lbs_10_207_0_v1.0.0.pkl"
    path.write_bytes(pickle.dumps(official(arrays, classes_of_pickles(monkeypatch)), 2))
    return path


@pytest.fixture
def preferences(backend, root, tmp_path, monkeypatch):
    """The add-on's preferences, with a backend that reads bodies as well."""
    others = Environment.backend_command

    def command(environment, *given):
        if given[0] != "read-body":
            return others(environment, *given)
        variables = {"PYTHONPATH": str(root), "ONETAKE_HOME": str(environment.home)}
        return [sys.executable, "-c", READ, given[1]], {**os.environ, **variables}

    monkeypatch.setattr(Environment, "backend_command", command)
    monkeypatch.setattr(Environment, "body", tmp_path / "body.npz")
    entry = bpy.context.preferences.addons.new()
    entry.module = "onetake"
    yield entry.preferences
    bpy.context.preferences.addons.remove(entry)


def drawn(preferences):
    layout = Layout()
    context = SimpleNamespace(
        region=SimpleNamespace(width=600),
        preferences=SimpleNamespace(
            system=SimpleNamespace(ui_scale=1.0), ui_styles=bpy.context.preferences.ui_styles
        ),
    )
    type(preferences).draw_bodies(preferences, layout, context)
    return layout.texts


def keys(character):
    return np.array(read_curves(character.action, CHANNELS))


def test_a_named_file_is_read_at_once(preferences, smpl_pickle):
    preferences.smpl_male = str(smpl_pickle)
    assert preferences.smpl_male_problem == "" and not queue.tasks
    assert "Read, and ready" in drawn(preferences)
    made = api.official_body("male")
    assert made.suffix == ".npz" and made.parent.name == "models"
    with np.load(made, allow_pickle=False) as arrays:
        assert np.abs(arrays["v_template"] - load_smpl(smpl_pickle).v_template).max() < 1e-6
    preferences.smpl_male = ""
    with pytest.raises(OneTakeError, match="Choose the file of SMPL Male"):
        api.official_body("male")


def test_what_is_wrong_with_a_file_is_said_beside_it(preferences, tmp_path, monkeypatch):
    preferences.smpl_neutral = "/nowhere/a.pkl"
    assert "There is no file at /nowhere/a.pkl: choose another." in drawn(preferences)
    proof = tmp_path / "proof"

    class Hostile:
        def __reduce__(self):
            return os.mkdir, (str(proof),)

    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps({"v_template": Hostile()}, 2))
    preferences.smpl_neutral = str(path)
    assert "mkdir" in preferences.smpl_neutral_problem and not proof.exists()
    assert "not opened" in drawn(preferences) and not queue.tasks
    with pytest.raises(OneTakeError, match="not opened"):
        api.import_video(SAMPLE, body="neutral")
    path.write_bytes(b"text")
    with pytest.raises(OneTakeError, match="no pickle"):
        api.read_official_body(path)
    monkeypatch.setattr(Environment, "missing", ["body"])
    preferences.smpl_neutral = str(path)
    assert "Set OneTake up first" in preferences.smpl_neutral_problem


def test_imports_get_the_body_that_the_preferences_choose(preferences, smpl_pickle):
    preferences.smpl_female = str(smpl_pickle)
    ours, _ = api.import_video(SAMPLE)
    preferences.body = "female"
    theirs, _ = api.import_video(SAMPLE)
    again, _ = api.import_video(SAMPLE, body="onetake")
    assert [body_name(each) for each in (ours, theirs, again)] == ["onetake", "smpl", "onetake"]
    assert len(theirs.body.data.polygons) == 2 * len(ours.body.data.polygons), "triangles"
    heads = [evaluate(each, [5, 15])[0] for each in (ours, theirs)]
    feet = [JOINT[f"{side}_foot"] for side in ("left", "right")]
    lowest = [each[:, feet, 2].min() for each in heads]
    assert abs(lowest[0] - lowest[1]) < 0.05


def test_a_character_changes_its_body_and_back(preferences, smpl_pickle):
    preferences.smpl_neutral = str(smpl_pickle)
    first, _ = api.import_video(SAMPLE)
    apply_shape(bpy.context, first, first.betas + 0.5)
    bpy.context.view_layer.objects.active = first.armature
    before, betas, smoothing = keys(first), first.betas, first.smoothing
    motion = np.array(first.armature["onetake_motion"])
    lengths = np.linalg.norm(np.diff(_joints(first)[[1, 4, 7]], axis=0), axis=1)
    vertices = len(first.body.data.vertices)
    assert bpy.ops.onetake.use_official_body(body="neutral") == {"FINISHED"}
    worn = Character.of(bpy.data.objects["clip"])
    assert body_name(worn) == "smpl" and worn.smoothing == smoothing
    assert worn.body.name == "clip.body" and worn.body.parent == worn.armature
    now = np.linalg.norm(np.diff(_joints(worn)[[1, 4, 7]], axis=0), axis=1)
    assert np.abs(now - lengths).max() < 0.02, "bones keep their lengths"
    bones = np.array([bone.head_local for bone in worn.armature.data.bones])
    assert (
        np.abs(bones[0] - _joints(worn)[0] @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])).max()
        < 1e-4
    )
    assert len([mesh for mesh in bpy.data.meshes if mesh.name.startswith("clip.body")]) == 1
    apply_shape(bpy.context, worn, worn.betas + 1)
    assert bpy.ops.onetake.use_own_body() == {"FINISHED"}
    back = Character.of(bpy.data.objects["clip"])
    assert body_name(back) == "onetake" and len(back.body.data.vertices) == vertices
    assert np.array_equal(back.betas, betas)
    assert np.array_equal(np.array(back.armature["onetake_motion"]), motion)
    assert np.abs(keys(back) - before).max() < 1e-5
    assert not [name for name, _ in back.armature.items() if "own" in name]


def _joints(character):
    return stored(character.armature).skeleton.joints(character.betas)


def test_an_import_with_the_official_body_can_have_ours(preferences, smpl_pickle):
    preferences.smpl_neutral = str(smpl_pickle)
    first, _ = api.import_video(SAMPLE, body="neutral")
    before = _joints(first)
    ours = api.wear(bpy.context, first, "onetake")
    assert body_name(ours) == "onetake"
    difference = _joints(ours) - before
    assert np.abs(difference - difference[0]).max() < 0.03


def test_keys_edited_by_hand_come_first(preferences, smpl_pickle):
    preferences.smpl_neutral = str(smpl_pickle)
    first, _ = api.import_video(SAMPLE)
    bone = first.armature.pose.bones["head"]
    bone.rotation_quaternion = (0.8, 0.6, 0, 0)
    bone.keyframe_insert("rotation_quaternion", frame=5, group="head")
    bpy.context.view_layer.objects.active = first.armature
    with pytest.raises(RuntimeError, match="edited by hand"):
        bpy.ops.onetake.use_official_body(body="neutral")
    assert body_name(first) == "onetake"


def test_a_new_take_on_the_official_body_stays_on_it(preferences, smpl_pickle):
    preferences.smpl_neutral = str(smpl_pickle)
    first, _ = api.import_video(SAMPLE)
    worn = api.wear(bpy.context, first, "neutral")
    again = api.import_video(SAMPLE, target=worn.armature)[0]
    assert again.armature == worn.armature and body_name(again) == "smpl"
    assert np.array_equal(again.betas, worn.betas)
    assert body_name(api.wear(bpy.context, again, "onetake")) == "onetake"


def test_pose_correctives_move_the_skin_as_smpl_says(preferences, smpl_pickle):
    """By a blend of poses and shapes against numpy's skinning, in Blender's own evaluation."""
    preferences.smpl_neutral = str(smpl_pickle)
    first, _ = api.import_video(SAMPLE)
    worn = api.wear(bpy.context, first, "neutral")
    bpy.context.view_layer.objects.active = worn.armature
    smpl, frames = load_smpl(smpl_pickle), [3, 11, 19]
    plain = off_from(worn, smpl, frames)
    assert bpy.ops.onetake.pose_correctives() == {"FINISHED"}
    assert plain > 0.01 and off_from(worn, smpl, frames) < 1e-5
    assert not [d for d in drivers(worn) if not d.driver.is_simple_expression or not d.is_valid]
    api.change_shape(bpy.context, worn, worn.betas + [0, 2, -2, 1, 0, 3, 0, -1, 0, 0])
    assert off_from(worn, smpl, frames) < 1e-5, "turned with the bones"
    worn.armature.pose.bones["left_knee"].rotation_quaternion = (0.8, 0.6, 0, 0)
    bpy.context.view_layer.update()
    values = {key.name: key.value for key in corrective_keys(worn.body.data)}
    assert values["left_knee xx"] == pytest.approx(0.36, abs=1e-5)
    worn = api.wear(bpy.context, worn, "neutral")
    assert off_from(worn, smpl, frames) < 1e-5, "on the new mesh too"
    assert bpy.ops.onetake.pose_correctives() == {"FINISHED"}
    assert off_from(worn, smpl, frames) == pytest.approx(plain, abs=0.02)
    assert len(worn.body.data.shape_keys.key_blocks) == 11 and not drivers(worn)


def test_pose_correctives_need_the_body_and_its_file(preferences, smpl_pickle):
    preferences.smpl_neutral = str(smpl_pickle)
    first, _ = api.import_video(SAMPLE)
    with pytest.raises(OneTakeError, match="give clip that first"):
        api.set_pose_correctives(first, True)
    worn = api.wear(bpy.context, first, "neutral")
    preferences.smpl_neutral = ""
    with pytest.raises(OneTakeError, match="Choose the file that clip"):
        api.set_pose_correctives(worn, True)
    assert not has_correctives(worn.body)
    api.set_pose_correctives(worn, False)


def test_exported_skin_rests_without_pose_correctives(preferences, smpl_pickle):
    preferences.smpl_neutral = str(smpl_pickle)
    first, _ = api.import_video(SAMPLE)
    worn = api.wear(bpy.context, first, "neutral")
    before = _mixed(worn.body)
    api.set_pose_correctives(worn, True)
    bpy.context.scene.frame_set(11)
    assert max(abs(key.value) for key in corrective_keys(worn.body.data)) > 0.1
    assert np.array_equal(_mixed(worn.body), before)


def off_from(character, body, frames):
    """Metres between Blender's skin and numpy's, at most."""
    heads, skin = evaluate(character, frames)
    local = []
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        bones = [character.armature.pose.bones[name] for name in JOINTS]
        rest = np.array([bone.bone.matrix_local.to_3x3() for bone in bones])
        turns = np.array([bone.matrix_basis.to_3x3() for bone in bones])
        local.append(TO_BLENDER.T @ rest @ turns @ np.swapaxes(rest, 1, 2) @ TO_BLENDER)
    poses = matrix_to_axis_angle(np.array(local))
    truth = body.skin(poses, character.betas, heads[:, 0] @ TO_BLENDER)
    return np.abs(skin @ TO_BLENDER - truth).max()


def drivers(character):
    data = character.body.data.shape_keys.animation_data
    return list(data.drivers) if data else []


def test_the_panel_offers_what_there_is(preferences, smpl_pickle):
    first, _ = api.import_video(SAMPLE)
    bpy.context.view_layer.objects.active = first.armature
    kind = panel.ONETAKE_PT_body
    assert kind.poll(bpy.context)

    def buttons():
        layout = Layout()
        kind.draw(SimpleNamespace(layout=layout), bpy.context)
        return layout.buttons

    assert buttons() == ["onetake.show_preferences"]
    preferences.smpl_neutral = preferences.smpl_male = str(smpl_pickle)
    assert buttons() == ["onetake.use_official_body"] * 2
    api.wear(bpy.context, first, "male")
    assert buttons()[:2] == ["onetake.use_own_body", "onetake.pose_correctives"]


def test_the_real_backend_reads_the_file(addon, home, smpl_pickle, monkeypatch, real_body_path):
    skip_unless(os.environ.get("ONETAKE_BACKEND_PYTHON"), "no Python of the backend is named")
    home.mkdir()
    (home / "models").mkdir()
    for path in real_body_path.parent.iterdir():
        (home / "models" / path.name).symlink_to(path)
    made = api.read_official_body(smpl_pickle)
    assert made.parent == home / "models"
