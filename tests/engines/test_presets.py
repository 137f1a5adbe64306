"""Every export preset through the programs that it is for, against what Blender evaluates."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from backend.body import body_path
from backend.export_preset import shipped
from backend.training.motion.amass import read_amass
from tests.engines import readings, tools
from tests.needs import skip_unless

FRAMES, RATE = 8, 30
# Metres. What the product promises is 0.5 mm for joints and 1 mm for skin; glTF keeps weights as
# bytes in some programs.
JOINT_LIMIT, SKIN_LIMIT = 2e-5, 1e-4
PRESETS = shipped()
FBX = [name for name, preset in PRESETS.items() if preset.format == "fbx"]
SKELETONS = [*FBX, "glb", "usd", "bvh"]
TIMES = np.arange(FRAMES) / RATE


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """PRESET -> what Blender has, and what it reads back; the files lie beside."""
    skip_unless(os.environ.get("ONETAKE_BLENDER_PYTHON"), "ONETAKE_BLENDER_PYTHON names no Python")
    skip_unless(body_path().exists(), "the body has not been made: run the set-up first")
    folder = tmp_path_factory.mktemp("presets")
    job = {"body": str(body_path()), "frames": FRAMES, "rate": RATE, "folder": str(folder)}
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    script = Path(__file__).with_name("export_side.py")
    subprocess.run(
        [os.environ["ONETAKE_BLENDER_PYTHON"], str(script), str(folder / "job.json")],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return {name: dict(np.load(folder / f"{name}.npz")) for name in PRESETS}


@pytest.fixture(scope="module")
def in_godot(made):
    """What Godot makes of the files, and its humanoid profile."""
    skip_unless(tools.godot(), "Godot 4.4 or newer is not here: name it in ONETAKE_GODOT")
    return readings.with_godot({name: (path_of(made, name), TIMES, RATE) for name in [*FBX, "glb"]})


@pytest.fixture
def npm():
    skip_unless(shutil.which("npm"), "npm, which installs the readers, is not here")


def path_of(made, name) -> Path:
    return Path(str(made[name]["path"]))


def check(reading: readings.Reading, truth: dict) -> None:
    """Same bones and no other, in place and skin too at every frame, one take, right length."""
    bones = [str(bone) for bone in truth["bones"]]
    assert set(reading.joints) == set(bones)
    joints = np.stack([reading.joints[bone] for bone in bones], axis=1)
    assert np.abs(joints - readings.to_y_up(truth["joints"])).max() < JOINT_LIMIT
    assert readings.skin_error(reading.skin, readings.to_y_up(truth["skin"])) < SKIN_LIMIT
    assert list(reading.takes) == [str(truth["name"])]
    first, last = reading.takes[str(truth["name"])]
    assert first == 0 and abs(last - TIMES[-1]) < 1e-4


@pytest.mark.parametrize("name", FBX)
def test_autodesk(made, npm, name):
    check(readings.with_autodesk(path_of(made, name), TIMES, RATE), made[name])


@pytest.mark.parametrize("name", FBX)
def test_three(made, npm, name):
    """The only one that shows the file's own unit."""
    reading = readings.with_three(path_of(made, name), TIMES)
    check(reading, made[name])
    assert reading.unit == pytest.approx(1 / PRESETS[name].per_metre)


@pytest.mark.parametrize("name", [*FBX, "glb"])
def test_godot(made, in_godot, name):
    check(in_godot[0][name], made[name])


def test_godots_rests_are_its_profiles(in_godot):
    """Animations then fit any humanoid of Godot's without an import setting."""
    read, profile = in_godot

    def turn(bone: str) -> np.ndarray:
        parent, numbers = profile[bone]
        own = np.reshape(numbers, (3, 4))[:, :3]
        return turn(parent) @ own if parent else own

    rests = read["godot"].rests
    ours = set(rests) & set(profile)
    assert len(ours) == 23  # all of SMPL's but the fingers, and Root
    for bone in ours:
        assert np.abs(rests[bone][:3, :3] - turn(bone)).max() < 1e-4, bone


@pytest.mark.parametrize("name", SKELETONS)
def test_blender_reads_it_back(made, name):
    truth = made[name]
    bones, read = [list(map(str, truth[key])) for key in ("bones", "read_names")]
    assert set(read) == set(bones)
    joints = truth["read_joints"][:, [read.index(bone) for bone in bones]]
    assert np.abs(joints - truth["joints"]).max() < JOINT_LIMIT
    assert truth["read_rate"] == pytest.approx(RATE, abs=1e-3)
    if name != "bvh":
        assert readings.skin_error(truth["read_skin"], truth["skin"]) < SKIN_LIMIT
    if name != "usd":  # which has no takes
        (take,) = map(str, truth["read_takes"])
        assert str(truth["name"]) in take.split("|")


def test_blender_reads_the_point_cache_back(made):
    truth = made["alembic"]
    assert np.abs(truth["read_skin"] - truth["own_skin"]).max() < SKIN_LIMIT


def test_glb_is_valid(made, npm):
    script = Path(__file__).with_name("gltf_errors.cjs")
    command = ["node", script, tools.package("gltf-validator"), path_of(made, "glb")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    issues = json.loads(done.stdout)
    assert issues["numErrors"] == 0, issues["messages"]
    check(readings.from_glb(path_of(made, "glb"), TIMES), made["glb"])


@pytest.mark.parametrize("name", ["unreal", "unity", "godot"])
def test_a_t_pose_moves_the_skin_little(made, name):
    """Skin between two joints is mixed from another rest: millimetres, in the wildest poses."""
    far = np.linalg.norm(made[name]["skin"] - made[name]["own_skin"], axis=-1)
    assert far.max() < 0.015 and np.median(far) < 1e-5


def test_our_reader_of_amass_gets_the_motion_back(made):
    """Directions of the limbs, as its own skeleton has other lengths, and the way, to its scale."""
    from backend.motion.kinematics import forward_kinematics
    from backend.motion.skeleton import JOINTS, PARENTS, REST

    motion = read_amass(path_of(made, "amass"))
    assert motion.fps == RATE and len(motion.poses) == FRAMES
    bones = list(map(str, made["amass"]["bones"]))
    truth = readings.to_y_up(made["amass"]["joints"][:, [bones.index(joint) for joint in JOINTS]])
    joints, _ = forward_kinematics(motion.poses, REST, motion.trans)
    for child in range(1, 22):
        parent = PARENTS[child]
        ours, theirs = (each[:, child] - each[:, parent] for each in (joints, truth))
        cosine = np.sum(ours * theirs, axis=1)
        cosine /= np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
        # The body's own limbs point where REST's do, to a few degrees.
        assert np.degrees(np.arccos(np.clip(cosine, -1, 1))).max() < 6, JOINTS[child]
    way, true_way = np.diff(motion.trans, axis=0), np.diff(truth[:, 0], axis=0)
    scale = np.sum(way * true_way) / np.sum(true_way**2)
    assert 0.6 < scale < 1.7 and np.abs(way - scale * true_way).max() < 1e-4
