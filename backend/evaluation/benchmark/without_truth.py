"""What any clip tells: silhouettes and landmarks through Blender's camera, flips, jitter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ...blender_process import BlenderJob
from ...body import body_path
from ...commands import smoothed as smoothed_take
from ...errors import OneTakeError
from ...motion.body import Body
from ...motion.smoothing import SmoothingSettings
from ...motion.take import Take
from .. import metrics
from ..blender_view import as_blender_has_it
from ..report import Row, Table
from ..silhouette import CONFIDENT, FRAMES, Agreement, agreement, looked_at
from .bars import CLIPS, IOU, bars_of
from .clip import Clip
from .estimates import Estimates
from .motion import Motion
from .rows import BLAZEPOSE, blazepose, name_of
from .score import FLOOR, JITTER, Samples, mean

LOWEST, PX, SHARE = "lowest IoU", "landmarks, px", "landmarks, % of height"
FLIPS = "flips/min"
COLUMNS = {
    "people": "d", "frames": "d", IOU: ".3f", LOWEST: ".3f", PX: ".1f", SHARE: ".1f",
    FLIPS: ".1f", JITTER: ".2f", FLOOR: ".1f",
}  # fmt: skip
_MINUTES = "minutes"  # between the frames that FLIPS counts in
_CHUNK = 64  # frames skinned at once
NOTE = (
    f"Silhouettes and landmarks of {FRAMES} frames a person through Blender's own camera, against "
    f"BlazePose's; landmarks with a visibility of {CONFIDENT} or more. Flips: arms or legs that "
    "change sides between two frames. Jitter at 30 fps, in the world (BlazePose's about the hips). "
    "Under the floor while the take says that a foot stands."
)


@dataclass(frozen=True)
class Observed:
    """What was seen of everybody in a clip, by row."""

    clip: str
    people: int
    frames: int  # of everybody together
    samples: dict[str, Samples]
    problem: str | None = None


def observed(clip: Clip, estimates: Estimates, settings: SmoothingSettings, body: Body) -> Observed:
    """Every row of a clip; where Blender fails, the rest, and its sentence as the problem."""
    samples: dict[str, list[Samples]] = {}
    problem = estimates.problem
    for smoothed in (False, True):
        for track in estimates.tracks:
            motion = blazepose(track, track.timestamps, smoothed)
            samples.setdefault(name_of(BLAZEPOSE, smoothed), []).append(_movement(motion))
    for estimator, takes in estimates.takes.items():
        for smoothed in (False, True):
            shown = [smoothed_take(take, settings if smoothed else None) for take in takes]
            each = [_movement(Motion.of_take(take, body)) | _floor(take, body) for take in shown]
            try:
                views = list(_through_blender(estimates, shown, body))
                for have, view in zip(each, views, strict=True):
                    have |= {IOU: view.overlap, PX: view.landmarks, SHARE: view.share}
            except OneTakeError as error:
                problem = error.message
            samples[name_of(estimator, smoothed)] = each
    return Observed(
        clip.name,
        people=len(estimates.tracks),
        frames=sum(len(track.timestamps) for track in estimates.tracks),
        samples={row: _joined(people) for row, people in samples.items()},
        problem=problem,
    )


def figures(samples: Samples) -> dict[str, float]:
    """Samples -> one number a column."""
    found = {column: mean([values]) for column, values in samples.items() if values.size}
    if minutes := found.pop(_MINUTES, 0.0):
        found[FLIPS] /= minutes
    if IOU in found:
        found[LOWEST] = float(samples[IOU].min())
    return found


def table(clips: Sequence[Observed]) -> Table:
    """A row for each clip and row, and for all clips together."""
    rows = []
    for clip in clips:
        for name, samples in clip.samples.items():
            values = {"people": clip.people, "frames": clip.frames, **figures(samples)}
            rows.append(Row(f"{clip.clip}: {name}", values))
        if clip.problem:
            rows.append(Row(clip.clip, problem=clip.problem))
    for name, samples in pooled(clips).items():
        total = {"people": sum(c.people for c in clips), "frames": sum(c.frames for c in clips)}
        rows.append(Row(f"all clips: {name}", {**total, **figures(samples)}))
    return Table("Clips without truth", COLUMNS, rows, NOTE)


def pooled(clips: Sequence[Observed]) -> dict[str, Samples]:
    """Everybody's samples, by row."""
    names = dict.fromkeys(row for clip in clips for row in clip.samples)
    return {name: _joined([c.samples[name] for c in clips if name in c.samples]) for name in names}


def bar_rows(clips: Sequence[Observed], estimators: Sequence[str]) -> list[Row]:
    """One row for each clip of one person."""
    found = []
    for clip in clips:
        if clip.people != 1:
            continue
        for estimator in estimators:
            name = name_of(estimator, True)
            value = figures(clip.samples.get(name, {})).get(IOU, np.nan)
            bars = bars_of(CLIPS, smoothed=True)
            found += [
                Row(f"{clip.clip}, {name}: {column}", {"value": value}, {"value": bar})
                for column, bar in bars.items()
            ]
    return found


def _joined(people: Sequence[Mapping[str, np.ndarray]]) -> Samples:
    columns = dict.fromkeys(column for samples in people for column in samples)
    return {
        column: np.concatenate([s[column] for s in people if column in s]) for column in columns
    }


def _movement(motion: Motion) -> Samples:
    even = motion.resampled(metrics.frame_times(motion.timestamps))
    steps = np.diff(motion.timestamps)
    return {
        FLIPS: metrics.left_right_flips(motion.joints).sum(axis=1).astype(float),
        _MINUTES: steps / 60,
        JITTER: metrics.jitter(even.joints if even.world is None else even.world),
    }


def _floor(take: Take, body: Body) -> Samples:
    lowest = [
        body.skin(take.poses[i : i + _CHUNK], take.betas, take.trans[i : i + _CHUNK])[..., 1].min(1)
        for i in range(0, len(take), _CHUNK)
    ]
    stands = (take.contacts > 0.5).any(axis=1)
    return {FLOOR: metrics.floor_depth(np.concatenate(lowest), stands)}


def _through_blender(
    estimates: Estimates, takes: Sequence[Take], body: Body
) -> Iterator[Agreement]:
    """The takes, as they are, in a scene of Blender's; each against its track."""
    with TemporaryDirectory(prefix="onetake-") as temporary:
        folder = Path(temporary)
        paths = [folder / f"{number}.take.npz" for number in range(len(takes))]
        for take, path in zip(takes, paths, strict=True):
            take.save(path)
        blend = folder / "scene.blend"
        job = {
            "takes": [str(path.resolve()) for path in paths],
            "body": str(body_path().resolve()),
            "video_fps": estimates.info.fps,
            "smoothing": None,
            "blend": str(blend.resolve()),
        }
        with BlenderJob(job, sum(map(len, takes))) as blender:
            blender.wait()
        seconds = [
            take.timestamps[looked_at(track)].tolist()
            for take, track in zip(takes, estimates.tracks, strict=True)
        ]
        with as_blender_has_it(blend, seconds) as seen:
            for path, take, track in zip(seen, takes, estimates.tracks, strict=True):
                yield agreement(path, take, track, body)
