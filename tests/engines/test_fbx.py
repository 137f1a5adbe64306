"""The FBX through Autodesk's own SDK: what Unreal, Unity and Maya will see."""

import os
import shutil

import numpy as np
import pytest

from backend.body import body_path
from tests.engines.compare import JOINT_LIMIT, SKIN_LIMIT, differences
from tests.engines.gltf import Glb
from tests.needs import skip_unless


@pytest.fixture(scope="module")
def found():
    """Characters of cubes and of the real body, both turning wildly, compared."""
    skip_unless(os.environ.get("ONETAKE_BLENDER_PYTHON"), "ONETAKE_BLENDER_PYTHON names no Python")
    skip_unless(shutil.which("npm"), "npm, which installs the FBX converter, is not here")
    skip_unless(body_path().exists(), "the body has not been made: run the set-up first")
    return differences(None, body_path())


def test_joints_and_skin_are_blenders(found):
    assert sorted(item.frames for item in found) == [12, 60, 90, 124]
    for item in found:
        assert item.joint < JOINT_LIMIT and item.skin < SKIN_LIMIT, item


def test_the_only_take_is_named_after_the_action_and_starts_at_zero(found):
    for item in found:
        assert list(item.takes) == [item.name]
        first, last = item.takes[item.name]
        assert first == 0 and abs(last - (item.frames - 1) / 30) < 1e-4


def test_the_reader_animates_and_skins(tmp_path):
    """A triangle on one bone that turns 90 degrees about z and rises by 1 in a second."""
    floats = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], "<f4").tobytes()  # positions
    parts = [
        floats,
        np.zeros((3, 4), "u1").tobytes(),
        np.tile(np.array([255, 0, 0, 0], "u1"), (3, 1)).tobytes(),
        np.eye(4, dtype="<f4").tobytes(),
        np.array([0, 1], "<f4").tobytes(),
        np.array([[0, 0, 0, 1], [0, 0, np.sqrt(0.5), np.sqrt(0.5)]], "<f4").tobytes(),
        np.array([[0, 0, 0], [0, 0, 1]], "<f4").tobytes(),
    ]
    starts = np.cumsum([0, *map(len, parts)])
    kinds = [(5126, "VEC3", 3), (5121, "VEC4", 3), (5121, "VEC4", 3), (5126, "MAT4", 1),
             (5126, "SCALAR", 2), (5126, "VEC4", 2), (5126, "VEC3", 2)]  # fmt: skip
    accessors = [
        {"bufferView": i, "componentType": kind, "type": shape, "count": count}
        for i, (kind, shape, count) in enumerate(kinds)
    ]
    accessors[2]["normalized"] = True
    attributes = {"POSITION": 0, "JOINTS_0": 1, "WEIGHTS_0": 2}
    document = {
        "nodes": [{"name": "bone"}, {"name": "skin", "mesh": 0, "skin": 0}],
        "skins": [{"joints": [0], "inverseBindMatrices": 3}],
        "meshes": [{"primitives": [{"attributes": attributes}]}],
        "accessors": accessors,
        "bufferViews": [{"byteOffset": int(start)} for start in starts[:-1]],
        "animations": [
            {
                "name": "turn",
                "samplers": [{"input": 4, "output": 5}, {"input": 4, "output": 6}],
                "channels": [
                    {"sampler": 0, "target": {"node": 0, "path": "rotation"}},
                    {"sampler": 1, "target": {"node": 0, "path": "translation"}},
                ],
            }
        ],
    }
    glb = Glb(document, b"".join(parts))
    bound, posed = glb.skinned_vertices(glb.world_matrices(np.array([0.0, 0.5, 1.0])))
    half = np.sqrt(0.5)
    assert glb.takes() == {"turn": (0.0, 1.0)}
    assert np.allclose(posed[0], bound)
    assert np.allclose(posed[1], [[half, half, 0.5], [-half, half, 0.5], [0, 0, 1.5]], atol=1e-6)
    assert np.allclose(posed[2], [[0, 1, 1], [-1, 0, 1], [0, 0, 2]], atol=1e-6)
