"""Who is who: people who cross, leave, come back, are hidden, or are a table."""

import weakref
from pathlib import Path

import numpy as np
import pytest

from backend.errors import OneTakeError
from backend.people import PersonTrack, find_people
from backend.video import VideoInfo
from tests.backend.scene import HEIGHT, WIDTH, Actor, Scene

MIDDLE = HEIGHT / 2
BLUE = {"shirt": (30, 60, 200), "legs": (200, 200, 190), "head": (230, 200, 150)}


def info(scene: Scene) -> VideoInfo:
    return VideoInfo(
        path=Path("scene.mp4"),
        width=WIDTH,
        height=HEIGHT,
        fps=scene.fps,
        frame_count=scene.count,
        duration=scene.count / scene.fps,
        rotation=0,
        mirrored=False,
        pixel_aspect=1.0,
        variable_rate=False,
        start_time=0.0,
        codec="none",
        focal_px=None,
    )


def people_in(scene: Scene, **options) -> list[PersonTrack]:
    return find_people(scene.frames(), info(scene), None, detector=scene, **options)


def hips(track: PersonTrack) -> np.ndarray:
    """(T, 2) px."""
    return track.landmarks[:, [23, 24], :2].mean(1)


def follows(track: PersonTrack, actor: Actor, tolerance: float = 12.0) -> bool:
    """The track is this actor's, in every frame in which it claims to see somebody."""
    places = [actor.path(int(k)) for k in track.frame_index[track.seen]]
    if any(place is None for place in places):
        return False
    return bool(np.linalg.norm(hips(track)[track.seen] - places, axis=1).max() < tolerance)


def walk(start: float, end: float, frames: int, y: float = MIDDLE):
    return lambda k: (start + (end - start) * k / frames, y)


def test_one_person_from_first_to_last_frame():
    actor = Actor(walk(100, 380, 60))
    scene = Scene([actor], 60)
    (track,) = people_in(scene)
    assert track.person_id == 1 and track.seen.all() and follows(track, actor)
    np.testing.assert_array_equal(track.frame_index, np.arange(60))
    np.testing.assert_allclose(track.timestamps, np.arange(60) / 30)
    assert track.landmarks.shape == (60, 33, 3) and track.landmarks.dtype == np.float32
    assert track.box.shape == (60, 4) and (track.box[:, 2:] > track.box[:, :2]).all()
    assert np.abs(hips(track)[:, 0] - track.box[:, [0, 2]].mean(1)).max() < 10
    assert track.masks is None


@pytest.mark.parametrize("clothes", [BLUE, {}], ids=["dressed apart", "dressed alike"])
@pytest.mark.parametrize("gap", [0, 12], ids=["through", "just beside"])
def test_people_who_cross_keep_their_ids(clothes, gap):
    there = Actor(walk(60, 420, 90))
    back = Actor(walk(420, 60, 90, MIDDLE + gap), **clothes)
    tracks = people_in(Scene([there, back], 90))
    assert len(tracks) == 2
    assert {follows(tracks[0], a) for a in (there, back)} == {True, False}
    assert {follows(tracks[1], a) for a in (there, back)} == {True, False}
    assert follows(tracks[0], there) != follows(tracks[1], there)
    for track in tracks:
        assert track.seen.mean() > 0.75
        assert track.frame_index[0] == 0 and track.frame_index[-1] == 89


def test_somebody_who_turns_back_behind_another_is_told_by_the_clothes():
    standing = Actor(lambda k: (240, MIDDLE))
    turning = Actor(lambda k: (60 + 180 * np.sin(np.pi * k / 100), MIDDLE), **BLUE)
    tracks = people_in(Scene([standing, turning], 100))
    assert len(tracks) == 2
    assert follows(tracks[0], standing) and follows(tracks[1], turning)


def test_a_short_loss_is_a_gap_that_claims_nothing():
    actor = Actor(walk(100, 380, 80), lost=range(30, 36), unseen=range(30, 36))
    (track,) = people_in(Scene([actor], 80))
    assert len(track.seen) == 80
    np.testing.assert_array_equal(np.flatnonzero(~track.seen), np.arange(30, 36))
    assert (track.landmarks[30:36, :, 2] == 0).all() and (track.score[30:36] == 0).all()
    assert np.abs(np.diff(hips(track)[:, 0], 2)).max() < 4, "the gap is bridged smoothly"


def test_leaving_and_coming_back_is_one_person():
    actor = Actor(lambda k: None if 60 <= k < 140 else (100 + k, MIDDLE))
    (track,) = people_in(Scene([actor], 200))
    assert track.seen.sum() >= 115 and not track.seen[62:138].any()


def test_another_person_who_comes_later_is_another_person():
    first = Actor(lambda k: (100 + k, MIDDLE) if k < 60 else None)
    second = Actor(lambda k: (100 + k, MIDDLE) if k >= 140 else None, **BLUE)
    tracks = people_in(Scene([first, second], 200))
    assert len(tracks) == 2
    assert follows(tracks[0], first) and follows(tracks[1], second)


def test_coming_back_after_long_is_a_new_person():
    actor = Actor(lambda k: None if 60 <= k < 400 else (100 + k / 2, MIDDLE))
    assert len(people_in(Scene([actor], 480))) == 2


def test_furniture_is_nobody():
    table = Actor(lambda k: (240, MIDDLE), score=0.86, detected=0.54, tremble=0.06)
    with pytest.raises(OneTakeError) as caught:
        people_in(Scene([table], 90))
    assert caught.value.code == "no_person" and "scene.mp4" in caught.value.message
    person = Actor(walk(60, 120, 90))
    (track,) = people_in(Scene([person, table], 90))
    assert follows(track, person)


def test_a_person_in_a_rare_pose_is_believed():
    actor = Actor(walk(60, 120, 60), score=0.995, detected=0.53)
    assert len(people_in(Scene([actor], 60))) == 1


def test_a_glimpse_is_dropped_but_a_one_frame_clip_works():
    glimpse = Actor(lambda k: (240, MIDDLE) if 30 <= k < 37 else None)
    with pytest.raises(OneTakeError):
        people_in(Scene([glimpse], 90))
    (track,) = people_in(Scene([Actor(lambda k: (240, MIDDLE))], 1))
    assert track.landmarks.shape == (1, 33, 3) and track.seen.all()


def test_the_most_prominent_comes_first():
    short = Actor(lambda k: (100, MIDDLE) if k < 40 else None)
    long = Actor(lambda k: (350, MIDDLE), **BLUE)
    tracks = people_in(Scene([short, long], 90))
    assert [t.person_id for t in tracks] == [1, 2]
    assert follows(tracks[0], long) and follows(tracks[1], short)


def test_who_appears_between_two_runs_of_the_detector_is_followed_back():
    staying = Actor(lambda k: (100, MIDDLE))
    entering = Actor(lambda k: (350, MIDDLE) if k >= 23 else None, **BLUE)
    scene = Scene([staying, entering], 90)
    tracks = people_in(scene)
    assert tracks[1].frame_index[0] == 23
    assert scene.runs < 50, "the detector ran every tenth frame, not on each"


def test_who_comes_from_behind_another_is_followed_back_no_further():
    staying = Actor(lambda k: (200, MIDDLE))
    emerging = Actor(lambda k: (200 + 4 * max(0, k - 25), MIDDLE), unseen=range(36), **BLUE)
    tracks = people_in(Scene([staying, emerging], 90))
    assert len(tracks) == 2 and follows(tracks[0], staying) and follows(tracks[1], emerging)
    assert 25 < tracks[1].frame_index[0] < 36


def test_outlines_are_for_telling_people_apart():
    alone = Scene([Actor(walk(100, 380, 60))], 60)
    people_in(alone)
    outlined = {frame for frame, outline in alone.looks if outline}
    assert outlined == set(range(0, 60, 10)), "where the detector may find somebody else"
    assert {frame for frame, _ in alone.looks} == set(range(60))
    pair = Scene([Actor(walk(60, 120, 60)), Actor(walk(300, 400, 60), **BLUE)], 60)
    people_in(pair)
    assert {frame for frame, outline in pair.looks if not outline} <= {0}, "the rough first looks"


def test_the_detector_looks_closely_every_second_time():
    """The whole picture and two squares, then the whole alone."""
    scene = Scene([Actor(walk(100, 380, 60))], 60)
    people_in(scene)
    assert scene.runs == 3 * (3 + 1)
    nobody = Scene([Actor(lambda k: None)], 60)
    with pytest.raises(OneTakeError):
        people_in(nobody)
    assert nobody.runs == 6 * 3


def test_variable_times_are_kept():
    scene = Scene([Actor(walk(100, 200, 40))], 40)
    times = np.cumsum(np.random.default_rng(3).uniform(0.02, 0.06, 40))
    frames = [type(f)(f.index + 7, times[k], f.rgb) for k, f in enumerate(scene.frames())]
    (track,) = find_people(frames, info(scene), None, detector=scene)
    np.testing.assert_allclose(track.timestamps, times)
    np.testing.assert_array_equal(track.frame_index, np.arange(7, 47))


def test_progress_and_stopping():
    scene, done = Scene([Actor(walk(100, 200, 40))], 40), []
    people_in(scene, progress=lambda k, total: done.append((k, total)))
    assert done == [(k, 40) for k in range(1, 41)]
    with pytest.raises(OneTakeError) as caught:
        people_in(scene, should_stop=lambda: True)
    assert caught.value.code == "cancelled"


def test_silhouettes():
    actor = Actor(walk(100, 380, 30))
    scene = Scene([actor], 30)
    (track,) = people_in(scene, keep_masks=True)
    for k in (0, 13, 29):
        truth = scene.owners(k) == 0
        found = track.silhouette(k, (HEIGHT, WIDTH))
        assert found.shape == truth.shape and found.dtype == bool
        assert (found & truth).sum() / (found | truth).sum() > 0.85
    assert track.masks.nbytes / len(track.seen) <= 2048
    with pytest.raises(ValueError, match="without masks"):
        people_in(scene)[0].silhouette(0, (HEIGHT, WIDTH))


@pytest.mark.parametrize("masks", [False, True])
def test_a_track_survives_its_file(tmp_path, masks):
    lost = range(20, 24)
    scene = Scene([Actor(walk(100, 380, 60), lost=lost, unseen=lost)], 60)
    (track,) = people_in(scene, keep_masks=masks)
    path = tmp_path / "a b.person1.npz"
    track.save(path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    with np.load(path, allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)
    again = PersonTrack.load(path)
    assert vars(again).keys() == vars(track).keys()
    for name, value in vars(track).items():
        np.testing.assert_array_equal(getattr(again, name), value)
        assert np.asarray(getattr(again, name)).dtype == np.asarray(value).dtype


def test_a_failed_save_leaves_nothing(tmp_path, monkeypatch):
    (track,) = people_in(Scene([Actor(walk(100, 200, 20))], 20))

    def full(*_args, **_arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError):
        track.save(tmp_path / "person.npz")
    assert not list(tmp_path.iterdir())


def test_memory_holds_a_few_frames_only():
    pictures: list[weakref.ref] = []
    alive = []

    def watched():
        for frame in scene.frames():
            pictures.append(weakref.ref(frame.rgb))
            alive.append(sum(picture() is not None for picture in pictures))
            yield frame

    scene = Scene([Actor(walk(100, 380, 120))], 120)
    find_people(watched(), info(scene), None, detector=scene)
    assert 5 < max(alive) <= 23, "the frames since the detector looked closely, and no more"
