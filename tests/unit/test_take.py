"""Take files: what goes in comes out, and nothing else is believed."""

import os

import numpy as np
import pytest

from backend.motion.kinematics import forward_kinematics
from backend.motion.skeleton import REST
from backend.motion.take import Take, TakeError


def make_take(count=4, **changes):
    rng = np.random.default_rng(0)
    poses = rng.normal(0, 0.3, (count, 24, 3)).astype(np.float32)
    trans = rng.normal(0, 1, (count, 3)).astype(np.float32)
    values = dict(
        poses=poses,
        trans=trans,
        rest=REST.astype(np.float32),
        betas=np.zeros(10, np.float32),
        body="onetake",
        joints=forward_kinematics(poses, REST, trans)[0].astype(np.float32),
        timestamps=np.arange(count) / 30,
        confidence=np.ones((count, 24), np.float32),
        contacts=np.zeros((count, 4), np.float32),
        landmarks=np.zeros((count, 33, 3), np.float32),
        box=np.zeros((count, 4), np.float32),
        camera_R=np.eye(3, dtype=np.float32),
        camera_t=np.zeros(3, np.float32),
        camera_K=np.eye(3, dtype=np.float32),
        focal_source="default",
        image_size=np.array([640, 480], np.int32),
        fps=30.0,
        person_id=1,
        estimator="ik",
        version="1.0",
        video_name="a walk 🚶.mp4",
    )
    return Take(**{**values, **changes})


def test_a_take_survives_its_file(tmp_path):
    take = make_take()
    path = tmp_path / "a walk 🚶.take.npz"
    take.save(path)
    again = Take.load(path)
    for name in Take.__dataclass_fields__:
        left, right = getattr(take, name), getattr(again, name)
        assert type(left) is type(right), name
        assert np.array_equal(left, right), name
    assert len(again) == 4
    assert sorted(os.listdir(tmp_path)) == [path.name]


def test_no_pickles_inside(tmp_path):
    path = tmp_path / "take.npz"
    make_take().save(path)
    with np.load(path, allow_pickle=False) as data:
        assert all(data[key].dtype.kind in "fiuU" for key in data.files)


@pytest.mark.parametrize(
    "name, shape",
    [
        ("poses", (4, 23, 3)),
        ("trans", (5, 3)),
        ("timestamps", (3,)),
        ("rest", (24,)),
        ("camera_K", (4, 4)),
        ("image_size", (3,)),
    ],
)
def test_a_wrong_shape_is_named(name, shape):
    with pytest.raises(TakeError, match=name):
        make_take(**{name: np.zeros(shape, np.float32)})


def test_other_files_are_refused(tmp_path):
    text = tmp_path / "text.npz"
    text.write_text("not a take")
    other = tmp_path / "other.npz"
    np.savez(other, poses=np.zeros(3))
    objects = tmp_path / "objects.npz"
    np.savez(objects, format_version=np.array([{}], object))
    half = tmp_path / "half.npz"
    make_take().save(half)
    half.write_bytes(half.read_bytes()[:500])
    empty = tmp_path / "empty.npz"
    empty.touch()
    for path in (text, other, objects, half, empty):
        with pytest.raises(TakeError, match=path.name):
            Take.load(path)


@pytest.mark.parametrize("damage", ["a bit", "half", "a byte in every record"])
def test_damage_is_a_sentence_whatever_it_hits(tmp_path, damage):
    """A few hundred bytes of every take: numpy, zipfile and zlib each have errors of their own."""
    path = tmp_path / "take.npz"
    make_take().save(path)
    whole, rng = path.read_bytes(), np.random.default_rng(1)
    refused = 0
    for _ in range(300):
        data = bytearray(whole)
        if damage == "a bit":
            data[rng.integers(len(data))] ^= 1 << rng.integers(8)
        elif damage == "half":
            del data[rng.integers(len(data)) :]
        else:
            start = 0
            while (start := data.find(b"PK", start + 1)) > 0 and start + 46 < len(data):
                data[start + rng.integers(4, 46)] = rng.integers(256)
        path.write_bytes(data)
        try:
            Take.load(path)
        except TakeError as error:
            refused += 1
            assert path.name in str(error)
    assert refused > 100


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("poses", np.full((4, 24, 3), "1")),
        ("poses", np.full((4, 24, 3), np.nan)),
        ("trans", np.full((4, 3), 1j)),
        ("timestamps", np.array([0.0, 0.2, 0.1, 0.3])),
        ("fps", np.ones(3)),
        ("body", np.array(1.0)),
        ("video_name", np.array([{"code": print}], object)),
    ],
)
def test_values_that_make_no_sense_are_refused(tmp_path, name, value):
    path = tmp_path / "take.npz"
    make_take().save(path)
    with np.load(path) as data:
        arrays = dict(data)
    np.savez(path, **{**arrays, name: value})
    with pytest.raises(TakeError, match=path.name):
        Take.load(path)


def test_a_take_of_no_frames_is_none():
    with pytest.raises(TakeError, match="no frames"):
        make_take(count=0)


def test_a_newer_take_asks_for_an_update(tmp_path):
    path = tmp_path / "new.npz"
    make_take().save(path)
    with np.load(path) as data:
        arrays = dict(data)
    arrays["format_version"] = np.asarray(99)
    np.savez(path, **arrays)
    with pytest.raises(TakeError, match="newer OneTake"):
        Take.load(path)


def test_a_failed_save_leaves_the_old_take(tmp_path, monkeypatch):
    path = tmp_path / "take.npz"
    make_take(person_id=1).save(path)

    def full(stream, **arrays):
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="No space"):
        make_take(person_id=2).save(path)
    assert Take.load(path).person_id == 1
    assert os.listdir(tmp_path) == ["take.npz"]


def test_joints_follow_other_motion():
    take = make_take()
    poses, trans = take.poses[::-1], take.trans + 1
    moved = take.with_motion(poses, trans)
    expected, _ = forward_kinematics(poses, take.rest, trans)
    assert np.abs(moved.joints - expected).max() < 1e-6
    assert moved.poses.dtype == moved.trans.dtype == moved.joints.dtype == np.float32
    assert np.array_equal(take.joints, make_take().joints)
