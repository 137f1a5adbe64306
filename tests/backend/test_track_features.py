"""Image features in tracks: each frame's own, through all that happens to a track, where wanted."""

import numpy as np
import pytest

from backend import estimators
from backend.conversion import Options, people_in
from backend.people import PersonTrack, find_people
from backend.people.averaged import AveragedDetector
from backend.people.blazepose import BlazePose
from backend.people.blazepose_steps import FEATURES, WHOLE_FEATURES
from backend.people.blazepose_torch import TorchBlazePose
from backend.people.repair import ORDERS, repaired
from backend.people.tracker import search_windows
from backend.video import frames, probe
from tests.backend.scene import Actor, Scene
from tests.backend.test_people import BLUE, MIDDLE, info, walk
from tests.backend.test_people_blazepose import swapped, walker


class Recorded:
    """A PersonDetector, and all that it found."""

    def __init__(self, detector) -> None:
        self.detector, self.results = detector, []

    def detect(self, rgb, window):
        return self.detector.detect(rgb, window)

    def landmarks(self, rgb, regions, *, outlines=True):
        found = self.detector.landmarks(rgb, regions, outlines=outlines)
        self.results += found
        return found


def in_scene(actors, count: int, **options) -> list[PersonTrack]:
    scene = Scene(actors, count)
    return find_people(scene.frames(), info(scene), None, detector=scene, **options)


def in_video(video, models, detector, **options) -> PersonTrack:
    clip = probe(video)
    with frames(clip) as reader:
        (track,) = find_people(reader, clip, models, detector=detector, **options)
    return track


def assert_own_features(track: PersonTrack, actor: int) -> None:
    """Of that actor (from 1), of every frame itself, none where nobody was seen."""
    assert track.image_features.shape == (len(track.seen), FEATURES)
    assert track.image_features.dtype == np.float16
    assert (track.image_features[track.seen, 0] == actor).all()
    expected = np.where(track.seen, track.frame_index + 1, 0)
    assert (track.image_features[:, 1:] == expected[:, None]).all()


def test_each_frame_keeps_its_own():
    """Found late and followed back, lost for a while, gone and back."""
    late = Actor(walk(100, 380, 80), unseen=range(5), lost=range(30, 36))
    (track,) = in_scene([late], 80, features=True)
    assert track.frame_index[0] < 5 and not track.seen.all()
    assert_own_features(track, 1)
    back = Actor(lambda k: None if 60 <= k < 140 else (100 + k, MIDDLE))
    (track,) = in_scene([back], 200, features=True)
    assert not track.seen.all()
    assert_own_features(track, 1)


def test_people_who_cross_keep_their_own():
    there, back = Actor(walk(60, 420, 90)), Actor(walk(420, 60, 90), **BLUE)
    tracks = in_scene([there, back], 90, features=True)
    owners = {int(track.image_features[track.seen, 0][0]) for track in tracks}
    assert owners == {1, 2}
    for track in tracks:
        assert_own_features(track, int(track.image_features[track.seen, 0][0]))


def test_not_kept_when_not_asked_for(person, models):
    (track,) = in_scene([Actor(walk(100, 380, 30))], 30)
    assert track.image_features is None
    assert in_video(person, models, None).image_features is None


@pytest.fixture(scope="module")
def seen_by(person, models):
    """What LiteRT and torch found, and the track that came of it."""
    found = {}
    for name, detector in (
        ("lite", BlazePose(models, threads=1, features=True)),
        ("torch", TorchBlazePose(models, device="cpu", features=True)),
    ):
        recorded = Recorded(detector)
        found[name] = recorded, in_video(person, models, recorded, features=True)
    return found


@pytest.mark.parametrize("runtime", ["lite", "torch"])
def test_a_track_has_what_the_network_saw(seen_by, runtime):
    recorded, track = seen_by[runtime]
    regions = np.array([(r.region.x, r.region.y) for r in recorded.results], np.float32)
    assert track.seen.all()
    looks = [result.features.astype(np.float16) for result in recorded.results]
    owns = []
    for region, features in zip(track.regions, track.image_features, strict=True):
        # Who hardly moves is looked at in the same region of the grid again.
        there = np.flatnonzero((regions == region[:2]).all(axis=1))
        (own,) = (look for look in there if np.array_equal(looks[look], features))
        owns.append(own)
    assert owns == sorted(set(owns))
    assert np.abs(np.diff(track.image_features.astype(float), axis=0)).max(axis=1).min() > 0


def test_loaded_without_being_told_the_detector(seen_by, person, models):
    """As the product does: the detector is made with what is asked for."""
    _, expected = seen_by["lite"]
    clip = probe(person)
    with frames(clip) as reader:
        (track,) = find_people(reader, clip, models, threads=1, features=True)
    np.testing.assert_array_equal(track.image_features, expected.image_features)


def test_both_runtimes_agree(seen_by):
    (_, lite), (_, torch) = seen_by["lite"], seen_by["torch"]
    ours, theirs = (t.image_features.astype(float) for t in (torch, lite))
    assert np.linalg.norm(ours - theirs, axis=1).max() < 2e-3 * np.linalg.norm(theirs, axis=1).min()


def test_saved_and_loaded(seen_by, tmp_path):
    _, track = seen_by["lite"]
    track.save(tmp_path / "track.npz")
    loaded = PersonTrack.load(tmp_path / "track.npz").image_features
    np.testing.assert_array_equal(loaded, track.image_features)
    assert loaded.dtype == np.float16


def test_of_several_looks_the_first(person_frames, models):
    detector = BlazePose(models, threads=1, features=True)
    rgb = person_frames[0]
    region = detector.detect(rgb, search_windows(*rgb.shape[:2])[0])[0].region
    (alone,) = detector.landmarks(rgb, [region])
    (thorough,) = AveragedDetector(detector).landmarks(rgb, [region])
    np.testing.assert_array_equal(thorough.features, alone.features)


@pytest.mark.parametrize("order", [1, 2], ids=["legs", "body"])
def test_labels_that_are_put_right_take_their_features_along(order):
    track = walker()
    whole = np.arange(len(track.seen))[:, None] + np.zeros(WHOLE_FEATURES)
    own = np.repeat(np.arange(33), (FEATURES - WHOLE_FEATURES) // 33) + 100 * whole[:, :1]
    track.image_features = np.hstack([whole, own]).astype(np.float16)
    expected = track.image_features.copy()
    k, first = 8, (25, 11)[order - 1]
    track.landmarks[k] = swapped(track.landmarks[k], first)
    per_landmark = track.image_features[k, WHOLE_FEATURES:].reshape(33, -1)
    track.image_features[k, WHOLE_FEATURES:] = per_landmark[ORDERS[order]].ravel()
    given = track.image_features.copy()
    np.testing.assert_array_equal(repaired(track).image_features, expected)
    np.testing.assert_array_equal(track.image_features, given)  # as it was


@pytest.fixture
def ik_looks_at_pictures(monkeypatch):
    entry = estimators._ESTIMATORS["ik"]._replace(features=True)
    monkeypatch.setitem(estimators._ESTIMATORS, "ik", entry)


def test_a_conversion_keeps_what_the_estimator_wants(
    own_home, person, monkeypatch, ik_looks_at_pictures
):
    monkeypatch.setenv("ONETAKE_HOME", str(own_home))

    def found(estimator: str, end: float) -> tuple[PersonTrack, bool]:
        """The person, and whether anybody looked at the video for it."""
        looked = []
        _, (track,), _ = people_in(
            person, Options(end=end, estimator=estimator), progress=lambda *done: looked.append(1)
        )
        return track, bool(looked)

    # Ends of their own, so that no other test has done the stage already.
    track, looked = found("onetake", 0.41)
    assert looked and track.image_features is None
    track, looked = found("ik", 0.41)
    assert looked and track.image_features.any(axis=1).all(), "what was kept lacked them"
    track, looked = found("ik", 0.31)
    assert looked and track.image_features is not None
    track, looked = found("onetake", 0.31)
    # What holds more than is wanted is good enough; what is handed on is the same.
    assert not looked and track.image_features is None


def test_the_registry_says_who_wants_them(ik_looks_at_pictures):
    assert estimators.wants_features("ik") and not estimators.wants_features("onetake")
    with pytest.raises(KeyError):
        estimators.wants_features("nobody")
