"""Follows several people through a video, frame by frame.

It cuts a tracklet at the first doubt (lost, jumped, two on one person) rather than risk a mixture;
`stitch` joins the pieces of one person afterwards, when the whole clip is known.
"""

from typing import NamedTuple

import numpy as np

from ..video import Frame
from .detector import Detection, LandmarkResult, PersonDetector, Region
from .tracklet import Tracklet, colour_distance, colours_of, pose_distance, same_person

DETECTOR_FRAMES = 10  # frames between two runs of the detector ...
DETECTOR_SECONDS = 1 / 3  # ... or fewer where that is longer than this
CLOSE_RUNS = 2  # every so many of them look closely, as far as people are followed
SQUARE_OVERLAP = 0.2  # of a square's side: wider than most whom only squares show
KEPT_BYTES = 64 << 20  # frames kept to follow a new person back: ten of 1080p, fewer of 4K
SAME_PLACE = 0.1  # of the region's side: a detection with hips this near is a known person
PRESENT = 0.5  # landmark score below which the person is lost (mediapipe's default)
JUMP = 0.35  # of the region's side: limbs do not move further than this between two frames
GROWTH = 1.6  # nor does a person's size change by more
COLOUR_JUMP = 0.6  # Hellinger distance to the tracklet's own mean


class _Picture(NamedTuple):
    frame: Frame
    results: list[LandmarkResult]  # of everybody found in it so far


class _Sighting(NamedTuple):
    tracklet: Tracklet
    result: LandmarkResult
    colours: np.ndarray | None  # None without an outline


class Tracker:
    """Feed it frames in order with `step`, then take `finish()`."""

    def __init__(
        self,
        detector: PersonDetector,
        fps: float,
        *,
        keep_masks: bool = False,
        keep_features: bool = False,
    ) -> None:
        self._detector = detector
        self._every = int(np.clip(round(fps * DETECTOR_SECONDS), 1, DETECTOR_FRAMES))
        self._kept = {"mask": keep_masks, "features": keep_features}
        self._active: list[Tracklet] = []
        self._ended: list[Tracklet] = []
        # Frames not looked at closely: new people are followed back through them.
        self._unsearched: list[_Picture] = []
        self._since_search: int | None = None
        self._runs = 0  # of the detector since it looked closely

    def step(self, frame: Frame) -> None:
        """Process one frame."""
        picture = _Picture(frame, [])
        due = self._since_search is None or self._since_search + 1 >= self._every
        # What tells people apart takes time: who is alone needs it now and then.
        outlines = self._kept["mask"] or due or len(self._active) > 1
        regions = [tracklet.following for tracklet in self._active]
        results = self._detector.landmarks(frame.rgb, regions, outlines=outlines)
        sightings = [_sighting(t, frame, r) for t, r in zip(self._active, results, strict=True)]
        sightings = [s for s in sightings if _plausible(s, frame.timestamp)]
        sightings = _without_doubles(sightings, frame.timestamp)
        for sighting in sightings:
            self._add(picture, sighting)
        seen = {id(s.tracklet) for s in sightings}
        lost = len(seen) < len(self._active)
        self._ended += [t for t in self._active if id(t) not in seen]
        self._active = [t for t in self._active if id(t) in seen]
        self._unsearched.append(picture)
        if due or lost:
            self._search(picture, closely=lost or self._runs + 1 >= CLOSE_RUNS)
            self._since_search = 0
        else:
            self._since_search += 1
        del self._unsearched[: -max(1, KEPT_BYTES // frame.rgb.nbytes)]

    @property
    def landmarks(self) -> list[np.ndarray]:
        """(33, 3) landmarks in pixels of everybody who is being followed."""
        return [tracklet.last.landmarks for tracklet in self._active]

    def finish(self) -> list[Tracklet]:
        """All tracklets, in the order in which they began."""
        return sorted(self._ended + self._active, key=lambda t: t.frames[0])

    def _add(self, picture: _Picture, sighting: _Sighting) -> None:
        picture.results.append(sighting.result)
        sighting.tracklet.add(
            picture.frame.index,
            picture.frame.timestamp,
            sighting.result,
            sighting.colours,
            **self._kept,
        )

    def _search(self, picture: _Picture, *, closely: bool) -> None:
        """Run the detector: confirm the tracklets that it sees, start those it sees first."""
        rgb = picture.frame.rgb
        whole, *squares = search_windows(*rgb.shape[:2])
        closely = closely or not self._active
        self._runs = 0 if closely else self._runs + 1
        detections = [
            detection
            for window in (whole, *(squares if closely else ()))
            for detection in self._detector.detect(rgb, window)
        ]
        confirmed: dict[int, float] = {}
        for detection in sorted(detections, key=lambda d: -d.score):
            tracklet = self._known(detection) or self._new(picture, detection)
            if tracklet is not None:
                confirmed.setdefault(id(tracklet), detection.score)
        for tracklet in self._active:
            tracklet.support.append(confirmed.get(id(tracklet), 0.0))
        if closely:
            self._unsearched.clear()

    def _known(self, detection: Detection) -> Tracklet | None:
        """The active tracklet whose hips lie at a detection's hips."""
        there = detection.region

        def distance(tracklet: Tracklet) -> float:
            here = tracklet.last.following
            return float(np.hypot(here.x - there.x, here.y - there.y) / here.side)

        nearest = min(self._active, key=distance, default=None)
        return nearest if nearest is not None and distance(nearest) < SAME_PLACE else None

    def _new(self, picture: _Picture, detection: Detection) -> Tracklet | None:
        """A tracklet for a detected person, or the active one whose person it turns out to be."""
        rgb = picture.frame.rgb
        # The detector's region is rough: look again.
        (rough,) = self._detector.landmarks(rgb, [detection.region.on_grid()], outlines=False)
        if not _usable(rough):
            return None
        (result,) = self._detector.landmarks(rgb, [rough.following.on_grid()])
        if not _usable(result):
            return None
        for other in self._active:
            if same_person(result, other.last):
                return other
        tracklet, past = Tracklet(), Tracklet()
        colours = colours_of(rgb, result)
        self._add(picture, _Sighting(past, result, colours))
        self._add(picture, _Sighting(tracklet, result, colours))
        self._follow_back(past)
        tracklet.prepend(past)
        self._active.append(tracklet)
        return tracklet

    def _follow_back(self, past: Tracklet) -> None:
        """Extend a tracklet into the frames before the detector saw the person."""
        for picture in reversed(self._unsearched[:-1]):
            frame = picture.frame
            (result,) = self._detector.landmarks(frame.rgb, [past.following])
            sighting = _sighting(past, frame, result)
            known = any(same_person(result, other) for other in self._outlined(picture))
            if known or not _plausible(sighting, frame.timestamp):
                break
            self._add(picture, sighting)

    def _outlined(self, picture: _Picture) -> list[LandmarkResult]:
        """Everybody found in the picture so far, with masks."""
        return [
            self._detector.landmarks(picture.frame.rgb, [result.region])[0]
            if result.mask is None
            else result
            for result in picture.results
        ]


def search_windows(height: int, width: int) -> list[Region]:
    """The whole picture, then overlapping squares along its long side.

    The detector sees 224 pixels: in the whole of a wide picture it misses people of a quarter of
    its height, which it finds in the squares.
    """
    side, long = sorted((height, width))
    whole = Region(width / 2, height / 2, long, 0.0)
    count = int(np.ceil((long - side) / ((1 - SQUARE_OVERLAP) * side))) + 1
    if count == 1:
        return [whole]
    centres = np.linspace(side / 2, long - side / 2, count)
    if width > height:
        return [whole] + [Region(float(c), height / 2, side, 0.0) for c in centres]
    return [whole] + [Region(width / 2, float(c), side, 0.0) for c in centres]


def _sighting(tracklet: Tracklet, frame: Frame, result: LandmarkResult) -> _Sighting:
    return _Sighting(tracklet, result, colours_of(frame.rgb, result))


def _usable(result: LandmarkResult) -> bool:
    return result.score >= PRESENT and 4 < result.following.side < 1e5


def _plausible(sighting: _Sighting, time: float) -> bool:
    """False where a sighting cannot be the next of its tracklet."""
    tracklet, result, colours = sighting
    if not _usable(result):
        return False
    growth = result.following.side / tracklet.last.following.side
    moved = pose_distance(tracklet.predicted(time), result.landmarks, tracklet.last.region.side)
    return (
        moved < JUMP
        and 1 / GROWTH < growth < GROWTH
        and (colours is None or colour_distance(colours, tracklet.mean_colours) < COLOUR_JUMP)
    )


def _without_doubles(sightings: list[_Sighting], time: float) -> list[_Sighting]:
    """Of two sightings of one person keep that of the tracklet whose past fits better."""
    if len(sightings) < 2:
        return sightings
    kept: list[_Sighting] = []
    for sighting in sorted(sightings, key=lambda s: _surprise(s, time)):
        if not any(same_person(sighting.result, other.result) for other in kept):
            kept.append(sighting)
    return kept


def _surprise(sighting: _Sighting, time: float) -> float:
    """How badly a sighting fits its tracklet's past; 0 is a perfect fit."""
    tracklet, result, colours = sighting
    moved = pose_distance(tracklet.predicted(time), result.landmarks, result.region.side)
    grown = abs(float(np.log(result.following.side / tracklet.last.following.side)))
    return 4 * moved + grown + colour_distance(colours, tracklet.mean_colours)
