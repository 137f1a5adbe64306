"""BlazePose without mediapipe gives what mediapipe gives, and its faults are mended."""

from itertools import pairwise

import numpy as np
import pytest

from backend.errors import OneTakeError
from backend.motion.skeleton import LANDMARK
from backend.people import PersonTrack, Region, find_people
from backend.people.blazepose import BlazePose
from backend.people.repair import repaired
from backend.people.steady import SteadyRegion
from backend.people.tracker import search_windows
from backend.video import frames, probe
from tests.backend.scene import BODY

# mp.solutions.pose of mediapipe 0.10.21 (static_image_mode, model_complexity 1) on first frames.
JOINTS = [0, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]
WORLD_JOINTS = [11, 12, 15, 16, 25, 26, 27, 28]
MEDIAPIPE = {
    "juggling": [
        (699.3, 123.0), (762.9, 170.9), (645.6, 177.7), (782.3, 250.1), (629.7, 266.0),
        (811.7, 281.0), (624.1, 325.5), (740.9, 357.1), (673.5, 356.4), (753.9, 499.0),
        (670.5, 493.8), (754.4, 617.8), (672.0, 604.0),
    ],
    "running": [
        (773.3, 266.4), (732.3, 332.4), (703.3, 317.4), (713.8, 416.1), (644.5, 394.8),
        (766.5, 469.1), (727.4, 432.3), (722.6, 521.0), (692.3, 519.3), (756.8, 652.8),
        (716.6, 664.0), (722.7, 783.1), (582.4, 631.7),
    ],
}  # fmt: skip
MEDIAPIPE_WORLD = {
    "juggling": [
        (0.152, -0.517, 0.012), (-0.184, -0.495, 0.002), (0.272, -0.198, -0.281),
        (-0.233, -0.057, -0.187), (0.12, 0.408, -0.055), (-0.091, 0.396, 0.023),
        (0.148, 0.757, 0.065), (-0.064, 0.736, 0.186),
    ],
    "running": [
        (0.08, -0.5, 0.113), (-0.03, -0.502, -0.197), (0.169, -0.148, 0.149),
        (0.063, -0.208, -0.372), (0.117, 0.406, 0.084), (0.067, 0.399, -0.155),
        (0.082, 0.757, 0.144), (-0.309, 0.335, 0.031),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def blazepose(models) -> BlazePose:
    return BlazePose(models, threads=2)


@pytest.mark.parametrize("clip", MEDIAPIPE)
def test_same_landmarks_as_mediapipe(blazepose, clips, clip):
    info = probe(clips / f"{clip}.mp4")
    with frames(info, 0, 1, unit="frames") as reader:
        rgb = next(reader).rgb
    (detection,) = blazepose.detect(rgb, search_windows(*rgb.shape[:2])[0])
    (found,) = blazepose.landmarks(rgb, [detection.region])
    assert detection.score > 0.95 and found.score > 0.99
    # Half a pixel of a person of 700 px: OpenCV rounds crops differently from version to version.
    error = np.linalg.norm(found.landmarks[JOINTS, :2] - MEDIAPIPE[clip], axis=1)
    assert error.mean() < 0.6 and error.max() < 2
    world = np.linalg.norm(found.world[WORLD_JOINTS] - MEDIAPIPE_WORLD[clip], axis=1)
    assert world.max() < 0.015
    assert ((found.landmarks[:, 2] >= 0) & (found.landmarks[:, 2] <= 1)).all()
    cells = found.region.to_picture(found.mask.shape[0])
    shoulder = np.linalg.inv(cells[:, :2]) @ (found.landmarks[11, :2] - cells[:, 2])
    assert found.mask[int(shoulder[1]), int(shoulder[0])], "shoulders lie in the silhouette"


def test_two_people_keep_their_ids(models, clips):
    """The man on the beam and the woman in front of him, each in every frame."""
    info = probe(clips / "two_people.mp4")
    with frames(info) as reader:
        tracks = find_people(reader, info, models)
    assert len(tracks) == 2
    for track in tracks:
        assert track.seen.all() and len(track.seen) == 100
        assert np.abs(np.diff(track.landmarks[:, [23, 24], :2].mean(1), axis=0)).max() < 120
    woman, man = (t.landmarks[:, [23, 24], 1].mean(1) for t in tracks)
    assert (woman > man + 300).all()


def test_a_table_is_nobody(models, clips):
    """Six seconds of an empty room with a table, then a person."""
    info = probe(clips / "one_by_one.mp4")
    with frames(info, 0, 6.0) as reader, pytest.raises(OneTakeError) as caught:
        find_people(reader, info, models)
    assert caught.value.code == "no_person"
    with frames(info, 20.0, 28.0) as reader:
        (track,) = find_people(reader, info, models)
    assert track.frame_index[0] >= 225 and (track.box[:, 3] - track.box[:, 1]).max() > 200


def test_missing_models(tmp_path):
    with pytest.raises(OneTakeError) as caught:
        BlazePose(tmp_path)
    assert caught.value.code == "missing_model"


def test_region_maps_crop_to_picture():
    region = Region(100.0, 50.0, 40.0, np.pi / 2)  # head to the right
    corner = region.to_picture(8) @ (0, 0, 1)
    np.testing.assert_allclose(corner, (120, 30), atol=1e-9)
    np.testing.assert_allclose(region.to_picture(8) @ (4, 0, 1), (120, 50), atol=1e-9)
    np.testing.assert_allclose(region.points(), [(100, 50), (120, 50)], atol=1e-9)
    again = Region.between(*region.points())
    np.testing.assert_allclose(
        (again.x, again.y, again.side, again.angle), (100, 50, 40, np.pi / 2), atol=1e-9
    )


def test_regions_on_the_grid_are_near_and_few():
    random = np.random.default_rng(1)
    for _ in range(200):
        side = float(np.exp(random.uniform(3, 7)))
        region = Region(*random.uniform(0, 1000, 2), side, float(random.uniform(-4, 4)))
        there = region.on_grid()
        assert there == there.on_grid()
        assert abs(there.x - region.x) <= 0.001 * side and abs(there.y - region.y) <= 0.001 * side
        assert abs(np.log2(there.side / side)) <= 0.002 and abs(there.angle - region.angle) <= 0.002
    still = Region(400.0, 300.0, 250.0, 0.1).on_grid()
    still = np.array([still.x, still.y, still.side, still.angle])
    trembling = [
        Region(*(still + 1e-3 * random.normal(size=4) * [1, 1, 1, 0.1])).on_grid()
        for _ in range(200)
    ]
    assert len(set(trembling)) == 1
    assert Region(5.0, 5.0, 0.0, 0.0).on_grid().side == 1


def test_crop_and_inside_agree():
    rgb = np.full((60, 80, 3), 200, np.uint8)
    region = Region(10.0, 30.0, 64.0, 0.3)
    black_outside = region.crop(rgb, 32, border=0)[..., 0] > 100
    assert (black_outside != region.inside(60, 80, 32)).mean() < 0.06


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (480, 640), (500, 500)])
def test_search_windows_cover_the_picture(size):
    height, width = size
    windows = search_windows(height, width)
    assert windows[0].side == max(size)
    for window in windows[1:]:
        half = window.side / 2
        assert half <= window.x <= width - half and half <= window.y <= height - half
    if height != width:
        starts = sorted({(w.x + w.y - w.side, w.side) for w in windows[1:]})
        assert starts[-1][0] + starts[-1][1] >= max(size)
        assert all(b[0] - a[0] <= 0.8 * a[1] for a, b in pairwise(starts))


def test_steady_region_follows_but_does_not_tremble():
    random = np.random.default_rng(0)
    steady = SteadyRegion()
    found = [
        steady(Region(100 + random.normal(0, 1), 50.0, 200 + random.normal(0, 2), 0.0), k / 30)
        for k in range(60)
    ]
    assert np.std([r.x for r in found[10:]]) < 0.6
    assert found == [region.on_grid() for region in found], "what is asked for is on the grid"
    steady = SteadyRegion()
    for k in range(60):  # 1.5 sides a second
        last = steady(Region(10.0 * k, 50.0, 200.0, 0.0), k / 30)
    assert abs(last.x - 590) < 10, "it lags by less than a frame"


def walker(count: int = 60, fps: float = 30.0) -> PersonTrack:
    """A walking person seen from the side: legs pass each other every half second."""
    times = np.arange(count) / fps
    landmarks = np.ones((count, 33, 3), np.float32)
    landmarks[..., :2] = BODY * 200 + (300, 200)
    swing = 40 * np.sin(2 * np.pi * times)[:, None]
    for joint, reach in (("knee", 0.6), ("ankle", 1), ("heel", 1), ("foot_index", 1.1)):
        landmarks[:, LANDMARK[f"left_{joint}"], 0] = (300 + reach * swing)[:, 0]
        landmarks[:, LANDMARK[f"right_{joint}"], 0] = (300 - reach * swing)[:, 0]
    return PersonTrack(
        person_id=1,
        frame_index=np.arange(count, dtype=np.int32),
        timestamps=times,
        landmarks=landmarks,
        world_landmarks=landmarks / 100,
        score=np.ones(count, np.float32),
        seen=np.ones(count, bool),
        box=np.zeros((count, 4), np.float32),
        regions=np.tile(np.array([300, 200, 200, 0], np.float32), (count, 1)),
    )


def swapped(values: np.ndarray, first: int) -> np.ndarray:
    """(33, ...) with left and right exchanged from landmark `first` on."""
    out = values.copy()
    out[first::2], out[first + 1 :: 2] = values[first + 1 :: 2], values[first::2]
    return out


def test_a_good_walk_is_left_alone():
    track = walker()
    mended = repaired(track)
    np.testing.assert_array_equal(mended.landmarks, track.landmarks)
    np.testing.assert_array_equal(mended.world_landmarks, track.world_landmarks)


@pytest.mark.parametrize("first", [25, 11], ids=["legs", "body"])
@pytest.mark.parametrize("wrong", [[8], [7, 8, 9], [6, 7, 22]])
def test_swapped_sides_are_put_right(first, wrong):
    truth, track = walker(), walker()
    for k in wrong:
        track.landmarks[k] = swapped(truth.landmarks[k], first)
        track.world_landmarks[k] = swapped(truth.world_landmarks[k], first)
    mended = repaired(track)
    np.testing.assert_array_equal(mended.landmarks, truth.landmarks)
    np.testing.assert_array_equal(mended.world_landmarks, truth.world_landmarks)


def test_strays_are_doubted():
    track = walker()
    wrist = LANDMARK["left_wrist"]
    track.landmarks[20, wrist, 0] += 60
    visible = repaired(track).landmarks[..., 2]
    assert visible[20, wrist] < 0.1
    visible[20, wrist] = 1
    assert (visible == 1).all()


def test_at_five_frames_a_second_nothing_is_a_stray():
    track = walker(fps=5.0)
    track.landmarks[20, LANDMARK["left_wrist"], 0] += 60
    assert (repaired(track).landmarks[..., 2] == 1).all()
