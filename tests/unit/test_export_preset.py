"""Export presets as files, and the numbers behind a change of rest."""

import json

import pytest

from backend.errors import OneTakeError
from backend.export_preset import ExportPreset, choose, shipped
from backend.motion.skeleton import JOINT


def test_those_that_ship_are_whole():
    presets = shipped()
    assert {"unreal", "unity", "godot", "fbx", "glb", "bvh", "usd", "alembic", "amass"} == set(
        presets
    )
    assert len({preset.suffix for preset in presets.values()}) == len(presets)
    for preset in presets.values():
        assert preset.label and preset.description
    names = set(presets["unreal"].joint_names) | set(presets["unreal"].between)
    assert {f"spine_0{number}" for number in range(1, 6)} < names
    assert presets["unity"].joint_names[JOINT["left_knee"]] == "LeftLowerLeg"


def test_a_list_is_chosen_by_name_and_path(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"label": "Mine", "format": "bvh", "suffix": ".mine.bvh"}))
    chosen = choose(f"unreal, glb,{path}")
    assert [preset.name for preset in chosen] == ["unreal", "glb", "mine"]
    assert chosen[2].source == path
    assert choose("") == []


@pytest.mark.parametrize(
    ("names", "words"), [("maya", "no export preset 'maya'"), ("glb,glb", "Two of the export")]
)
def test_what_cannot_be_chosen(names, words):
    with pytest.raises(OneTakeError, match=words):
        choose(names)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": "max"}, "format is one of"),
        ({"suffix": ".txt"}, "end with .fbx"),
        ({"suffix": "/../a.fbx"}, "end with"),
        ({"bones": {"tail": "Tail"}}, "no joint 'tail'"),
        ({"bones": {"head": "neck"}}, "name of its own"),
        ({"between": {"x": ["pelvis", "head"]}}, "next of its chain"),
        ({"bone_axes": {"head": "+x -x"}}, "bone_axes"),
        ({"in_place": "yes"}, "in_place cannot"),
        ({"colour": "red"}, "other names"),
        ({"source": "/etc/passwd"}, "other names"),
    ],
)
def test_a_bad_file_is_a_sentence(tmp_path, changes, words):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({"label": "Bad", "format": "fbx", "suffix": ".fbx", **changes}))
    with pytest.raises(OneTakeError, match=words):
        ExportPreset.load(path)
    path.write_text("{")
    with pytest.raises(OneTakeError, match="no JSON"):
        ExportPreset.load(path)
