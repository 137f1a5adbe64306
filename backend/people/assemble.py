"""From tracklets to people: false ones dropped, pieces joined, and each track filled in."""

from collections.abc import Sequence

import numpy as np

from .encounters import split
from .stitch import join
from .track import PersonTrack, fill_gaps
from .tracklet import Tracklet

# On a bare table the detector's score lies at 0.5 to 0.58, the network's at 0.7 to 0.96, and the
# landmarks jump by 0.04 to 0.2; people who are seen well: above 0.8, above 0.99, below 0.04.
SURE_DETECTOR = 0.6  # mean score over the detector's runs that saw the person
LIKELY_NETWORK, SURE_NETWORK = 0.95, 0.98  # mean landmark score
LIKELY_STEADY, SURE_STEADY = 0.065, 0.03  # mean second difference of the landmarks over the side

MIN_SECONDS, MIN_FRAMES = 0.5, 8  # shorter sightings are nobody's motion

SURE_ENDS = 0.8  # landmark score: just before a person is lost the pose is often made up
VISIBLE = 0.5  # landmarks below it are guesses and stay out of the box
BOX_MARGIN = 0.05  # of the region's side: landmarks lie inside the body


def people_from(
    tracklets: Sequence[Tracklet], frame_indices: np.ndarray, timestamps: np.ndarray, fps: float
) -> list[PersonTrack]:
    """The people in a clip, the most prominent (time x size) first.

    frame_indices, timestamps (N,): every frame that was looked at.
    """
    pieces = join(*split([trimmed(t) for t in tracklets if believable(t)]))
    shortest = max(MIN_FRAMES, np.ceil(MIN_SECONDS * fps))
    shortest = min(shortest, np.ceil(len(timestamps) / 2))  # a clip may be one frame long
    people = [p for p in pieces if sum(len(t.frames) for t in p) >= shortest]
    people.sort(key=lambda p: -sum(float(r[2]) for t in p for r in t.regions))
    return [
        _track(number, person, frame_indices, timestamps)
        for number, person in enumerate(people, start=1)
    ]


def believable(tracklet: Tracklet) -> bool:
    """False for furniture and shadows.

    Whom the detector is sure of needs one more witness, the network or steady landmarks; whom it
    doubts (people in rare poses) needs both, and better.
    """
    runs = [score for score in tracklet.support if score > 0]
    network = float(np.mean(tracklet.scores))
    jitter = np.inf
    if len(tracklet.frames) >= 3:
        bends = np.diff(np.array(tracklet.landmarks)[..., :2], 2, axis=0)
        sides = np.array(tracklet.regions)[1:-1, 2]
        jitter = float((np.linalg.norm(bends, axis=-1).mean(1) / sides).mean())
    if runs and float(np.mean(runs)) >= SURE_DETECTOR:
        return network >= LIKELY_NETWORK or jitter < LIKELY_STEADY
    return network >= SURE_NETWORK and jitter < SURE_STEADY


def trimmed(tracklet: Tracklet) -> Tracklet:
    """The tracklet without the ends at which the network loses its person."""
    sure = [k for k, score in enumerate(tracklet.scores) if score >= SURE_ENDS]
    return tracklet.part(sure[0], sure[-1] + 1) if sure else tracklet


def _track(
    number: int, person: Sequence[Tracklet], frame_indices: np.ndarray, timestamps: np.ndarray
) -> PersonTrack:
    def every(name: str) -> np.ndarray:
        return np.concatenate([np.array(getattr(t, name)) for t in person])

    sightings = np.searchsorted(frame_indices, every("frames"))
    span = slice(sightings[0], sightings[-1] + 1)
    known = sightings - sightings[0]
    times = timestamps[span]
    count = len(times)
    seen = np.zeros(count, bool)
    seen[known] = True
    score = np.zeros(count, np.float32)
    score[known] = every("scores")

    def filled(name: str) -> np.ndarray:
        return fill_gaps(every(name), known, times[known], times)

    landmarks = filled("landmarks")
    landmarks[~seen, :, 2] = 0
    poses, regions = every("landmarks"), every("regions")
    boxes = np.array([_box(pose, side) for pose, side in zip(poses, regions[:, 2], strict=True)])

    def sparse(name: str) -> np.ndarray | None:
        """Zero where the person was not seen; None where it was not kept."""
        kept = [row for tracklet in person for row in getattr(tracklet, name)]
        if not kept:
            return None
        made = np.zeros((count, *kept[0].shape), kept[0].dtype)
        for at, row in zip(known, kept, strict=True):
            made[at] = row
        return made

    return PersonTrack(
        person_id=number,
        frame_index=frame_indices[span].astype(np.int32),
        timestamps=times.astype(float),
        landmarks=landmarks,
        world_landmarks=filled("world"),
        score=score,
        seen=seen,
        box=fill_gaps(boxes, known, times[known], times),
        regions=filled("regions"),
        masks=sparse("masks"),
        image_features=sparse("features"),
    )


def _box(landmarks: np.ndarray, side: float) -> np.ndarray:
    """(4,) x0, y0, x1, y1 px around the visible landmarks (33, 3)."""
    visible = landmarks[landmarks[:, 2] >= VISIBLE, :2]
    points = visible if len(visible) else landmarks[:, :2]
    margin = BOX_MARGIN * side
    return np.concatenate([points.min(0) - margin, points.max(0) + margin])
