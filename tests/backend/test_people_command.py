"""People by their numbers: `people` says who is who, `estimate --people 2` takes some of them."""

import json

import cv2
import numpy as np
import pytest

from backend.motion.take import Take
from backend.people.track import PersonTrack
from backend.preview.portrait import best_frame
from backend.preview.thumbnail import SIDE
from backend.video import VideoWriter
from tests.backend.test_json_progress import messages, start


@pytest.fixture(scope="module")
def pair(person_frames, tmp_path_factory):
    """Two people side by side: the sample, and a smaller, mirrored one in blue."""
    path = tmp_path_factory.mktemp("pair") / "pair.mp4"
    with VideoWriter(path, 30) as writer:
        for rgb in person_frames[:12]:
            height, width = rgb.shape[:2]
            small = cv2.resize(rgb[:, ::-1], None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
            other = np.full_like(rgb, 40)
            other[height - len(small) :, : small.shape[1]] = small // (4, 2, 1)
            writer.write(np.hstack([rgb, other])[:, : 2 * width // 2 * 2])
    return path


def _last(own_home, *arguments):
    with start(own_home, *arguments) as process:
        heard = list(messages(process))
        return heard, process.wait(120)


@pytest.fixture(scope="module")
def found(own_home, pair, tmp_path_factory):
    """What `people` told of the pair."""
    heard, status = _last(own_home, "people", pair, "--output", tmp_path_factory.mktemp("who"))
    assert status == 0, heard
    return heard[-1]["result"]["people"]


def test_everybody_has_a_number_and_a_picture(found):
    assert [each["person"] for each in found] == [1, 2]
    tones = []
    for each in found:
        picture = cv2.imread(each["picture"], cv2.IMREAD_UNCHANGED)
        assert picture.shape == (SIDE, SIDE, 4)
        assert each["start"] == 0 and 0.2 < each["end"] < 0.5
        shown = picture[picture[..., 3] == 255][:, :3].mean(axis=0)
        tones.append(shown[0] / shown[2])  # blue over red
    assert tones[1] > 2 * tones[0], "each picture shows its own person"


def test_the_estimate_goes_on_from_it_with_those_chosen(found, own_home, pair, tmp_path):
    (tmp_path / "pair.take.npz").touch()  # of an earlier run, with everybody
    heard, status = _last(
        own_home, "estimate", pair, "--output", tmp_path, "--people", "2", "--estimator", "ik"
    )
    assert status == 0, heard
    stages = {message["stage"] for message in heard if "stage" in message}
    assert stages == {"fitting person 2"}, "the people were found already"
    (path,) = heard[-1]["result"]["takes"]
    assert [p.name for p in tmp_path.iterdir()] == ["pair.person2.take.npz"]
    assert Take.load(path).person_id == 2


def test_a_number_that_nobody_has_is_said(found, own_home, pair, tmp_path):
    heard, status = _last(
        own_home, "estimate", pair, "--output", tmp_path, "--people", "1,3", "--estimator", "ik"
    )
    assert status == 1 and heard[-1]["code"] == "no_such_person", json.dumps(heard[-1])


def test_the_picture_is_where_the_person_is_largest_and_whole():
    count = 4
    track = PersonTrack(
        person_id=1,
        frame_index=np.arange(count),
        timestamps=np.arange(count) / 30,
        landmarks=np.zeros((count, 33, 3)),
        world_landmarks=np.zeros((count, 33, 3)),
        score=np.array([1, 1, 1, 1.0]),
        seen=np.array([True, True, True, False]),
        box=np.array([[0, 0, 10, 20], [0, 0, 20, 40], [-200, 0, 20, 40], [0, 0, 90, 90]], float),
        regions=np.zeros((count, 4)),
    )
    assert best_frame(track, (100, 100)) == 1
    track.score[1] = 0.1
    assert best_frame(track, (100, 100)) == 0
