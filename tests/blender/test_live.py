"""Sliders on a character: keys that follow, edits that stay, shape, place, rate."""

import json
from dataclasses import replace

import bpy
import numpy as np
import pytest
from mathutils import Quaternion, Vector
from onetake.addon.export.fbx import export_fbx
from onetake.addon.scene.build import import_take
from onetake.addon.scene.character import apply_shape, apply_smoothing
from onetake.addon.scene.curves import read_curves
from onetake.addon.scene.edits import discard_edits, is_edited, keep_edits
from onetake.addon.scene.keyframes import CHANNELS
from onetake.addon.scene.keying import key_around, require_unedited
from onetake.addon.scene.nla import push_down
from onetake.addon.scene.rest_skeleton import blender_axes
from onetake.addon.shape.change import change_height, fit_from_video, height
from onetake.addon.smoothing import live
from onetake.addon.smoothing.graph import picture
from onetake.addon.smoothing.presets import presets, read_preset, remove_preset, save_preset
from onetake.addon.staging.place import place_at
from onetake.addon.staging.rate import match_frame_rate
from onetake.backend.errors import OneTakeError
from onetake.backend.motion.smoothing import SmoothingSettings

from onetake import addon
from tests.blender.evaluated import evaluate
from tests.blender.synthetic import random_take

STRONG = SmoothingSettings(min_cutoff=0.8, beta=0.5)


@pytest.fixture
def ui(context):
    """The extension's user interface."""
    addon.register()
    yield context
    addon.unregister()


def _noisy(body, frames):
    take = random_take(body, frames)
    noise = np.random.default_rng(0).normal(0, 0.02, take.poses.shape)
    return take.with_motion(take.poses + noise, take.trans)


def _values(character):
    keys = read_curves(character.action, CHANNELS)
    return np.stack([channel[:, 1] for channel in keys], axis=1)


def _edit(character, name="left_knee", frame=30):
    """What an animator does: another key in place of one that is there."""
    bone = character.armature.pose.bones[name]
    bpy.context.scene.frame_set(frame)
    bone.rotation_quaternion = Quaternion((0, 1, 0), 0.7) @ bone.rotation_quaternion
    bone.keyframe_insert("rotation_quaternion", frame=frame)


@pytest.mark.parametrize("mode", ["zero_lag", "causal"])
def test_keys_around_a_frame_are_those_of_the_whole(context, cubes, mode):
    character = import_take(context, _noisy(cubes, 900), cubes)
    settings = replace(STRONG, mode=mode, foot_lock=False)
    before = _values(character)
    character.armature["onetake_smoothing"] = json.dumps(settings.to_dict())
    assert key_around(character.armature, require_unedited(character.armature), 400.5) is False
    around = _values(character)
    apply_smoothing(character, settings)
    whole = _values(character)
    seen = slice(375, 425)
    assert np.abs(before[seen] - whole[seen]).max() > 0.01
    # q and -q are one rotation; which one may only differ for a whole run.
    error = np.minimum(np.abs(around - whole), np.abs(around + whole))[seen]
    assert error.max() < 2e-3
    assert np.array_equal(around[500:], before[500:])
    turns = around[:, 3:].reshape(-1, 24, 4)
    assert (np.sum(turns[360:420] * turns[361:421], axis=-1) > 0).all()


def test_a_short_take_is_keyed_whole(context, cubes):
    character = import_take(context, _noisy(cubes, 60), cubes)
    character.armature["onetake_smoothing"] = json.dumps(STRONG.to_dict())
    assert key_around(character.armature, require_unedited(character.armature), 30) is True
    around = _values(character)
    apply_smoothing(character, STRONG)
    assert np.array_equal(around, _values(character))


def test_sliders_show_and_set_the_characters_smoothing(ui, cubes):
    character = import_take(ui, _noisy(cubes, 60), cubes, smoothing=SmoothingSettings())
    motion = character.armature.onetake_controls
    assert (
        motion.min_cutoff == pytest.approx(SmoothingSettings().min_cutoff)
        and motion.mode == "zero_lag"
    )
    motion.min_cutoff, motion.mode, motion.strength_arms = 0.7, "causal", 2.0
    motion.foot_lock = False
    wanted = SmoothingSettings(
        min_cutoff=np.float32(0.7).item(), mode="causal", strength={"arms": 2.0}, foot_lock=False
    )
    assert character.smoothing == wanted
    keys = _values(character)
    apply_smoothing(character, wanted)
    assert np.array_equal(keys, _values(character))


def test_before_and_after(ui, cubes):
    character = import_take(ui, _noisy(cubes, 60), cubes, smoothing=STRONG)
    motion, after = character.armature.onetake_controls, _values(character)
    motion.smoothed = False
    before = _values(character)
    assert np.abs(before - after).max() > 0.01 and not motion.smoothed
    assert motion.min_cutoff == pytest.approx(0.8)
    motion.smoothed = True
    assert np.array_equal(after, _values(character)) and character.smoothing == STRONG


def test_the_rest_follows_by_the_timer(ui, cubes, monkeypatch):
    character = import_take(ui, _noisy(cubes, 900), cubes)
    armature = character.armature
    monkeypatch.setattr(live, "bpy", _windowed())
    monkeypatch.setattr(live, "_schedule", lambda: None)
    live.set_smoothing(ui, character, STRONG)
    assert live.PENDING in armature
    while live.tick() is not None:
        pass
    assert live.PENDING not in armature
    keys = _values(character)
    apply_smoothing(character, STRONG)
    assert np.array_equal(keys, _values(character))


def test_a_change_on_the_way_starts_again(ui, cubes, monkeypatch):
    character = import_take(ui, _noisy(cubes, 900), cubes)
    monkeypatch.setattr(live, "bpy", _windowed())
    monkeypatch.setattr(live, "_schedule", lambda: None)
    live.set_smoothing(ui, character, SmoothingSettings())
    live.tick(), live.tick()
    live.set_smoothing(ui, character, STRONG)
    while live.tick() is not None:
        pass
    keys = _values(character)
    apply_smoothing(character, STRONG)
    assert np.array_equal(keys, _values(character))


def test_saving_finishes_what_is_pending(ui, cubes, monkeypatch, tmp_path):
    character = import_take(ui, _noisy(cubes, 900), cubes)
    monkeypatch.setattr(live, "bpy", _windowed())
    monkeypatch.setattr(live, "_schedule", lambda: None)
    live.set_smoothing(ui, character, STRONG)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"), copy=True)
    assert live.PENDING not in character.armature
    keys = _values(character)
    apply_smoothing(character, STRONG)
    assert np.array_equal(keys, _values(character))


def test_an_export_finishes_what_is_pending(ui, cubes, monkeypatch, tmp_path):
    character = import_take(ui, _noisy(cubes, 300), cubes)
    # The first frame is looked at: its own second is keyed at once, the last frames are to come.
    monkeypatch.setattr(live, "bpy", _windowed())
    monkeypatch.setattr(live, "_schedule", lambda: None)
    live.set_smoothing(ui, character, STRONG)
    half = _values(character)
    export_fbx(ui, character, tmp_path / "a.fbx")
    assert live.PENDING not in character.armature
    keys = _values(character)
    assert np.abs(keys - half).max() > 1e-3
    apply_smoothing(character, STRONG)
    assert np.array_equal(keys, _values(character))


def _windowed():
    """bpy as Blender with a window has it; timers are the test's business."""

    class App:
        background = False
        handlers, timers = bpy.app.handlers, bpy.app.timers

    class Windowed:
        app, data, context, types = App, bpy.data, bpy.context, bpy.types

    return Windowed


def test_edited_keys_are_not_overwritten(ui, cubes):
    character = import_take(ui, _noisy(cubes, 60), cubes)
    written = _values(character)
    _edit(character)
    edited = _values(character)
    assert is_edited(character) and np.abs(edited - written).max() > 0.1
    with pytest.raises(OneTakeError, match="edited by hand"):
        apply_smoothing(character, STRONG)
    with pytest.raises(OneTakeError, match="edited by hand"):
        apply_shape(ui, character, np.ones(10))
    character.armature.onetake_controls.min_cutoff = 0.5
    assert np.array_equal(_values(character), edited)
    assert "edited by hand" in character.armature["onetake_problem"]
    ui.view_layer.objects.active = character.armature
    assert bpy.ops.onetake.discard_edits() == {"FINISHED"}
    assert np.array_equal(_values(character), written)
    assert "onetake_problem" not in character.armature
    apply_smoothing(character, STRONG)


@pytest.mark.parametrize("how", ["moved", "deleted", "added"])
def test_keys_in_other_places_are_edits_too(context, cubes, how):
    character = import_take(context, _noisy(cubes, 60), cubes)
    bone = character.armature.pose.bones["left_knee"]
    if how == "added":
        context.scene.frame_set(20, subframe=0.5)
        bone.keyframe_insert("rotation_quaternion", frame=20.5)
    elif how == "deleted":
        bone.keyframe_delete("rotation_quaternion", index=0, frame=20)
    else:
        path, index = 'pose.bones["left_knee"].rotation_quaternion', 0
        _bag_of(character).fcurves.find(path, index=index).keyframe_points[20].co[0] += 0.25
    assert is_edited(character)
    discard_edits(character)
    assert not is_edited(character)


def _bag_of(character):
    from onetake.addon.scene import curves

    return curves._bag(character.action)


def test_edits_stay_on_their_layer_when_the_motion_changes(context, cubes):
    take = _noisy(cubes, 60)
    character = import_take(context, take, cubes)
    _edit(character)
    frames = np.arange(1, 61)
    wanted, _ = evaluate(character, frames)
    layer = keep_edits(character)
    heads, _ = evaluate(character, frames)
    assert np.abs(heads - wanted).max() < 1e-4
    assert not is_edited(character) and character.armature.animation_data.action == layer
    assert {channel.data_path for channel in _layer_curves(layer)} == {
        'pose.bones["left_knee"].rotation_quaternion'
    }

    apply_smoothing(character, STRONG)
    smoothed, _ = evaluate(character, frames)
    character.armature.animation_data.action = None
    plain, _ = evaluate(character, frames)
    knee_down = [7, 10]  # left ankle and foot hang on the knee that was edited, at frame 30
    moved = np.linalg.norm(smoothed - plain, axis=-1)
    assert moved[29, knee_down].min() > 0.02
    assert moved[np.arange(60) != 29].max() < 1e-4 and np.abs(heads - smoothed).max() > 0.005


def _layer_curves(action):
    from onetake.addon.scene import curves

    return curves._bag(action).fcurves


def test_a_layer_of_its_own_for_another_action_is_refused(context, cubes):
    character = import_take(context, _noisy(cubes, 20), cubes)
    character.armature.animation_data.action = bpy.data.actions.new("walk")
    with pytest.raises(OneTakeError, match="walk"):
        keep_edits(character)


def test_height_in_metres_and_back_to_the_videos(ui, body):
    take = random_take(body)
    character = import_take(ui, take, body)
    betas = character.betas
    change_height(ui, character, 1.9)
    assert height(character) == pytest.approx(1.9, abs=1e-6)
    assert character.armature.onetake_shape.height == pytest.approx(1.9, abs=1e-5)
    character.armature.data.pose_position = "REST"
    _, skin = evaluate(character, [1])
    assert skin[..., 2].max() == pytest.approx(1.9, abs=0.012)
    assert abs(skin[..., 2].min()) < 0.003
    assert np.array_equal(character.betas[1:], betas[1:])
    fit_from_video(ui, character)
    assert np.allclose(character.betas, take.betas, atol=1e-6)


def test_shape_sliders_move_armature_and_mesh(ui, cubes):
    character = import_take(ui, random_take(cubes, 900), cubes)
    shape = character.armature.onetake_shape
    assert np.allclose(shape.betas, character.betas, atol=1e-6)
    shape.betas[3] = 1.25
    assert character.betas[3] == pytest.approx(1.25)
    assert character.body.data.shape_keys.key_blocks[4].value == pytest.approx(1.25)
    wanted = character.betas
    keys = _values(character)
    apply_shape(ui, character, np.zeros(10))
    apply_shape(ui, character, wanted)
    assert np.array_equal(keys, _values(character))
    ui.view_layer.objects.active = character.body
    assert bpy.ops.onetake.fit_shape() == {"FINISHED"}


def test_placed_at_the_cursor_its_camera_comes_along(ui, cubes):
    take = random_take(cubes)
    character = import_take(ui, take, cubes)
    before, _ = evaluate(character, [1, 20])
    camera = character.camera.matrix_world.translation.copy()
    ui.scene.cursor.location = (3, -2, 0.5)
    ui.view_layer.objects.active = character.armature
    assert bpy.ops.onetake.place_at_cursor() == {"FINISHED"}
    after, _ = evaluate(character, [1, 20])
    pelvis = blender_axes(take.trans[0])
    shift = np.array([3 - pelvis[0], -2 - pelvis[1], 0.5])
    assert np.abs(after - before - shift).max() < 1e-5
    moved = np.array(character.camera.matrix_world.translation - camera)
    assert np.abs(moved - shift).max() < 1e-5
    place_at(character, Vector((3, -2, 0.5)))
    assert np.abs(evaluate(character, [1, 20])[0] - after).max() < 1e-5


def test_in_place_leaves_the_way_out(ui, cubes):
    take = random_take(cubes)
    character = import_take(ui, take, cubes)
    character.armature.onetake_controls.in_place = True
    heads, _ = evaluate(character, range(1, 49))
    assert np.abs(heads[:, 0, :2] - blender_axes(take.trans)[0, :2]).max() < 1e-5
    assert np.abs(heads[:, 0, 2] - take.trans[:, 1]).max() < 1e-5
    character.armature.onetake_controls.in_place = False
    heads, _ = evaluate(character, range(1, 49))
    assert np.abs(heads[:, 0] - blender_axes(take.trans)).max() < 1e-5


@pytest.mark.parametrize("start", [1, 7])
def test_pushed_to_the_nla_it_plays_the_same(ui, cubes, start):
    ui.scene.frame_start = start
    times = np.cumsum(np.random.default_rng(3).uniform(0.02, 0.05, 40))
    character = import_take(ui, random_take(cubes, timestamps=times), cubes)
    frames = start + times * 30
    before, _ = evaluate(character, frames)
    ui.view_layer.objects.active = character.armature
    assert bpy.ops.onetake.push_to_nla() == {"FINISHED"}
    assert not bpy.ops.onetake.push_to_nla.poll()
    animation = character.armature.animation_data
    assert animation.action is None and [track.name for track in animation.nla_tracks] == ["clip"]
    after, _ = evaluate(character, frames)
    assert np.abs(after - before).max() < 1e-4
    apply_smoothing(character, STRONG)
    assert np.abs(evaluate(character, frames)[0] - before).max() > 0.001
    assert push_down(character.armature, character.action) == animation.nla_tracks[0].strips[0]


def test_frame_rates_are_matched_either_way(ui, cubes):
    take = random_take(cubes, 60, 60.0, moving_camera=True)
    character = import_take(ui, take, cubes)
    ui.scene.render.fps = 24
    match_frame_rate(ui, character, "scene")
    heads, _ = evaluate(character, 1 + take.timestamps * 24)
    assert np.abs(heads - blender_axes(take.joints)).max() < 1e-4
    _assert_camera(character, take, 24)
    ui.view_layer.objects.active = character.armature
    assert bpy.ops.onetake.match_frame_rate(to="video") == {"FINISHED"}
    assert ui.scene.render.fps == 60 and ui.scene.frame_end == 60
    heads, _ = evaluate(character, 1 + take.timestamps * 60)
    assert np.abs(heads - blender_axes(take.joints)).max() < 1e-4
    _assert_camera(character, take, 60)


def _assert_camera(character, take, rate):
    for frame in (0, 20, 59):
        at = 1 + take.timestamps[frame] * rate
        bpy.context.scene.frame_set(int(at), subframe=at - int(at))
        place = blender_axes(-take.camera_R[frame].T @ take.camera_t[frame])
        assert np.abs(np.array(character.camera.matrix_world.translation) - place).max() < 1e-3


def test_presets_come_from_both_folders(ui, cubes, tmp_path, monkeypatch):
    monkeypatch.setattr(
        bpy.utils, "user_resource", lambda *_, path="", create=False: _made(tmp_path / path, create)
    )
    character = import_take(ui, _noisy(cubes, 30), cubes)
    ui.view_layer.objects.active = character.armature
    assert {path.stem for path in presets()} >= {"gentle", "walk", "dance", "sport", "hands"}
    dance = next(path for path in presets() if path.stem == "dance")
    assert bpy.ops.onetake.apply_smoothing_preset(filepath=str(dance)) == {"FINISHED"}
    assert character.smoothing == SmoothingSettings.load(dance)
    assert bpy.ops.onetake.smoothing_preset_add(name="My Walk") == {"FINISHED"}
    own = [path for path in presets() if path.stem == "my_walk"]
    assert read_preset(own[0]) == character.smoothing
    with pytest.raises(OneTakeError, match="another name"):
        save_preset("Dance", STRONG)
    with pytest.raises(OneTakeError, match="name first"):
        save_preset(" ", STRONG)
    own[0].write_text('{"min_cutoff": "high"}')
    with pytest.raises(RuntimeError, match="preset"):
        bpy.ops.onetake.apply_smoothing_preset(filepath=str(own[0]))
    assert bpy.ops.onetake.smoothing_preset_add(name="My Walk", remove_name=True) == {"FINISHED"}
    with pytest.raises(OneTakeError):
        remove_preset("dance")
    assert not list(tmp_path.rglob("*.json"))


def _made(path, create):
    if create:
        path.mkdir(parents=True, exist_ok=True)
    return str(path)


def test_the_graph_shows_what_is_left(ui, cubes):
    character = import_take(ui, _noisy(cubes, 120), cubes, smoothing=SmoothingSettings())
    graph = live.graph()
    assert graph.ask(ui, character)
    while graph.step():
        pass
    assert not graph.ask(ui, character)  # it is there: the same is not measured again
    result = graph.result
    assert (np.diff(result.jitter) > 0).all() and (np.diff(result.swing) > 0).all()
    assert result.jitter[result.now] < 0.5 and 0.9 < result.swing[result.now] <= 1.001
    pixels = picture(result)
    dot = np.argwhere((pixels == pixels[..., :1].max()).any(axis=-1) & (pixels[..., 2] < 0.2))
    y, x = (dot.mean(axis=0) - 14) / (len(pixels) - 29)
    assert y == pytest.approx(result.jitter[result.now], abs=0.03)
    assert x == pytest.approx(2 * result.swing[result.now] - 1, abs=0.03)


def test_nothing_stays_registered(context):
    handlers = {name: list(getattr(bpy.app.handlers, name)) for name, _ in live._HANDLERS}
    for _ in range(3):
        addon.register()
        addon.unregister()
    assert {name: list(getattr(bpy.app.handlers, name)) for name in handlers} == handlers
    assert not bpy.app.timers.is_registered(live.tick)
    assert not hasattr(bpy.types.Object, "onetake_controls")
    assert not hasattr(bpy.types.Object, "onetake_shape")


@pytest.mark.parametrize(
    ("match", "animated", "fps"),
    [("unless_animated", False, 60), ("unless_animated", True, 24), ("scene", False, 24),
     ("video", True, 60)],
)  # fmt: skip
def test_the_frame_rate_is_chosen_at_import(context, cubes, match, animated, fps):
    context.scene.render.fps = 24
    if animated:
        cube = bpy.data.objects.new("cube", None)
        context.scene.collection.objects.link(cube)
        cube.keyframe_insert("location", frame=10)
    take = random_take(cubes, 60, 60.0)
    character = import_take(context, take, cubes, match_rate=match)
    assert context.scene.render.fps == fps
    heads, _ = evaluate(character, 1 + take.timestamps * fps)
    assert np.abs(heads - blender_axes(take.joints)).max() < 1e-4
