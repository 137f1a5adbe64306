"""Every clip converted: who was found, how long each stage took, how heavy it was."""

import re

import numpy as np

from ...motion.take import Take
from ..report import Bar, Row, Table
from .session import Clip, Finished, Session

# Who is in the clips we know.
PEOPLE = {
    "juggling": 1,
    "pose2sim_cam01": 1,
    "roof_jump": 2,
    "running": 1,
    "squats_5fps": 1,
    "two_people": 2,
}
# Where everyone walks in and out, and a table stands that detectors take for a person.
WALKING = {"one_by_one": 0.5}
# What `Terminal.finish` says of a stage: "  finding people: 180 in 1 min 20 s".
_STAGE = re.compile(r"^  ([a-z ]+?)(?: \d+)?: \d+ in (?:(\d+) min )?([\d.]+) s$")
_STAGES = {
    "finding people": "people, s",
    "fitting person": "fitting, s",
    "drawing the preview": "preview, s",
}
_REST, _TRAVEL = "rest, s", "least travel"


def measure(session: Session) -> list[Table]:
    """A row a clip."""
    columns = {
        "people": "d",
        "frames": "d",
        "seen, %": ".0f",
        _TRAVEL: ".2f",
        **dict.fromkeys([*_STAGES.values(), _REST], ".1f"),
        "total, s": ".1f",
        "peak, GB": ".2f",
        "exit": "d",
    }
    rows = []
    for video in session.videos():
        done = session.convert(video)
        bars = {"exit": Bar("=", 0)}
        if video.stem in PEOPLE:
            bars["people"] = Bar("=", PEOPLE[video.stem])
        if video.stem in WALKING:
            bars[_TRAVEL] = Bar("≥", WALKING[video.stem])
        rows.append(Row(video.stem, _figures(done, Clip(video, session.output)), bars))
    note = (
        "Frames of all people together, and in how many of these they are seen; how far the one "
        "who moves least gets across the picture, in heights of their box. Blender works "
        "beside the preview; the rest is start-up and what Blender needs longer. A stage without "
        "a time was taken from the job's cache."
    )
    return [Table("Clips", columns, rows, note)]


def stage_seconds(lines: list[str]) -> dict[str, float]:
    """What a conversion printed -> seconds of each of its stages, by column."""
    seconds: dict[str, float] = {}
    for match in filter(None, map(_STAGE.match, lines)):
        stage, minutes, rest = match.groups()
        column = _STAGES.get(stage)
        if column:
            seconds[column] = seconds.get(column, 0.0) + 60 * int(minutes or 0) + float(rest)
    return seconds


def _figures(done: Finished, clip: Clip) -> dict:
    stages = stage_seconds(done.lines)
    figures = {
        **stages,
        _REST: done.seconds - sum(stages.values()),
        "total, s": done.seconds,
        "peak, GB": done.peak and done.peak / 1e9,
        "exit": done.status,
    }
    if done.status == 0:
        takes = [Take.load(path) for path in clip.takes]
        seen = np.concatenate([take.confidence.any(axis=1) for take in takes])
        figures |= {
            "people": len(takes),
            "frames": len(seen),
            "seen, %": 100 * float(np.mean(seen)),
            _TRAVEL: min(travel(take.box) for take in takes),
        }
    return figures


def travel(box: np.ndarray) -> float:
    """How far the middle of a box (T, 4) px gets, along x or y, in its median height."""
    low, high = box[:, :2], box[:, 2:]
    return float(np.ptp((low + high) / 2, axis=0).max() / np.median(high[:, 1] - low[:, 1]))
