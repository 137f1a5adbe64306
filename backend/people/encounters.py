"""Where two people come so near each other that a track may pass from one to the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .tracklet import Tracklet

CLOSE = 0.25  # of the smaller region's side (0.5 m): hips nearer than this may be mixed up
VANISHED = 0.4  # the same when one of the two is lost or first found there
HIDDEN_SECONDS = 1.5  # somebody lost behind another person is expected back for so long
SHADOW_SECONDS = 0.3  # around such a loss or return the other's track is in doubt too
SHORT_FRAMES = 5  # a glimpse proves nothing
LONG_SECONDS = 2.0  # people who stay close for longer are not just crossing


@dataclass(frozen=True)
class Piece:
    """A part of a tracklet, all in doubt or all sure."""

    tracklet: Tracklet
    origin: int  # pieces of one tracklet have the same
    times: np.ndarray  # (T,) s
    hips: np.ndarray  # (T, 2) px


def split(tracklets: Sequence[Tracklet]) -> tuple[list[Piece], list[Piece]]:
    """Cut tracklets at encounters: (pieces that are surely one person, doubtful pieces)."""
    sure: list[Piece] = []
    doubtful: list[Piece] = []
    paths = [_Path(t) for t in tracklets]
    for origin, (tracklet, path) in enumerate(zip(tracklets, paths, strict=True)):
        doubt = np.zeros(len(path.times), bool)
        turns = np.zeros(len(path.times), bool)  # where the track may change its person
        for other in paths:
            if other is not path:
                doubt |= _in_doubt(path, other, paths)
                # With the other's first frame, and after its last.
                turns |= np.isin(path.times, other.times[0])
                turns[1:] |= np.isin(path.times, other.times[-1])[:-1]
        cuts = np.flatnonzero(np.diff(doubt) | (turns & doubt)[1:]) + 1
        bounds = [0, *cuts.tolist(), len(doubt)]
        for first, end in pairwise(bounds):
            inside = slice(first, end)
            part = tracklet.part(first, end)
            piece = Piece(part, origin, path.times[inside], path.hips[inside])
            crossing = path.times[end - 1] - path.times[first] < LONG_SECONDS
            mixed = doubt[first] and crossing and not doubt.all()
            (doubtful if mixed or end - first < SHORT_FRAMES else sure).append(piece)
    return sure, doubtful


class _Path:
    """A tracklet's times (T,), hips (T, 2) and sides (T,) as arrays."""

    def __init__(self, tracklet: Tracklet) -> None:
        self.times = np.array(tracklet.times)
        self.hips = tracklet.hips()
        self.sides = np.array(tracklet.regions)[:, 2]

    def distance(self, other: "_Path", mine: np.ndarray, its: np.ndarray) -> np.ndarray:
        """Hips' distance at my indices and its, over the smaller side."""
        gap = np.linalg.norm(self.hips[mine] - other.hips[its], axis=-1)
        return gap / np.minimum(self.sides[mine], other.sides[its])

    def at(self, time: float) -> int | None:
        """Index of a time, or None when it lies outside."""
        if not self.times[0] <= time <= self.times[-1]:
            return None
        return int(np.searchsorted(self.times, time))


def _in_doubt(path: _Path, other: _Path, everybody: Sequence[_Path]) -> np.ndarray:
    """(T,) bool: frames in which `path` may have been taken over by `other`'s person."""
    doubt = np.zeros(len(path.times), bool)
    if path.times[0] <= other.times[-1] and other.times[0] <= path.times[-1]:
        _, mine, its = np.intersect1d(path.times, other.times, return_indices=True)
        doubt[mine] = path.distance(other, mine, its) < CLOSE
    lost = path.at(other.times[-1])
    if lost is not None and path.distance(other, lost, -1) < VANISHED:
        back = _next_return(path, other, everybody)
        until = other.times[-1] + SHADOW_SECONDS if back is None else back
        doubt |= (path.times >= other.times[-1] - SHADOW_SECONDS) & (path.times <= until)
    found = path.at(other.times[0])
    if found is not None and path.distance(other, found, 0) < VANISHED:
        doubt |= np.abs(path.times - other.times[0]) <= SHADOW_SECONDS
    return doubt


def _next_return(path: _Path, hidden: _Path, everybody: Sequence[_Path]) -> float | None:
    """When, after `hidden` was lost, somebody is first found near `path`."""
    lost = hidden.times[-1]
    returns = [
        other.times[0]
        for other in everybody
        if lost < other.times[0] <= lost + HIDDEN_SECONDS
        and (at := path.at(other.times[0])) is not None
        and path.distance(other, at, 0) < 2 * VANISHED
    ]
    return min(returns, default=None)
