"""The FBX, read back by Blender's own importer; engines' readers have tests/engines."""

import bpy
import numpy as np
import pytest
from onetake.addon.export.fbx import export_fbx
from onetake.addon.scene.build import import_take
from onetake.addon.scene.character import apply_shape
from onetake.backend.errors import OneTakeError
from onetake.backend.motion.skeleton import JOINTS

from tests.blender.evaluated import evaluate
from tests.blender.synthetic import random_take


def _state(context):
    layer = context.view_layer
    data = (
        bpy.data.meshes,
        bpy.data.objects,
        bpy.data.scenes,
        bpy.data.actions,
        bpy.data.shape_keys,
    )
    armature = bpy.data.objects["clip"]
    animation = armature.animation_data
    return (
        [sorted(item.name for item in group) for group in data],
        context.scene.frame_current,
        sorted(item.name for item in layer.objects if item.select_get()),
        layer.objects.active,
        layer.objects.active.mode,
        animation.action,
        len(animation.nla_tracks),
        tuple(animation.action.frame_range),
        animation.action.use_frame_range,
        [key.value for key in bpy.data.objects["clip.body"].data.shape_keys.key_blocks],
        bpy.data.objects["clip.body"].data.name,
    )


def _read_back(path):
    """Heads (T, 24, 3) and skin (T, V, 3) of an FBX, frame by frame, in a new scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.fbx(filepath=str(path))
    items = bpy.data.objects
    armature = next(item for item in items if item.type == "ARMATURE")
    body = next(item for item in items if item.type == "MESH")
    start, end = map(round, armature.animation_data.action.frame_range)
    scene, heads, skins = bpy.context.scene, [], []
    for frame in range(start, end + 1):
        scene.frame_set(frame)
        graph = bpy.context.evaluated_depsgraph_get()
        world = armature.evaluated_get(graph).matrix_world
        bones = armature.evaluated_get(graph).pose.bones
        heads.append([world @ bones[name].head for name in JOINTS])
        skin = body.evaluated_get(graph)
        points = np.empty(3 * len(skin.data.vertices), np.float32)
        skin.data.vertices.foreach_get("co", points)
        matrix = np.array(skin.matrix_world)
        skins.append(points.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3])
    return armature, body, np.array(heads), np.array(skins)


def test_the_file_holds_the_evaluated_character(context, body, tmp_path):
    take = random_take(body)
    character = import_take(context, take, body)
    heads, skin = evaluate(character, range(1, len(take) + 1))
    export_fbx(context, character, tmp_path / "a.fbx")
    armature, mesh, heads_back, skin_back = _read_back(tmp_path / "a.fbx")
    assert np.abs(heads - heads_back).max() < 5e-4
    assert np.abs(skin - skin_back).max() < 1e-3
    assert armature.name == "clip" and len(armature.data.bones) == 24
    assert mesh.data.shape_keys is None
    assert np.allclose(armature.scale, 1, atol=1e-6)
    actions = [action.name for action in bpy.data.actions]
    assert len(actions) == 1 and "clip" in actions[0].split("|")
    assert len(mesh.data.materials) == len(body.extra.get("region_names", [0]))
    if "uv" in body.extra:
        corners = np.empty(2 * len(mesh.data.loops), np.float32)
        mesh.data.uv_layers[0].uv.foreach_get("vector", corners)
        truth = body.extra["uv"][body.extra["quads_uv"].ravel()]
        assert np.abs(corners.reshape(-1, 2) - truth).max() < 1e-6


def test_a_changed_shape_is_baked_in(context, body, tmp_path):
    character = import_take(context, random_take(body, 5), body)
    apply_shape(context, character, np.array([2.0, 1, -1, 1, 0, 1, -1, 1, -1, 1]))
    heads, skin = evaluate(character, range(1, 6))
    export_fbx(context, character, tmp_path / "a.fbx")
    _, _, heads_back, skin_back = _read_back(tmp_path / "a.fbx")
    assert np.abs(heads - heads_back).max() < 5e-4
    assert np.abs(skin - skin_back).max() < 1e-3


def test_a_late_start_begins_at_zero_and_between_frames_is_sampled(context, cubes, tmp_path):
    take = random_take(cubes, timestamps=np.cumsum([1.013, *[0.041] * 20]))
    character = import_take(context, take, cubes)
    first, last = character.action.frame_range
    frames = np.arange(np.floor(first), np.ceil(last) + 1)
    heads, _ = evaluate(character, frames)
    export_fbx(context, character, tmp_path / "a.fbx")
    _, _, heads_back, _ = _read_back(tmp_path / "a.fbx")
    assert heads_back.shape == heads.shape
    assert np.abs(heads - heads_back).max() < 5e-4


def test_units_and_rate_in_the_file(context, cubes, tmp_path):
    from io_scene_fbx.parse_fbx import parse

    character = import_take(context, random_take(cubes, 5, fps=30000 / 1001), cubes)
    export_fbx(context, character, tmp_path / "a.fbx")
    top = {item.id: item for item in parse(str(tmp_path / "a.fbx"))[0].elems}

    def properties(item):
        (table,) = [child for child in item.elems if child.id == b"Properties70"]
        return {entry.props[0]: entry.props[4:] for entry in table.elems}

    settings = properties(top[b"GlobalSettings"])
    # Centimetres in a unit: metres, and no node scaled by 100 to make up for it.
    assert settings[b"UnitScaleFactor"] == [100.0]
    assert abs(settings[b"CustomFrameRate"][0] - 30000 / 1001) < 1e-6
    models = [item for item in top[b"Objects"].elems if item.id == b"Model"]
    assert len(models) == 26
    for model in models:
        assert np.allclose(properties(model).get(b"Lcl Scaling", [1.0] * 3), 1, atol=1e-4)


def test_a_hidden_character_exports(context, cubes, tmp_path):
    take = random_take(cubes, 5)
    character = import_take(context, take, cubes)
    heads, skin = evaluate(character, range(1, 6))
    character.armature.hide_viewport = character.body.hide_viewport = True
    character.armature.hide_set(True)
    export_fbx(context, character, tmp_path / "a.fbx")
    assert character.armature.hide_viewport and character.armature.hide_get()
    _, _, heads_back, skin_back = _read_back(tmp_path / "a.fbx")
    assert np.abs(heads - heads_back).max() < 5e-4
    assert np.abs(skin - skin_back).max() < 1e-3


def test_a_file_that_cannot_get_its_name_leaves_nothing(context, cubes, tmp_path):
    character = import_take(context, random_take(cubes, 3), cubes)
    (tmp_path / "a.fbx").mkdir()
    with pytest.raises(OneTakeError, match=r"a\.fbx"):
        export_fbx(context, character, tmp_path / "a.fbx")
    assert [path.name for path in tmp_path.iterdir()] == ["a.fbx"]


def test_a_single_frame_exports(context, cubes, tmp_path):
    character = import_take(context, random_take(cubes, 1), cubes)
    heads, _ = evaluate(character, [1])
    export_fbx(context, character, tmp_path / "a.fbx")
    _, _, heads_back, _ = _read_back(tmp_path / "a.fbx")
    assert np.abs(heads_back - heads).max() < 5e-4


@pytest.mark.parametrize("mode", ["OBJECT", "POSE"])
def test_the_scene_is_left_as_it_was(context, cubes, tmp_path, mode):
    character = import_take(context, random_take(cubes), cubes)
    other = bpy.data.objects.new("other", None)
    context.scene.collection.objects.link(other)
    other.select_set(True)
    character.armature.hide_viewport = mode == "OBJECT"
    if mode == "POSE":
        bpy.ops.object.mode_set(mode="POSE")
    context.scene.frame_set(7)
    before = _state(context)
    export_fbx(context, character, tmp_path / "a.fbx")
    assert _state(context) == before
    with pytest.raises(OneTakeError, match=r"b\.fbx"):
        export_fbx(context, character, tmp_path / "missing" / "b.fbx")
    assert _state(context) == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.fbx"]


def test_an_nla_track_of_the_users_stays_and_keeps_quiet(context, cubes, tmp_path):
    take = random_take(cubes)
    character = import_take(context, take, cubes)
    animation = character.armature.animation_data
    animation.nla_tracks.new().strips.new("old", 1, character.action.copy())
    heads, _ = evaluate(character, range(1, len(take) + 1))
    export_fbx(context, character, tmp_path / "a.fbx")
    assert [track.name for track in animation.nla_tracks] and not animation.nla_tracks[0].mute
    _, _, heads_back, _ = _read_back(tmp_path / "a.fbx")
    assert len(bpy.data.actions) == 1
    assert np.abs(heads - heads_back).max() < 5e-4
