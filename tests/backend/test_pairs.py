"""Rendered pairs: true to their truth, the same from the same seed, small on disk."""

from importlib.util import find_spec

import cv2
import numpy as np
import pytest

from backend.home import home
from backend.motion.kinematics import forward_kinematics
from backend.motion.skeleton import JOINT, JOINTS, LANDMARK, LIMB_JOINTS, REST
from backend.people.blazepose_steps import PARTS_FEATURES
from backend.people.detector import Region
from backend.people.image_features import compact, from_bytes, to_bytes
from tests.needs import skip_unless

skip_unless(find_spec("moderngl"), "moderngl is not installed (requirements/training.txt)")

import moderngl  # noqa: E402

from backend.training.motion import OFF, MotionLibrary  # noqa: E402
from backend.training.motion.sequence import Motion  # noqa: E402
from backend.training.pairs.clips import FRAMES, Studio, record  # noqa: E402
from backend.training.pairs.regions import true_region  # noqa: E402
from backend.training.pairs.report import measured  # noqa: E402
from backend.training.pairs.shards import (  # noqa: E402
    CLIP_FIELDS,
    FIELDS,
    pack,
    read_pictures,
    read_shards,
    shard_path,
    silhouettes,
    write_shards,
)  # fmt: skip
from backend.training.render.camera import Camera, sample_camera  # noqa: E402
from backend.training.render.degrade import replicated  # noqa: E402
from backend.training.render.renderer import image_plane  # noqa: E402


def walk(frames: int = 120) -> Motion:
    """Somebody who swings arms and legs on the spot."""
    phase = np.sin(2 * np.pi * np.arange(frames) / 30)
    poses = np.zeros((frames, 24, 3), np.float32)
    for name, sign in (("left", 1), ("right", -1)):
        poses[:, JOINT[f"{name}_hip"], 0] = -0.4 * sign * phase
        poses[:, JOINT[f"{name}_shoulder"], 2] = -1.1 * sign
        poses[:, JOINT[f"{name}_elbow"], 1] = -0.4 * sign
    trans = np.tile(np.float32([0, -REST[10, 1] + REST[0, 1], 0]), (frames, 1))
    return Motion("walk", 30.0, poses, trans, np.ones(frames, bool), 1.0, True)


@pytest.fixture(scope="module")
def studio(tmp_path_factory) -> Studio:
    models = home() / "models"
    skip_unless(models.is_dir(), "the networks and the body are not installed")
    try:
        moderngl.create_context(standalone=True, backend="egl").release()
    except Exception as error:  # moderngl and glcontext have one for each thing that is missing
        skip_unless(False, f"no OpenGL without a screen: {error}")
    return Studio(MotionLibrary([walk()], OFF), "train")


@pytest.fixture(scope="module")
def clip(studio):
    return studio.clip(studio.rng(3, 0, 0), occluders=False)


@pytest.fixture(scope="module")
def recorded(studio, clip):
    """The clip's record, and every frame of it."""
    frames = []
    return record(studio, clip, np.random.default_rng(5), frames.append), frames


@pytest.fixture
def stored(recorded):
    return recorded[0]


@pytest.fixture
def frames(recorded):
    return recorded[1]


def test_the_drawn_person_covers_the_true_joints(clip, frames):
    pixels = clip.camera.project(clip.joints)
    inner = [JOINT[name] for name in ("pelvis", "spine2", "left_knee", "right_knee", "head")]
    covered = total = 0
    for frame, places in zip(frames, pixels[:, inner], strict=True):
        back = cv2.invertAffineTransform(frame.region.to_picture(256))
        cells = np.round(places @ back[:, :2].T + back[:, 2]).astype(int)
        inside = ((cells >= 0) & (cells < 256)).all(axis=1)
        covered += (frame.drawn[cells[inside, 1], cells[inside, 0]] > 0).sum()
        total += inside.sum()
    assert total > 3 * FRAMES
    assert covered / total > 0.98


def test_blazepose_sees_the_person_where_he_is(clip, frames):
    middle = np.median([frame.result.landmarks[:, :2].mean(axis=0) for frame in frames], axis=0)
    true = clip.camera.project(clip.landmarks).mean(axis=(0, 1))
    side = np.median([frame.region.side for frame in frames])
    assert np.mean([frame.result.score for frame in frames]) > 0.8
    assert np.linalg.norm(middle - true) < 0.04 * side


def test_what_is_stored_is_in_the_axes_of_the_camera(clip, stored):
    joints, _ = forward_kinematics(stored["poses"], clip.rest, stored["trans"])
    np.testing.assert_allclose(joints, clip.camera.to_camera(clip.joints), atol=1e-6)
    assert (stored["trans"][:, 2] > 0.5).all()
    feet, head = joints[:, [10, 11]].mean(axis=1), joints[:, 15]
    rise = np.sum((head - feet) * stored["up"], axis=-1)
    assert rise == pytest.approx(clip.joints[:, 15, 1] - clip.joints[:, [10, 11], 1].mean(1))
    assert (head[:, 1] < feet[:, 1]).all(), "y points down"


def test_reported_rays_are_those_of_the_result(clip, stored, frames):
    region = stored["region"][:, None]
    arrays = pack([stored])
    rays = region[..., :2] + arrays["landmarks"].astype(float) * region[..., 2:3]
    pixels = np.array([frame.result.landmarks[:, :2] for frame in frames])
    true = (pixels - clip.camera.middle) / clip.camera.focal
    assert np.abs((rays - true) / region[..., 2:3]).max() < 6e-4


def test_the_same_seed_gives_the_same_bytes_and_shards_resume(studio, tmp_path):
    made = []

    def make(shard, index):
        made.append((shard, index))
        rng = studio.rng(1, shard, index)
        return record(studio, studio.clip(rng), rng)

    first, second = tmp_path / "first", tmp_path / "second"
    for index, _ in write_shards(first, [0], make, clips=1):
        assert index == 0
    assert list(write_shards(first, [0], make, clips=1)) == []
    assert made == [(0, 0)], "a shard that is there is not made again"
    list(write_shards(second, [0], make, clips=1))
    assert shard_path(first, 0).read_bytes() == shard_path(second, 0).read_bytes()
    assert [path.name for path in first.iterdir()] == ["shard-00000.npz"]

    pairs = read_shards(first)
    assert pairs["start"].tolist() == [0, FRAMES]
    assert all(len(pairs[name]) == FRAMES for name in FIELDS)
    assert all(len(pairs[name]) == 1 for name in CLIP_FIELDS)
    assert shard_path(first, 0).stat().st_size < 600 * FRAMES + 8000, (
        "600 bytes a frame, and headers"
    )
    assert pairs["has_features"].all()
    assert pairs["features"].std() > 5


def test_pictures_lie_beside_the_shard_only_where_they_are_wanted(recorded, tmp_path):
    record_, frames = recorded
    list(write_shards(tmp_path, [0], lambda shard, clip: record_, clips=1))
    with pytest.raises(FileNotFoundError, match="--pictures"):
        read_pictures(tmp_path)
    made = [i for i, _ in write_shards(tmp_path, [0], lambda *of: record_, clips=1, pictures=True)]
    assert made == [0], "a shard without its pictures is made again"
    assert not list(write_shards(tmp_path, [0], lambda *of: record_, clips=1, pictures=True))
    pictures = read_pictures(tmp_path)
    features = np.array([frame.result.features for frame in frames])
    np.testing.assert_allclose(pictures["image_features"], features, rtol=1e-3, atol=1e-3)
    for drawn, kept in zip(frames, silhouettes(pictures["silhouette"]), strict=True):
        small = cv2.resize(drawn.drawn, kept.shape, interpolation=cv2.INTER_AREA)
        assert np.array_equal(kept, small > 127)
    assert silhouettes(pictures["silhouette"]).any(axis=(1, 2)).all()


def test_a_front_end_sees_the_crop_that_blazepose_saw(studio, clip, recorded, monkeypatch):
    """In the pictures; the shard itself stays BlazePose's."""

    def mean_colour(crops):
        return np.array([crop.mean(axis=(0, 1)) for crop in crops], np.float32)

    monkeypatch.setattr(studio, "front_end", mean_colour)
    plain, frames = recorded
    seen = record(studio, clip, np.random.default_rng(5))
    wide = seen.pop("image_features")
    np.testing.assert_allclose(wide[:, :3], mean_colour([f.crop for f in frames]), atol=0.1)
    np.testing.assert_array_equal(wide[:, 3:], plain["image_features"][:, -PARTS_FEATURES:])
    for name, values in seen.items():
        np.testing.assert_array_equal(values, plain[name], name)


def test_a_camera_looks_where_it_is_told():
    rng = np.random.default_rng(0)
    points = np.tile(REST + [0, 1.24, 0], (4, 1, 1))
    for _ in range(50):
        camera = sample_camera(rng, points, 30.0)
        assert np.linalg.det(camera.R[0]) == pytest.approx(1)
        eyes = -np.einsum("nba,nb->na", camera.R, camera.t)
        assert (eyes[:, 1] > 0.1).all(), "above the floor"
        seen = camera.to_camera(points)
        assert (seen[..., 2] > 0.5).all()
        middle = camera.project(points).mean(axis=(0, 1))
        assert (middle > 0).all() and (middle < [camera.width, camera.height]).all()
        assert seen[0, JOINT["head"], 1] < seen[0, JOINT["left_foot"], 1], "y points down"


def test_the_image_plane_is_the_crop_of_the_picture():
    region = Region(300.0, 200.0, 180.0, 0.4)
    camera = Camera(np.eye(3)[None], np.zeros((1, 3)), 500.0, 640, 360)
    cell = np.array([40.0, 200.0])
    pixel = region.to_picture(256) @ [*cell, 1]
    ray = [*((pixel - camera.middle) / camera.focal), 1]
    x, y, w = image_plane(camera, region, 256) @ ray
    assert [(x + 1) * 128 - 0.5, (y + 1) * 128 - 0.5] == pytest.approx(cell)
    assert w == 1


def test_outside_the_picture_its_border_is_repeated():
    rng = np.random.default_rng(0)
    world = cv2.resize(rng.integers(0, 255, (9, 12, 3), np.uint8), (1040, 880))
    picture = np.ascontiguousarray(world[200:680, 200:840])
    region = Region(600.0, 240.0, 300.0, 0.3)
    drawn = Region(800.0, 440.0, 300.0, 0.3).crop(world, 256)  # more than the picture shows
    expected = region.crop(picture, 256).astype(int)
    done = replicated(drawn, region, (640, 480))
    inside = region.inside(480, 640, 256)
    assert 0.1 < (~inside).mean() < 0.5
    assert np.abs(done - expected)[inside].mean() < 1.5
    assert np.abs(done - expected)[~inside].mean() < 4
    assert np.abs(drawn - expected)[~inside].mean() > 12


def test_the_true_region_holds_the_person(clip):
    pixels = clip.camera.project(clip.landmarks)[0]
    region = true_region(pixels)
    reach = np.linalg.norm(pixels - [region.x, region.y], axis=1).max()
    assert reach < region.side / 2 < 1.5 * reach
    assert abs(region.angle) < 0.6, "he stands"


def test_features_are_small_numbers(frames):
    features = np.array([frame.result.features for frame in frames])
    small = compact(features)
    assert small.shape == (len(frames), 64)
    assert 0.02 < small.std() < 0.6
    assert np.abs(from_bytes(to_bytes(small)) - small).max() < 0.005


def test_the_report_finds_no_fault_with_the_truth(clip, stored):
    joints = clip.camera.to_camera(clip.joints)
    told = {key: np.array(value) for key, value in stored.items()}
    rays = (joints[..., :2] / joints[..., 2:] - told["region"][:, None, :2]) / told["region"][
        :, None, 2:3
    ]
    for joint in LIMB_JOINTS:
        told["world"][:, LANDMARK[JOINTS[joint]]] = joints[:, joint]
        told["landmarks"][:, LANDMARK[JOINTS[joint]]] = rays[:, joint]
    perfect = measured(pack([told]))
    assert perfect["mpjpe_mm"] < 3, "half precision of metres from the camera"
    assert perfect["landmark_miss_per_mille"] < 2
    assert 30 < measured(pack([stored]))["mpjpe_mm"] < 300
