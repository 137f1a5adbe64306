"""Exports by preset leave the scene as it was; rests, roots and layers are what they should be."""

import sys
from dataclasses import replace
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from onetake.addon import command_line
from onetake.addon.export import exporting, panel
from onetake.addon.export.exporting import export, export_file
from onetake.addon.export.formats.exporter import exporter
from onetake.addon.export.presets import export_presets
from onetake.addon.export.rest_pose import change_of_rest, unposed
from onetake.addon.export.rig import Rig
from onetake.addon.export.sample import sample
from onetake.addon.scene.build import import_take, import_takes
from onetake.addon.scene.character import Character, apply_shape
from onetake.addon.scene.edits import keep_edits
from onetake.backend.errors import OneTakeError
from onetake.backend.export_preset import shipped
from onetake.backend.motion.skeleton import JOINT

import onetake
from tests.blender.evaluated import evaluate
from tests.blender.synthetic import random_take
from tests.blender.test_panels import CONTEXT, Layout

PRESETS = shipped()


def _everything(context):
    """What an export could leave behind or change, of every kind of data."""
    layer = context.view_layer
    items = {
        kind: [(item.name, item.users) for item in getattr(bpy.data, kind)]
        for kind in (
            "objects", "meshes", "armatures", "actions", "scenes", "shape_keys", "materials",
            "collections", "images", "worlds", "cameras",
        )
    }  # fmt: skip
    found = [items, context.scene.name, context.scene.frame_current, context.scene.frame_subframe]
    found.append(context.window.scene.name if context.window else None)
    found += [context.mode, layer.objects.active.name]
    found.append(sorted(item.name for item in layer.objects if item.select_get()))
    for item in bpy.data.objects:
        animation = item.animation_data
        found.append((item.name, item.hide_viewport, np.array(item.matrix_world).tolist()))
        if item.type == "ARMATURE":
            found.append([np.array(bone.matrix_local).tolist() for bone in item.data.bones])
            found.append([(bone.name, list(bone.rotation_quaternion)) for bone in item.pose.bones])
        if animation:
            found.append((animation.action and animation.action.name, animation.use_tweak_mode))
            found.append([(track.name, track.mute) for track in animation.nla_tracks])
    return found


@pytest.fixture
def character(context, cubes):
    """In Pose Mode at frame 3, with another object selected and names that presets want taken."""
    made = import_take(context, random_take(cubes, 5), cubes)
    other = bpy.data.objects.new("Armature", bpy.data.armatures.new("Armature"))
    context.scene.collection.objects.link(other)
    other.select_set(True)
    bpy.ops.object.mode_set(mode="POSE")
    context.scene.frame_set(3)
    return made


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_the_scene_is_left_as_it_was(context, character, tmp_path, name, monkeypatch):
    before = _everything(context)
    (file,) = export(context, [character], PRESETS[name], tmp_path)
    assert file.stat().st_size and file.name == f"clip{PRESETS[name].suffix}"
    assert _everything(context) == before

    def fail(*_ignored):
        raise RuntimeError("the disk is full")

    # As late as it can be: after the exporter.
    write = exporting.WRITERS[PRESETS[name].format]
    monkeypatch.setitem(
        exporting.WRITERS, PRESETS[name].format, lambda *args: (write(*args), fail())
    )
    with pytest.raises(OneTakeError, match="the disk is full"):
        export(context, [character], PRESETS[name], tmp_path)
    assert _everything(context) == before
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("name", ["unreal", "glb"])
def test_an_error_in_the_middle_leaves_the_scene_too(context, character, tmp_path, name):
    """The exporters cannot write where there is no folder."""
    before = _everything(context)
    with pytest.raises(OneTakeError, match="could not be written"):
        export_file(context, character, PRESETS[name], tmp_path / "missing" / "a.file")
    assert _everything(context) == before


def test_people_get_a_file_each(context, cubes, tmp_path):
    takes = [random_take(cubes, 2, seed=person, person_id=person) for person in (1, 2)]
    files = export(context, import_takes(context, takes, cubes), PRESETS["bvh"], tmp_path)
    assert [file.name for file in files] == ["clip.bvh", "clip.person2.bvh"]


@pytest.mark.parametrize(("pose", "below"), [("t_pose", 0.0), ("a_pose", 45.0)])
def test_the_rest_is_straight(body, pose, below):
    """On our real body too: arms and legs to a thousandth of a degree, the feet as high."""
    joints = body.rest_joints(np.zeros(10)) @ [[1, 0, 0], [0, 0, 1], [0, -1, 0]]
    change = change_of_rest(joints, pose)
    places = np.einsum("jab,jb->ja", change[:, :3, :3], joints) + change[:, :3, 3]

    def direction(first, second):
        limb = places[JOINT[second]] - places[JOINT[first]]
        return limb / np.linalg.norm(limb)

    angle = np.radians(below)
    for side, sign in (("left", 1), ("right", -1)):
        arm = [sign * np.cos(angle), 0, -np.sin(angle)]
        for first, second in (("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "hand")):
            assert np.allclose(direction(f"{side}_{first}", f"{side}_{second}"), arm, atol=1e-5)
        for first, second in (("hip", "knee"), ("knee", "ankle")):
            leg = direction(f"{side}_{first}", f"{side}_{second}")
            assert np.allclose(leg, [0, 0, -1], atol=1e-5)
        foot = direction(f"{side}_ankle", f"{side}_foot")
        assert abs(foot[0]) < 1e-5 and foot[1] < 0
    feet = [JOINT["left_foot"], JOINT["right_foot"]]
    assert np.allclose(places[feet, 2].mean(), joints[feet, 2].mean())


def test_the_new_rest_has_the_old_in_it(body):
    joints = body.rest_joints(np.zeros(10))
    change = change_of_rest(joints @ [[1, 0, 0], [0, 0, 1], [0, -1, 0]], "a_pose")
    skin = unposed(body.v_template, body.weights, change)
    back = np.einsum("vj,jab->vab", body.weights, np.linalg.inv(change))
    posed = np.einsum("vab,vb->va", back[:, :3, :3], skin) + back[:, :3, 3]
    assert np.abs(posed - body.v_template).max() < 1e-5


def test_in_place_and_a_root_bone(context, cubes):
    character = import_take(context, random_take(cubes, 6), cubes)
    character.armature.delta_location = (1.0, 2.0, 0.5)
    heads, _ = evaluate(character, range(1, 7))
    motion = sample(context, character)
    for in_place in (False, True):
        rig = Rig.of(motion, replace(PRESETS["fbx"], root="root", in_place=in_place))
        places = rig.poses()[..., :3, 3]
        root, pelvis = places[:, 0], places[:, 1]
        assert np.allclose(root[:, 2], 0.5, atol=1e-6)
        assert np.allclose(root[:, :2], pelvis[:, :2], atol=1e-6)
        assert np.allclose(pelvis[:, :2], 0 if in_place else heads[:, 0, :2], atol=1e-5)
        assert np.allclose(pelvis[:, 2], heads[:, 0, 2], atol=1e-5)


def test_a_layer_of_edits_and_a_scaled_armature_are_in_the_motion(context, cubes):
    character = import_take(context, random_take(cubes, 6), cubes)
    layer = keep_edits(character)
    armature = character.armature
    bone = armature.pose.bones["left_elbow"]
    bone.rotation_quaternion = (0.8, 0.6, 0.0, 0.0)
    bone.keyframe_insert("rotation_quaternion", frame=1)
    assert armature.animation_data.action == layer
    armature.scale = (1.2, 1.2, 1.2)
    context.view_layer.update()
    heads, _ = evaluate(character, range(1, 7))
    motion = sample(context, character)
    assert len(motion.world) == 6
    assert np.abs(motion.world[..., :3, 3] - heads).max() < 1e-5
    places = Rig.of(motion, PRESETS["unreal"]).poses()[:, :, :3, 3]
    names = Rig.of(motion, PRESETS["unreal"]).names
    hand = places[:, names.index("hand_l")]
    assert np.abs(hand / 100 - heads[:, JOINT["left_wrist"]]).max() < 1e-4


def test_a_shape_and_a_character_without_a_body(context, cubes, tmp_path):
    character = import_take(context, random_take(cubes, 2), cubes)
    apply_shape(context, character, np.linspace(-2, 2, 10))
    bpy.data.objects.remove(character.body)
    bare = Character.of(character.armature)
    for name in ("unity", "glb", "usd"):
        assert export(context, [bare], PRESETS[name], tmp_path)
    with pytest.raises(OneTakeError, match="has no body"):
        export(context, [bare], PRESETS["alembic"], tmp_path)
    with pytest.raises(OneTakeError, match="no folder"):
        export(context, [bare], PRESETS["glb"], tmp_path / "missing")


def test_the_button_writes_beside_the_blend(context, cubes, tmp_path):
    onetake.register()
    try:
        import_take(bpy.context, random_take(cubes, 3), cubes)
        settings = bpy.context.scene.onetake_export
        settings.preset, settings.rest, settings.path = "unity", "a_pose", "root"
        chosen = settings.chosen()
        assert (chosen.rest, chosen.root, chosen.in_place) == ("a_pose", "root", False)
        with pytest.raises(RuntimeError, match=r"Save the \.blend first"):
            bpy.ops.onetake.export()
        bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
        assert bpy.ops.onetake.export() == {"FINISHED"}
        assert (tmp_path / "clip.unity.fbx").stat().st_size
        settings.folder = str(tmp_path / "missing")
        with pytest.raises(RuntimeError, match="no folder"):
            bpy.ops.onetake.export()
    finally:
        onetake.unregister()
    assert not hasattr(bpy.types.Scene, "onetake_export")


def test_the_command_line_says_at_once_what_it_cannot_export(capsys, tmp_path):
    arguments = ["import", "a.mp4", "--blend", str(tmp_path / "a.blend"), "--export", "maya"]
    assert command_line.execute(arguments) == 1
    assert "no export preset 'maya'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["unity", "glb", "usd", "alembic"])
def test_a_blender_without_an_exporter_says_so(context, character, tmp_path, name, monkeypatch):
    before = _everything(context)
    format_ = {"unity": "fbx", "glb": "gltf"}.get(name, name)
    module = sys.modules[f"onetake.addon.export.formats.{format_}"]
    monkeypatch.setattr(
        module, "exporter", lambda group, _name, called: exporter(group, "no", called)
    )
    with pytest.raises(OneTakeError, match="This Blender cannot write"):
        export(context, [character], PRESETS[name], tmp_path)
    assert _everything(context) == before


def test_a_damaged_preset_of_the_users_is_told_of(context, tmp_path, monkeypatch):
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_args, **_options: str(tmp_path))
    (tmp_path / "mine.json").write_text('{"label": "Mine", "format": "bvh", "suffix": ".my.bvh"}')
    assert export_presets()["mine"].label == "Mine"
    (tmp_path / "mine.json").write_text("{")
    panel.register()
    try:
        layout = Layout()
        shown = SimpleNamespace(**vars(CONTEXT), scene=context.scene)
        panel.ONETAKE_PT_export.draw(SimpleNamespace(layout=layout), shown)
        assert "mine.json is no export" in layout.texts
        assert context.scene.onetake_export.preset == "fbx", "of those that came with the add-on"
    finally:
        panel.unregister()


def test_the_panel_offers_what_the_format_has(context, character):
    panel.register()
    try:
        settings = context.scene.onetake_export
        for name, more in (("unreal", {"rest", "path"}), ("alembic", set())):
            settings.preset = name
            layout = Layout()
            panel.ONETAKE_PT_export.draw(SimpleNamespace(layout=layout), context)
            drawn = {item[2] for item in layout.drawn if item[0] == "prop"}
            assert drawn == {"preset", "folder"} | more
            assert layout.buttons == ["onetake.export"]
    finally:
        panel.unregister()
