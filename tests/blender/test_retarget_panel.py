"""The retarget's buttons and table: live baking, constraints, presets, undo, rigs without one."""

import json

import bpy
import numpy as np
import pytest
from onetake.addon import api
from onetake.addon.retarget import bake
from onetake.addon.retarget.bone_map import BoneMap
from onetake.addon.retarget.names import match_names
from onetake.addon.retarget.record import action_of, recall
from onetake.addon.retarget.source import source_motion
from onetake.addon.scene.build import import_take
from onetake.addon.scene.edits import keep_edits
from onetake.backend.motion.smoothing import SmoothingSettings

from tests.blender import retarget_rigs, retargeted
from tests.blender.synthetic import random_take


@pytest.fixture
def add_on(monkeypatch, tmp_path):
    """The add-on enabled, the user's presets in a folder of the test."""
    import onetake

    monkeypatch.setattr(
        bpy.utils, "user_resource", lambda _kind, path="", **_: str(tmp_path / path)
    )
    bpy.ops.wm.read_factory_settings(use_empty=True)
    onetake.register()
    yield tmp_path
    onetake.unregister()


def person(cubes, **options):
    character = import_take(bpy.context, random_take(cubes, 12), cubes, **options)
    return character


def played(rig, bone_map, frames):
    return retargeted.heads_of(rig, bone_map, frames)["hand.L"]


def test_the_rig_follows_the_smoothing_until_its_keys_are_edited(add_on, cubes):
    character = person(cubes)
    rig = retarget_rigs.BUILT["unity"]()
    action = api.retarget(bpy.context, character, rig)
    bone_map = recall(rig).bone_map
    frames = source_motion(bpy.context, character).frames
    before = played(rig, bone_map, frames)
    api.set_smoothing(bpy.context, character, SmoothingSettings(min_cutoff=0.3, beta=0.0))
    after = played(rig, bone_map, frames)
    assert action_of(rig) == action and np.abs(after - before).max() > 0.02
    errors = retargeted.limb_errors(
        retargeted.heads_of(rig, bone_map, frames),
        retargeted.source_joints(source_motion(bpy.context, character)),
    )
    assert errors[:, retargeted.ARMS].max() < 0.1

    rig.pose.bones["Head"].rotation_quaternion = (0.8, 0.6, 0, 0)
    rig.pose.bones["Head"].keyframe_insert("rotation_quaternion", frame=3)
    api.set_smoothing(bpy.context, character, None)
    assert np.abs(played(rig, bone_map, frames) - after).max() < 1e-5
    assert "edited by hand" in rig["onetake_problem"]


def test_a_rig_that_does_not_follow_live_stays(add_on, cubes):
    character = person(cubes)
    rig = retarget_rigs.BUILT["unity"]()
    api.retarget(bpy.context, character, rig, "unity", live=False)
    bone_map, frames = recall(rig).bone_map, [1, 5, 9]
    before = played(rig, bone_map, frames)
    api.set_smoothing(bpy.context, character, SmoothingSettings(min_cutoff=0.3, beta=0.0))
    assert np.abs(played(rig, bone_map, frames) - before).max() < 1e-6


def test_an_action_that_the_rig_had_is_kept(context, cubes):
    character = person(cubes)
    rig = retarget_rigs.BUILT["unity"]()
    rig.keyframe_insert("location", frame=1)
    mine = rig.animation_data.action
    first = api.retarget(context, character, rig)
    assert mine.use_fake_user and rig.animation_data.action == first != mine
    count = len(bpy.data.actions)
    api.retarget(context, character, rig)
    assert len(bpy.data.actions) == count


def test_layers_over_the_take_come_along(context, cubes):
    character = person(cubes)
    frames = source_motion(context, character).frames
    plain = source_motion(context, character).poses
    layer = keep_edits(character)
    evaluated = source_motion(context, character).poses
    assert layer and np.abs(evaluated - plain).max() < 1e-3
    bone = character.armature.pose.bones["left_elbow"]
    bone.rotation_quaternion = (0.8, 0.6, 0, 0)
    bone.keyframe_insert("rotation_quaternion", frame=frames[0])
    assert np.abs(source_motion(context, character).poses - plain).max() > 0.5


def test_constraints_only_let_the_rig_follow(context, cubes):
    character = person(cubes)
    for name in ("godot", "character_creator", "unreal"):
        rig = retarget_rigs.BUILT[name]()
        guide = api.retarget(context, character, rig, name, constraints_only=True)
        bone_map = api.read_rig_preset(name).on(bone.name for bone in rig.data.bones)
        motion = source_motion(context, character)
        heads = retargeted.heads_of(rig, bone_map, motion.frames)
        errors = retargeted.limb_errors(heads, retargeted.source_joints(motion))
        assert errors.max() < 0.2, name
        assert not rig.animation_data or not rig.animation_data.action
        api.retarget(context, character, rig, name, live=False)  # takes their place
        assert not any(bone.constraints for bone in rig.pose.bones)
        with pytest.raises(ReferenceError):
            print(guide.name)
        bpy.data.objects.remove(rig)


def test_the_panels_buttons(add_on, cubes):
    character = person(cubes)
    shown = character.armature.onetake_retargeting
    assert not bpy.ops.onetake.retarget.poll()
    shown.target = retarget_rigs.BUILT["unreal"]()
    assert shown.preset in ("unreal", "metahuman")
    bpy.context.view_layer.objects.active = shown.target  # the rig itself shows the panel too
    assert bpy.ops.onetake.retarget() == {"FINISHED"}
    assert shown.target.animation_data.action.name == f"manny.{character.armature.name}"

    row = next(i for i, row in enumerate(shown.rows) if row.slot == "head")
    shown.active = row
    shown.target.data.bones.active = shown.target.data.bones["neck_02"]
    bpy.ops.onetake.retarget_row(action="PICK")
    assert shown.rows[row].bone == "neck_02"
    with pytest.raises(RuntimeError, match="more than once"):
        bpy.ops.onetake.retarget()
    count = len(shown.rows)
    bpy.ops.onetake.retarget_row(action="REMOVE")
    assert len(shown.rows) == count - 1
    bpy.ops.onetake.retarget_row(action="ADD")
    assert len(shown.rows) == count
    bpy.ops.onetake.retarget_release()
    assert recall(shown.target) is None


def test_a_preset_of_ones_own(add_on, cubes):
    character = person(cubes)
    shown = character.armature.onetake_retargeting
    rig = shown.target = retarget_rigs.BUILT["godot"]()
    for bone in rig.data.bones:
        bone.name = f"zz{len(bone.name)}{bone.name[::-1]}"
    own = {s: tuple(f"zz{len(b)}{b[::-1]}" for b in n) for s, n in shown.bone_map.bones.items()}
    shown.fill(BoneMap(own))
    assert bpy.ops.onetake.retarget_preset_save(name="My Rig") == {"FINISHED"}
    (path,) = (add_on / "presets" / "onetake" / "retarget").glob("*.json")
    assert api.read_rig_preset(path).bones == api.read_rig_preset(path.stem).bones == own
    shown.target = None
    shown.target = rig
    assert shown.preset == path.stem and shown.bone_map.bones == own
    with pytest.raises(RuntimeError, match="preset of OneTake"):
        bpy.ops.onetake.retarget_preset_save(name="mixamo")
    bpy.ops.onetake.retarget_preset_remove()
    assert not path.exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"bones": {"tail": "x"}}', '{"bones": {"head": 3}}'])
def test_a_broken_preset_is_said_so(text, tmp_path):
    path = tmp_path / "broken.json"
    path.write_text(text)
    with pytest.raises(api.OneTakeError, match=r"broken\.json is no retarget preset"):
        api.read_rig_preset(path)


def test_shipped_presets_are_whole():
    for path in api.rig_presets():
        assert BoneMap.load(path).missing == [], path
        assert json.loads(path.read_text(encoding="utf-8"))["description"]


@pytest.mark.parametrize("name", ["unreal", "unity", "vrm", "smplx", "character_creator"])
def test_names_alone_tell_most_rigs(context, name):
    rig = retarget_rigs.BUILT[name]()
    matched = match_names(rig)
    wanted = api.read_rig_preset(name).on(bone.name for bone in rig.data.bones)
    assert matched.missing == []
    for slot, bones in wanted.bones.items():
        if slot not in ("root", "pelvis") and "twist" not in slot and "fingers" not in slot:
            assert matched.bones.get(slot) == bones, slot


def test_what_is_missing_is_said(context, cubes):
    character = person(cubes)
    rig = retarget_rigs.BUILT["unity"]()
    bones = dict(api.read_rig_preset("unity").bones)
    del bones["thigh.L"]
    with pytest.raises(api.OneTakeError, match="Choose the bones for: Left Thigh"):
        api.retarget(context, character, rig, BoneMap(bones))
    with pytest.raises(api.OneTakeError, match="Choose the armature"):
        bake.retarget(context, character, character.armature, BoneMap(bones))
