"""A clip's people scored against their truths, row by row."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...errors import OneTakeError
from ...motion.body import Body
from ...motion.smoothing import SmoothingSettings
from .. import metrics
from .clip import Clip, Truth, matching
from .estimates import Estimates
from .rows import rows
from .score import Samples, known_runs, score


@dataclass(frozen=True)
class Scored:
    """One person of one clip; a problem where a row, or all of them, could not be had."""

    clip: str
    kind: str = ""
    frames: int = 0  # compared, at 30 a second
    covered: float = 0.0  # share of the truth's time in which somebody was found
    samples: dict[str, Samples] | None = None  # by row
    times: np.ndarray | None = None  # (frames,) s
    problem: str | None = None


def scored(
    clip: Clip, estimates: Estimates, settings: SmoothingSettings, body: Body
) -> Iterator[Scored]:
    """Every truth of the clip."""
    for truth in clip.truths:
        name = f"{clip.name}, {truth.name}" if truth.name else clip.name
        try:
            yield _scored(name, clip.kind, truth, estimates, settings, body)
        except OneTakeError as error:
            yield Scored(name, clip.kind, problem=error.message)


def _scored(
    name: str,
    kind: str,
    truth: Truth,
    estimates: Estimates,
    settings: SmoothingSettings,
    body: Body,
) -> Scored:
    person = matching(truth, estimates.tracks)
    track = estimates.tracks[person]
    clock = truth.motion.timestamps
    times = metrics.frame_times(clock, track.timestamps)
    true = truth.motion.resampled(times) if len(times) > 3 else None
    if true is None or not known_runs(true.joints):
        raise OneTakeError("no_overlap", "the person was found in no frame that the truth knows")
    motions = rows(true, track, estimates.of(person), settings, body, truth.take)
    whole = max(len(metrics.frame_times(clock)), len(times))
    return Scored(
        name,
        kind,
        frames=len(times),
        covered=len(times) / whole,
        samples={row: score(motion, true, body) for row, motion in motions.items()},
        times=times,
        problem=estimates.problem,
    )
