"""Tracks that passed from one person to another are cut and put together again."""

from collections.abc import Callable

import numpy as np
import pytest

from backend.people.assemble import people_from
from backend.people.encounters import split
from backend.people.stitch import join
from backend.people.tracklet import Tracklet, colour_distance
from tests.backend.scene import BODY, SIDE

FPS = 30.0
Path = Callable[[float], tuple[float, float]]


def colours(seed: int, like: np.ndarray | None = None) -> np.ndarray:
    """(3, 216) histograms; like: of somebody who shares half of the clothes' colours."""
    random = np.random.default_rng(seed)
    found = np.zeros((3, 216), np.float32)
    for band in found:
        band[random.choice(216, 4, replace=False)] = 0.25
    return found if like is None else (found + like) / 2


RED = colours(1)
ORANGE = colours(2, like=RED)
DRESSED = {"dressed apart": (RED, ORANGE), "dressed alike": (RED, RED)}


def tracklet(first: int, pieces: list[tuple[int, Path, np.ndarray]]) -> Tracklet:
    """From frame `first`; pieces: frames, path of the hips in seconds, clothes."""
    made = Tracklet(support=[0.9])
    frame = first
    for count, path, clothes in pieces:
        for _ in range(count):
            x, y = path(frame / FPS)
            made.frames.append(frame)
            made.times.append(frame / FPS)
            pose = np.column_stack([BODY * SIDE + (x, y), np.ones(33)]).astype(np.float32)
            made.landmarks.append(pose)
            made.world.append(np.zeros((33, 3), np.float32))
            made.scores.append(0.99)
            made.regions.append(np.array([x, y, SIDE, 0], np.float32))
            made.colours.append(clothes.astype(np.float16))
            frame += 1
    made.mean_colours = np.mean(made.colours, 0, dtype=np.float32)
    return made


def line(start: float, speed: float) -> Path:
    return lambda t: (start + speed * t, 100.0)


def joined(*tracklets: Tracklet):
    frames = np.arange(max(t.frames[-1] for t in tracklets) + 1)
    return people_from(tracklets, frames, frames / FPS, FPS)


def faithful(track, path: Path) -> bool:
    seen = track.seen
    places = np.array([path(t) for t in track.timestamps[seen]])
    hips = track.landmarks[seen][:, [23, 24], :2].mean(1)
    # A few frames while the two were closer than this may be the other's.
    return bool(np.linalg.norm(hips - places, axis=1).max() < 0.3 * SIDE)


def test_alike_colours_are_alike():
    assert colour_distance(RED, RED) == 0
    assert 0.4 < colour_distance(RED, ORANGE) < 0.6
    assert colour_distance(RED, colours(3)) > 0.9


@pytest.mark.parametrize("clothes", DRESSED.values(), ids=DRESSED)
def test_two_tracks_that_changed_persons_where_they_met(clothes):
    # They meet at 1.5 s; both tracks live on, each on the other person.
    there, back = line(0, 200), line(600, -200)
    first = tracklet(0, [(45, there, clothes[0]), (45, back, clothes[1])])
    second = tracklet(0, [(45, back, clothes[1]), (45, there, clothes[0])])
    people = joined(first, second)
    assert len(people) == 2
    assert {faithful(p, there) for p in people} == {True, False}
    assert {faithful(p, back) for p in people} == {True, False}
    assert all(p.seen.mean() > 0.7 for p in people)


@pytest.mark.parametrize("clothes", DRESSED.values(), ids=DRESSED)
def test_the_surviving_track_took_the_other_person(clothes):
    # `back` is lost behind `there` at 1.5 s; the surviving track goes off with it, and `there` is
    # found again half a second later.
    there, back = line(0, 200), line(600, -200)
    survivor = tracklet(0, [(46, there, clothes[0]), (44, back, clothes[1])])
    lost = tracklet(0, [(43, back, clothes[1])])
    found = tracklet(58, [(32, there, clothes[0])])
    people = joined(survivor, lost, found)
    assert len(people) == 2
    assert {faithful(p, there) for p in people} == {True, False}
    assert {faithful(p, back) for p in people} == {True, False}


def test_clothes_tell_who_turned_back():
    """Both turn round where they meet: by motion alone they would have passed each other."""
    left: Path = lambda t: (300 - 200 * abs(t - 1.5), 100.0)  # noqa: E731
    right: Path = lambda t: (310 + 200 * abs(t - 1.5), 100.0)  # noqa: E731
    first = tracklet(0, [(45, left, RED), (45, right, ORANGE)])
    second = tracklet(0, [(45, right, ORANGE), (45, left, RED)])
    people = joined(first, second)
    assert {faithful(p, left) for p in people} == {True, False}
    assert {faithful(p, right) for p in people} == {True, False}


def test_tracks_far_apart_are_left_whole():
    sure, doubtful = split(
        [tracklet(0, [(60, line(0, 50), RED)]), tracklet(0, [(60, line(500, 50), ORANGE)])]
    )
    assert len(sure) == 2 and not doubtful
    assert all(len(piece.tracklet.frames) == 60 for piece in sure)


@pytest.mark.parametrize("count", [20, 150], ids=["a short clip", "a long dance"])
def test_people_who_are_always_close(count):
    pair = [
        tracklet(0, [(count, line(300, 0), RED)]),
        tracklet(0, [(count, line(315, 0), ORANGE)]),
    ]
    watching = tracklet(0, [(count, line(900, 0), RED)])
    people = joined(*pair, watching)
    assert len(people) == 3 and all(p.seen.all() for p in people)


def test_a_long_dance_after_which_both_go_their_ways():
    def path(side: float) -> Path:
        apart = lambda t: side * (5 + 300 * max(0, 1 - t, t - 4))  # noqa: E731
        return lambda t: (300 + apart(t) + 200 * np.sin(2 * t) * (1 < t < 4), 100.0)

    left, right = path(-1), path(1)
    people = joined(tracklet(0, [(150, left, RED)]), tracklet(0, [(150, right, ORANGE)]))
    assert len(people) == 2 and all(p.seen.mean() > 0.95 for p in people)
    assert {faithful(p, left) for p in people} == {True, False}


def test_a_doubtful_piece_that_fits_nobody_is_dropped():
    walker = line(0, 100)
    before, after = tracklet(0, [(40, walker, RED)]), tracklet(60, [(30, walker, RED)])
    glimpse = tracklet(45, [(4, line(700, 0), RED)])
    (track,) = joined(before, after, glimpse)
    assert faithful(track, walker) and not track.seen[40:60].any()


def test_joining_nothing():
    assert join([], []) == []
    (single,) = joined(tracklet(0, [(1, line(0, 0), RED)]))
    assert single.seen.all()
