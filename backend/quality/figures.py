"""What a conversion is worth, from its takes alone: figures, and curves over time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..evaluation.metrics.movement import jitter
from ..evaluation.metrics.sequences import FPS, frame_times, resample
from ..evaluation.metrics.without_truth import left_right_flips
from ..motion.skeleton import JOINT
from ..motion.take import Take

STANDING = 0.5  # contact probability from which a foot stands
# The joint that stands still with each of a take's CONTACTS.
_STANDING_JOINTS = [
    JOINT[name] for name in ("left_ankle", "left_foot", "right_ankle", "right_foot")
]
_LEGS = [JOINT[f"{side}_{part}"] for side in ("left", "right") for part in ("knee", "ankle")]


@dataclass(frozen=True)
class Person:
    """One person's figures. None: the clip has too little of it to tell.

    Curves have a value a sample of `times`, at FPS or the video's own rate where that is lower.
    """

    number: int  # from 1
    start: float  # s of the video
    end: float
    frames: int
    found: float  # share of these frames in which the person was seen, 0..1
    gap: tuple[float, float]  # s of the video: the longest stretch that is filled in
    confidence: float  # mean over joints and frames, 0..1
    legs: float  # the same of knees and ankles
    jitter_before: float | None  # 10 m/s^3 (`metrics.movement.jitter`), as estimated
    jitter_after: float | None  # the same, as smoothed for the scene
    skate_before: float | None  # mm a frame at 30 fps by which feet that stand move, as estimated
    skate_after: float | None  # the same, smoothed and locked as in the scene
    flips: float  # exchanges of left and right a minute
    times: np.ndarray  # (N,) s
    sure: np.ndarray  # (N,) confidence, 0 where nobody was seen
    shaking: np.ndarray  # (N, 2) jitter before and after, NaN at the ends
    standing: np.ndarray  # (N, 4) bool, in the order of CONTACTS


@dataclass(frozen=True)
class Clip:
    """What was found in one clip."""

    frames: int  # of the video, in the chosen part of it
    seconds: float  # of them
    start: float  # s of the video at which it begins
    found: float  # share of the frames in which anybody was seen, 0..1
    people: list[Person]


def clip_figures(
    takes: Sequence[Take],
    smoothed: Sequence[Take],
    *,
    frames: int,
    seconds: float,
    start: float,
) -> Clip:
    """Figures of a clip; smoothed: the takes as the scene shows them, in the same order."""
    pairs = zip(takes, smoothed, strict=True)
    people = [_person(number, raw, after) for number, (raw, after) in enumerate(pairs, 1)]
    seen = [take.timestamps[take.confidence.any(axis=1)] for take in takes]
    times = np.unique(np.concatenate([np.empty(0), *seen]))
    found = min(1.0, len(times) / max(1, frames))
    return Clip(frames, seconds, start, found, people)


def _longest_gap(times: np.ndarray, seen: np.ndarray) -> tuple[float, float]:
    """The longest stretch between two frames at times (T,) in which seen (T,); none: no length."""
    known = times[seen]
    if seen.all() or len(known) < 2:
        return float(times[0]), float(times[0])
    steps = np.where(np.diff(np.flatnonzero(seen)) > 1, np.diff(known), 0.0)
    widest = int(np.argmax(steps))
    return float(known[widest]), float(known[widest + 1])


def _person(number: int, take: Take, smoothed: Take) -> Person:
    rate = min(FPS, take.fps)  # interpolated frames would lend a slow camera's motion corners
    times = frame_times(take.timestamps, fps=rate)
    before, after = (resample(each.joints, take.timestamps, times) for each in (take, smoothed))
    standing = resample(take.contacts, take.timestamps, times) >= STANDING
    shaking = np.stack([_shaking(joints, rate) for joints in (before, after)], axis=1)
    known = np.isfinite(shaking).any()
    still = standing[1:] & standing[:-1]
    skates = [
        _skate(joints, still) * rate / FPS if still.any() else None for joints in (before, after)
    ]
    seen = take.confidence.any(axis=1)
    minutes = max(len(times) / rate, 1 / rate) / 60
    return Person(
        number=number,
        start=float(take.timestamps[0]),
        end=float(take.timestamps[-1]),
        frames=len(take),
        found=float(seen.mean()),
        gap=_longest_gap(take.timestamps, seen),
        confidence=float(take.confidence.mean()),
        legs=float(take.confidence[:, _LEGS].mean()),
        jitter_before=float(np.nanmean(shaking[:, 0])) if known else None,
        jitter_after=float(np.nanmean(shaking[:, 1])) if known else None,
        skate_before=skates[0],
        skate_after=skates[1],
        flips=float(left_right_flips(before).sum() / minutes),
        times=times,
        sure=resample(take.confidence.mean(axis=1), take.timestamps, times),
        shaking=shaking,
        standing=standing,
    )


def _skate(joints: np.ndarray, still: np.ndarray) -> float:
    """Mean mm that the joints (N, 24, 3) of standing feet move from frame to frame.

    still (N-1, 4) bool: between which frames they stand.
    """
    moved = np.linalg.norm(np.diff(joints[:, _STANDING_JOINTS], axis=0), axis=-1)
    return float(1000 * moved[still].mean())


def _shaking(joints: np.ndarray, rate: float) -> np.ndarray:
    """(N,) jitter of the limbs' joints (N, 24, 3); NaN in the first two frames and the last."""
    curve = np.full(len(joints), np.nan)
    if len(joints) > 3:
        curve[2:-1] = jitter(joints, fps=rate).mean(axis=1)
    return curve
