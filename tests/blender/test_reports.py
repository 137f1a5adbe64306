"""An operator that cannot do its work says why in a sentence, and what to do; the log is near."""

import re

import bpy
import pytest
from onetake.addon.backend_process.environment import Environment
from onetake.addon.panels import setup
from onetake.addon.scene.build import import_take
from onetake.addon.scene.stored_motion import MOTION

import onetake
from onetake import api
from tests.blender import ui_strings
from tests.blender.synthetic import random_take
from tests.blender.test_import_video import SAMPLE
from tests.blender.test_panels import drawn


@pytest.fixture
def character(context, tmp_path, monkeypatch, cubes):
    """A character whose motion is damaged, and a backend that is not set up and may not be."""
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ONETAKE_BACKEND_PYTHON", raising=False)
    monkeypatch.setattr(Environment, "needs_network", True)
    monkeypatch.setattr(api, "bpy", type("Offline", (), {
        "app": type("App", (), {"online_access": False}), "path": bpy.path, "context": bpy.context,
        "data": bpy.data}))  # fmt: skip
    onetake.register()
    made = import_take(context, random_take(cubes, 20), cubes)
    made.armature[MOTION] = [1, 2, 3, 4]
    yield made
    onetake.unregister()


# What each cannot do then, and the end of the sentence: what to do. None: it always can.
FAILING = {
    "set_up": ({}, "add-on's preferences"),
    "check": ({}, "press Set Up"),
    "show_log": None,
    "show_preferences": None,
    "import_video": ({"filepath": str(SAMPLE)}, "press Set Up"),
    "cancel_job": ({"number": 0}, "ended meanwhile"),
    "dismiss_job": ({"number": 0}, "ended meanwhile"),
    "resume_job": ({"number": 0}, "ended meanwhile"),
    "discard_job": ({"number": 0}, "ended meanwhile"),
    "keep_edits": ({}, "import it again"),
    "discard_edits": ({}, "import it again"),
    "fit_shape": ({}, "import it again"),
    "place_at_cursor": ({}, "import it again"),
    "match_frame_rate": ({"to": "scene"}, "import it again"),
    "push_to_nla": None,
    "apply_smoothing_preset": ({"filepath": "/nowhere.json"}, "choose another"),
    "smoothing_preset_add": ({"name": "dance"}, "choose another name"),
    "tick_person": ({"number": 0}, "ended meanwhile"),
    "import_ticked": ({"number": 0}, "ended meanwhile"),
    "use_official_body": ({"body": "male"}, "preferences first"),
    "use_own_body": ({}, "press Set Up"),
    "pose_correctives": ({}, "import it again"),
    "export": ({}, "choose a folder"),
}
# Those that are grey then, and why.
GREY = {
    "import_clip": "Open a video",
    "import_strip": "Select a movie strip",
    "retarget": "choose a rig",
    "retarget_constrain": "choose a rig",
    "retarget_release": "",
    "retarget_preset": "choose a rig",
    "retarget_preset_save": "choose a rig",
    "retarget_preset_remove": "choose a rig",
    "retarget_row": "choose a rig",
}


def test_every_operator_is_here(character):
    operators = [cls for cls in ui_strings.classes() if issubclass(cls, bpy.types.Operator)]
    assert {cls.bl_idname.partition(".")[2] for cls in operators} == {*FAILING, *GREY}


@pytest.mark.parametrize("name", [name for name, how in FAILING.items() if how])
def test_what_goes_wrong_is_a_sentence_with_a_way_on(character, name):
    given, way = FAILING[name]
    with pytest.raises(RuntimeError) as caught:
        getattr(bpy.ops.onetake, name)(**given)
    said = str(caught.value).strip()
    assert re.fullmatch(r"Error: [A-Z/\w].*\.", said), said
    assert way in said and "Traceback" not in said and "Error(" not in said


@pytest.mark.parametrize("name", GREY)
def test_what_cannot_be_pressed_says_why(character, name):
    with pytest.raises(RuntimeError, match=GREY[name]):
        getattr(bpy.ops.onetake, name)()


def test_without_a_character_they_are_grey_and_say_why(character):
    bpy.context.view_layer.objects.active = None
    for name in ("fit_shape", "keep_edits", "place_at_cursor", "push_to_nla"):
        assert not getattr(bpy.ops.onetake, name).poll()
    with pytest.raises(RuntimeError, match="Select a character"):
        bpy.ops.onetake.smoothing_preset_add(name="mine")


def test_the_log_is_one_click_away_set_up_or_not(character, monkeypatch):
    assert "onetake.show_log" in drawn(setup.VIEW3D_PT_onetake_setup).buttons
    monkeypatch.setattr(Environment, "missing", [])
    assert "onetake.show_log" in drawn(setup.VIEW3D_PT_onetake_setup).buttons
