"""The test clips as the papers' networks get them, with image features, and their truth."""

from dataclasses import dataclass

import numpy as np

from ...conversion import Options, Progress, people_in
from ...motion.body import Body
from ...people import PersonTrack
from ...world import Camera
from .. import metrics
from ..benchmark.clip import Truth, matching
from ..benchmark.motion import Motion
from ..benchmark.sources import rendered


@dataclass(frozen=True)
class TestClip:
    """One person of a rendered clip."""

    name: str
    track: PersonTrack  # with image features
    K: np.ndarray  # (3, 3) px: as a user has it who knows nothing of the camera
    times: np.ndarray  # (T,) s at which both are compared, 30 a second
    true: Motion  # at `times`
    true_K: np.ndarray  # (3, 3) px


def test_clips(body: Body, progress: Progress, estimator: str) -> list[TestClip]:
    """Every rendered clip; estimator: a name that wants image features. Takes an hour where the
    clips are not rendered yet.
    """
    found = []
    for clip in rendered(body, progress):
        info, tracks, _ = people_in(clip.video, Options(estimator=estimator), progress=progress)
        (truth,) = clip.truths
        track = tracks[matching(truth, tracks)]
        times = metrics.frame_times(truth.motion.timestamps, track.timestamps)
        true = truth.motion.resampled(times)
        found.append(TestClip(clip.name, track, Camera.of(info).K, times, true, _true_K(truth)))
    return found


def _true_K(truth: Truth) -> np.ndarray:
    """From where the truth's joints are in the picture."""
    joints, picture = truth.motion.joints[0], truth.picture[0]
    rays = joints[:, :2] / joints[:, 2:]
    focal, middle = zip(
        *(np.polyfit(rays[:, axis], picture[:, axis], 1) for axis in (0, 1)), strict=True
    )
    return np.array([[focal[0], 0, middle[0]], [0, focal[1], middle[1]], [0, 0, 1.0]])
