"""What changes the scene is one step of undo, which brings back what was."""

from pathlib import Path

import bpy
import numpy as np
import pytest
from onetake.addon.character_operator import CharacterOperator
from onetake.addon.scene.build import import_take
from onetake.addon.scene.change_body import body_name
from onetake.addon.scene.character import Character, characters
from onetake.addon.scene.curves import read_curves
from onetake.addon.scene.edits import is_edited
from onetake.addon.scene.keyframes import CHANNELS
from onetake.addon.shape.change import change_shape

import onetake
from onetake import api
from tests.blender import ui_strings
from tests.blender.synthetic import random_take
from tests.blender.test_bodies import preferences, smpl_pickle  # noqa: F401
from tests.blender.test_import_video import SAMPLE, addon, backend, home  # noqa: F401

ROOT = Path(__file__).resolve().parents[2]
PRESET = ROOT / "presets" / "smoothing" / "dance.json"

# Every operator on a character, with what it is given.
PRESSED = {
    "keep_edits": {},
    "discard_edits": {},
    "fit_shape": {},
    "place_at_cursor": {},
    "match_frame_rate": {"to": "video"},
    "push_to_nla": {},
    "apply_smoothing_preset": {"filepath": str(PRESET)},
}
BODIES = {
    "use_official_body": {"body": "male"},
    "pose_correctives": {},
    "use_own_body": {},
}


@pytest.fixture
def ui(context):
    onetake.register()
    yield context
    onetake.unregister()


def state() -> list:
    """Of the one character, asked for anew: undo makes new objects."""
    (character,) = characters(bpy.context.scene)
    armature, animation = character.armature, character.armature.animation_data
    assert character == Character.of(armature)
    return [
        np.stack([keys.ravel() for keys in read_curves(character.action, CHANNELS)]).tolist(),
        armature["onetake_smoothing"], list(armature["onetake_betas"]), is_edited(character),
        list(armature["onetake_timing"]), list(armature.delta_location),
        animation.action.name if animation.action else None,
        [strip.name for track in animation.nla_tracks for strip in track.strips],
        bpy.context.scene.render.fps,
        [round(value, 5) for bone in armature.data.bones for value in bone.head_local],
        [round(key.value, 5) for key in character.body.data.shape_keys.key_blocks],
    ]  # fmt: skip


def test_every_operator_that_changes_a_character_is_here(ui):
    names = {
        cls.bl_idname.partition(".")[2]
        for cls in ui_strings.classes()
        if issubclass(cls, CharacterOperator) and "UNDO" in cls.bl_options
    }
    assert names == {*PRESSED, *BODIES}


@pytest.mark.parametrize("name", PRESSED)
def test_one_step_back_and_forth(ui, cubes, name):
    character = import_take(ui, random_take(cubes, 30), cubes)
    change_shape(ui, character, np.full(10, 0.5))
    ui.scene.render.fps = 24
    ui.scene.cursor.location = (1.0, 2.0, 3.0)
    if name.endswith("_edits"):
        ui.scene.frame_set(10)
        bone = character.armature.pose.bones["left_knee"]
        bone.rotation_quaternion = (0.8, 0.6, 0.0, 0.0)
        bone.keyframe_insert("rotation_quaternion", frame=10)
    bpy.ops.ed.undo_push(message="Before")
    before = state()
    assert getattr(bpy.ops.onetake, name)("EXEC_DEFAULT", True, **PRESSED[name]) == {"FINISHED"}
    after = state()
    assert after != before
    bpy.ops.ed.undo()
    assert state() == before
    bpy.ops.ed.redo()
    assert state() == after


def test_another_body_its_correctives_and_back_are_one_step_each(preferences, smpl_pickle, cubes):  # noqa: F811
    preferences.smpl_male = str(smpl_pickle)
    import_take(bpy.context, random_take(cubes, 30), cubes)

    def worn() -> tuple[str, list]:
        (character,) = characters(bpy.context.scene)
        return body_name(character), state()

    for name, given in BODIES.items():
        bpy.ops.ed.undo_push(message="Before")
        before = worn()
        assert getattr(bpy.ops.onetake, name)("EXEC_DEFAULT", True, **given) == {"FINISHED"}
        after = worn()
        assert after != before
        bpy.ops.ed.undo()
        assert worn() == before
        bpy.ops.ed.redo()
        assert worn() == after


def test_an_import_is_one_step(backend):  # noqa: F811
    bpy.ops.ed.undo_push(message="Before")
    api.import_video(SAMPLE)
    assert len(characters(bpy.context.scene)) == 2
    bpy.ops.ed.undo()
    assert not characters(bpy.context.scene)
    bpy.ops.ed.redo()
    assert len(characters(bpy.context.scene)) == 2
