"""The rendered clips: their specification is sane, their truth exact, a killed run goes on."""

import csv
import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.body import load_body
from backend.errors import OneTakeError
from backend.evaluation.rendered import make
from backend.evaluation.rendered.clips import CLIPS
from backend.evaluation.rendered.specification import DATA_FPS, Camera, Clip
from backend.evaluation.rendered.truth import Motion, truth
from backend.motion.body import Body
from backend.motion.kinematics import forward_kinematics
from backend.motion.skeleton import JOINT
from backend.motion.take import CONTACTS, Take
from backend.training.motion.plausible import possible_turns
from backend.video import probe

ALL = pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.name)


@pytest.fixture(scope="module")
def body() -> Body:
    """Ours with an eighth of its skin, which is quicker, and the same joints for every shape."""
    whole = load_body()
    soles = {f"sole_{name}": whole.extra[f"sole_{name}"] for name in CONTACTS}
    kept = np.union1d(np.arange(0, len(whole.v_template), 8), np.concatenate([*soles.values()]))
    linear = np.concatenate([whole.v_template[..., None], whole.shapedirs], axis=2)
    joints = np.einsum("jv,vab->jab", whole.J_regressor, linear).reshape(24, -1)
    fitted = np.linalg.lstsq(linear[kept].reshape(len(kept), -1).T, joints.T, rcond=None)[0]
    return replace(
        whole,
        v_template=whole.v_template[kept],
        shapedirs=whole.shapedirs[kept],
        J_regressor=fitted.T,
        weights=whole.weights[kept],
        extra={name: np.searchsorted(kept, sole) for name, sole in soles.items()},
    )


@pytest.fixture(scope="module")
def motion(shared) -> Motion:
    return Motion(shared / "motion")


@pytest.fixture(scope="module")
def take_of(body, motion):
    """Clip -> its true take, made once."""
    made: dict[str, Take] = {}

    def of(clip: Clip) -> Take:
        if clip.name not in made:
            made[clip.name] = truth(clip, motion, body)
        return made[clip.name]

    return of


@pytest.fixture(scope="module")
def manifest(shared) -> dict[str, dict[str, str]]:
    rows = {}
    for dataset in ("cmu", "hdm05", "cc0"):
        with (shared / "motion" / f"{dataset}_manifest.csv").open() as stream:
            rows |= {row["key"]: row for row in csv.DictReader(stream)}
    return rows


def test_there_are_enough_different_clips():
    assert len(CLIPS) >= 14
    assert len({clip.name for clip in CLIPS}) == len(CLIPS)
    assert len({clip.key for clip in CLIPS}) == len(CLIPS)
    assert len({str(clip.person) for clip in CLIPS}) == len(CLIPS)
    assert all(clip.name.isidentifier() for clip in CLIPS)
    assert any(clip.fps == 15 for clip in CLIPS)
    assert any(clip.camera.pan for clip in CLIPS)
    assert any(clip.occluded for clip in CLIPS)
    assert any(clip.shutter for clip in CLIPS)
    assert sum(clip.quality > 30 for clip in CLIPS) == 2


@ALL
def test_nothing_was_trained_on_its_motion(clip, manifest, shared):
    row = manifest[clip.key]
    assert row["split"] == "test"
    last = clip.first + (clip.frames - 1) * (DATA_FPS // clip.fps)
    assert last < int(row["frames"])
    with np.load(shared / "motion" / f"{clip.dataset}.npz") as data:
        start = data["start"][int(row["index"])]
        assert data["key"][int(row["index"])] == clip.key
        assert data["ok"][start + clip.first : start + last + 1].all()


@ALL
def test_person_and_camera_are_within_their_ranges(clip, body, take_of):
    assert set(clip.person.shape) <= set(body.beta_names)
    assert max(map(abs, clip.person.shape.values())) <= 2
    assert 20 <= clip.camera.lens <= 85 and abs(clip.camera.roll) <= 10
    R = np.asarray(take_of(clip).camera_R, float).reshape(-1, 3, 3)
    pitch = np.degrees(np.arcsin(R[:, 2, 1]))  # of the camera's axis over the horizon
    assert (pitch > -30).all() and (pitch < 15).all()


@ALL
def test_the_truth_is_consistent(clip, body, take_of):
    take = take_of(clip)
    joints, _ = forward_kinematics(take.poses, take.rest, take.trans)
    assert np.abs(joints - take.joints).max() < 1e-5
    assert np.abs(body.rest_joints(take.betas) - take.rest).max() < 1e-5
    assert take.timestamps == pytest.approx(np.arange(clip.frames) / clip.fps)
    hips = take.joints[0, JOINT["left_hip"]] - take.joints[0, JOINT["right_hip"]]
    assert hips[0] > 0.8 * np.linalg.norm(hips)  # facing +z, left is +x
    identity = take.camera_R @ np.swapaxes(take.camera_R, -1, -2)
    assert np.abs(identity - np.eye(3)).max() < 1e-5


@ALL
def test_feet_stand_on_the_floor(clip, body, take_of):
    take = take_of(clip)
    skin = body.skin(take.poses, take.betas, take.trans)
    soles = [skin[:, body.extra[f"sole_{name}"]] for name in CONTACTS]
    height = np.stack([sole[..., 1].min(axis=1) for sole in soles], axis=1)
    places = np.stack([sole.mean(axis=1) for sole in soles], axis=1)
    assert height.min() > -0.04
    assert abs(np.median(height.min(axis=1))) < 0.01 or clip.kind == "lying down"
    assert take.contacts.mean() > 0.2
    standing = take.contacts > 0
    assert height[standing].max() < 0.02
    steps = np.linalg.norm(np.diff(places, axis=0), axis=-1) * clip.fps
    both = standing[1:] & standing[:-1]
    assert np.median(steps[both]) < 0.15  # m/s


@ALL
def test_no_joint_of_the_truth_turns_further_than_joints_do(clip, motion):
    """Some captures have a wrist half a turn round: nobody can be judged by those."""
    assert possible_turns(motion.window(clip)[0]).mean() > 0.9


@ALL
def test_the_camera_sees_the_person(clip, take_of):
    take = take_of(clip)
    R = np.broadcast_to(take.camera_R, (len(take), 3, 3))
    t = np.broadcast_to(take.camera_t, (len(take), 3))
    seen = np.einsum("tab,tjb->tja", R, take.joints) + t[:, None]
    assert seen[..., 2].min() > 1.0
    pixels = seen @ take.camera_K.T
    pixels = pixels[..., :2] / pixels[..., 2:]
    beyond = float(((pixels < 0) | (pixels >= take.image_size)).any(axis=-1).mean())
    assert beyond <= clip.cut
    assert (beyond > 0.02) == (clip.cut > 0)  # what is said to be cut is
    tall = np.ptp(pixels, axis=1).max(axis=-1) / take.image_size[1]
    assert np.median(tall) > 0.2
    hidden = np.mean([_hidden(clip, take, frame).mean() for frame in range(0, len(take), 10)])
    assert (hidden > 0.1) == clip.occluded
    assert hidden < 0.5


def test_the_camera_does_as_it_is_told(body, motion):
    still = Camera(lens=36, azimuth=90, distance=4.0, height=1.0, aim=1.0)

    def take(**changes):
        camera = replace(still, **changes)
        return truth(replace(CLIPS[0], camera=camera, frames=3), motion, body)

    plain = take()
    eye = -plain.camera_R.T @ plain.camera_t
    assert eye == pytest.approx([4, 1, 0], abs=1e-5)  # at the person's left, who faces +z
    assert plain.camera_R[2] == pytest.approx([-1, 0, 0], abs=1e-6)
    assert plain.camera_K[0, 0] == plain.camera_K[1, 1] == 640
    # In the plain camera's axes, x right and y down:
    turned = take(pan=20).camera_R @ plain.camera_R.T
    assert turned[1] == pytest.approx(np.eye(3), abs=1e-6)
    assert turned[2, 2] == pytest.approx([np.sin(np.radians(10)), 0, np.cos(np.radians(10))])
    assert turned[0, 2, 0] < 0
    aside = plain.camera_R @ take(aside=1.0).camera_R[2]
    assert aside == pytest.approx(np.array([1, 0, 4]) / np.sqrt(17), abs=1e-6)
    down = plain.camera_R @ take(aim=0.0).camera_R[2]
    assert down == pytest.approx(np.array([0, 1, 4]) / np.sqrt(17), abs=1e-6)
    rolled = take(roll=10).camera_R @ plain.camera_R.T @ [0, -1, 0]  # what was up
    assert rolled == pytest.approx([np.sin(np.radians(10)), -np.cos(np.radians(10)), 0], abs=1e-6)


def _hidden(clip: Clip, take: Take, frame: int) -> np.ndarray:
    """(24,) bool: which joints furniture or a wall stands before."""
    R = np.broadcast_to(take.camera_R, (len(take), 3, 3))[frame].astype(float)
    eye = -R.T @ np.broadcast_to(take.camera_t, (len(take), 3))[frame]
    rays = take.joints[frame].astype(float) - eye
    hidden = np.zeros(24, bool)
    for wall in clip.scenery.walls:
        a = np.radians(wall.azimuth)
        outwards = np.array([np.sin(a), 0, np.cos(a)])
        assert eye @ outwards < wall.distance  # the camera is in the room
        hidden |= take.joints[frame] @ outwards > wall.distance
    for box in clip.scenery.boxes:
        a = np.radians(-box.azimuth)
        turn = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
        start, along = turn @ (eye - box.centre), rays @ turn.T
        half = np.array(box.size) / 2
        assert (np.abs(start) > half).any()  # the camera is not inside
        with np.errstate(divide="ignore"):
            ends = np.sort([(-half - start) / along, (half - start) / along], axis=0)
        enter, leave = ends[0].max(axis=1), ends[1].min(axis=1)
        hidden |= (enter < leave) & (leave > 0) & (enter < 1)
    return hidden


def test_a_digest_is_of_everything_and_of_nothing_else():
    clip = CLIPS[0]
    shape = dict(reversed(clip.person.shape.items()))
    assert replace(clip, person=replace(clip.person, shape=shape)).digest == clip.digest
    others = [
        replace(clip, frames=clip.frames - 1),
        replace(clip, camera=replace(clip.camera, lens=clip.camera.lens + 1)),
        replace(clip, person=replace(clip.person, sleeves=0.9)),
        replace(clip, scenery=replace(clip.scenery, boxes=())),
    ]
    assert len({clip.digest, *(other.digest for other in others)}) == 5


def test_without_the_motion_there_is_a_sentence(tmp_path):
    with pytest.raises(OneTakeError, match=r"cmu\.npz; name its folder with --motion") as caught:
        Motion(tmp_path).window(CLIPS[0])
    assert caught.value.code == "no_motion"


def test_a_name_that_no_clip_has_is_refused():
    with pytest.raises(OneTakeError, match="no rendered clip moonwalk; there are walk"):
        make.rendered_clips(names=["moonwalk"])


@pytest.fixture
def two(monkeypatch, own_home, tmp_path) -> list[Clip]:
    """Two tiny clips in a home of their own."""
    (tmp_path / "models").symlink_to(own_home / "models")
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path))
    clips = [replace(clip, frames=5, size=(64, 36)) for clip in CLIPS[:2]]
    monkeypatch.setattr(make, "CLIPS", clips)
    return clips


def test_without_blender_there_is_a_sentence(two, motion, monkeypatch):
    for name in ("ONETAKE_BLENDER", "ONETAKE_BLENDER_PYTHON"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(OneTakeError, match="No Blender is set up"):
        make.rendered_clips(motion=motion.folder)


def test_a_killed_run_goes_on_where_it_was(two, motion, monkeypatch, tmp_path):
    blender = tmp_path / "blender.py"
    blender.write_text(_STAND_IN.format(python=sys.executable, log=str(tmp_path / "log")))
    blender.chmod(blender.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("ONETAKE_BLENDER_PYTHON", str(blender))
    monkeypatch.delenv("ONETAKE_BLENDER", raising=False)
    monkeypatch.setenv("DIES_AFTER", "2")
    with pytest.raises(OneTakeError, match="status 9"):
        make.rendered_clips(motion=motion.folder)
    monkeypatch.delenv("DIES_AFTER")
    said = []
    found = make.rendered_clips(lambda *step: said.append(step), motion=motion.folder, workers=2)
    drawn = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert drawn[0] == [0, 1, 2, 3, 4]
    assert sorted(drawn[1:]) == [[0, 1, 2, 3, 4], [2, 3, 4]]
    assert said[-1] == ("rendering the benchmark", 8, 8)
    for clip, rendered in zip(two, found, strict=True):
        assert (rendered.name, rendered.kind) == (clip.name, clip.kind)
        assert (probe(rendered.video).fps, len(Take.load(rendered.truth))) == (clip.fps, 5)
        assert sorted(os.listdir(rendered.video.parent)) == [
            f"{clip.name}.mp4", f"{clip.name}.truth.take.npz"
        ]  # fmt: skip
    monkeypatch.delenv("ONETAKE_BLENDER_PYTHON")  # and now there is nothing left to do
    assert make.rendered_clips(motion=Path("nowhere")) == found


# In Blender's place: draws black frames, logs which were asked for, dies when it is told to.
_STAND_IN = """#!{python}
import json, os, sys
import cv2, numpy as np
job = json.loads(sys.stdin.readline())
with open({log!r}, "a") as log:
    print(json.dumps(job["frames"]), file=log)
width, height = job["clip"]["size"]
for done, frame in enumerate(job["frames"]):
    if done == int(os.environ.get("DIES_AFTER", 100)):
        sys.exit(9)
    path = os.path.join(job["folder"], f"{{frame:05d}}.png")
    cv2.imwrite(path, np.zeros((height, width, 3), np.uint8))
total = len(job["frames"])
print(json.dumps(dict(stage="done", done=total, total=total)))
print(json.dumps(dict(result=dict(frames=total))), flush=True)
"""
