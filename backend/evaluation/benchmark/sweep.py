"""The 1€ filter's two numbers tried on raw takes whose truth is known.

python -m backend.evaluation.benchmark.sweep FOLDER ...

A pair is NAME.take.npz and NAME.truth.take.npz, in one of the folders or in two. Choose defaults
from takes of the validation split: the benchmark's own clips are for judging them.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...body import load_body
from ...commands import smoothed
from ...errors import OneTakeError
from ...motion.body import Body
from ...motion.smoothing import SmoothingSettings
from ...motion.take import Take, TakeError
from .. import metrics
from ..report import Row, Table
from . import score
from .clip import Clip, matching
from .estimates import Estimates
from .motion import Motion

MIN_CUTOFFS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)  # Hz
BETAS = (0.3, 1.0, 2.0, 3.0, 5.0, 8.0)  # Hz per rad/s
PA_MARGIN = 0.5  # mm over the best: less than the truth is known to
LEAST_SLOPE = 0.95  # of the raw take's
COLUMNS = {
    score.RELATIVE: ".3f", score.PA: ".2f", score.SLOPE: ".3f", score.R: ".3f", score.JITTER: ".2f"
}  # fmt: skip
RULE = (
    f"Best: the least {score.RELATIVE} of those whose {score.PA} is within {PA_MARGIN} of the "
    f"least and whose slope is at least {LEAST_SLOPE} of the raw takes'."
)


@dataclass(frozen=True)
class Pair:
    """A raw take and the truth of its person."""

    take: Take
    true: Motion
    body: Body


@dataclass(frozen=True)
class Point:
    """One setting's figures over all pairs; raw where there is none."""

    settings: SmoothingSettings | None
    values: dict[str, float]

    @property
    def name(self) -> str:
        if self.settings is None:
            return "raw"
        return f"min_cutoff {self.settings.min_cutoff:g} Hz, beta {self.settings.beta:g}"


def pairs_of(clip: Clip, estimates: Estimates, body: Body) -> list[Pair]:
    """Of one clip, every truth and estimator."""
    pairs = []
    for truth in clip.truths:
        try:
            person = matching(truth, estimates.tracks)
        except OneTakeError:
            continue  # the table says so
        pairs += [Pair(take, truth.motion, body) for take in estimates.of(person).values()]
    return pairs


def sweep(
    pairs: Sequence[Pair],
    progress: Callable[[int, int], None] = lambda done, total: None,
    min_cutoffs: Sequence[float] = MIN_CUTOFFS,
    betas: Sequence[float] = BETAS,
) -> list[Point]:
    """The raw takes, then every setting of the grid; columns as COLUMNS, pooled over the pairs."""
    grid = [
        SmoothingSettings(min_cutoff=min_cutoff, beta=beta)
        for min_cutoff in min_cutoffs
        for beta in betas
    ]
    points = []
    for done, settings in enumerate([None, *grid], 1):
        figures = score.pool([_scored(pair, settings) for pair in pairs])
        points.append(Point(settings, {column: figures[column] for column in COLUMNS}))
        progress(done, len(grid) + 1)
    return points


def best(points: Sequence[Point]) -> Point | None:
    """By RULE; None where no setting of the grid keeps it."""
    raw = next(point for point in points if point.settings is None)
    filtered = [point for point in points if point.settings is not None]
    least = min(point.values[score.PA] for point in filtered)
    allowed = [
        point
        for point in filtered
        if point.values[score.PA] <= least + PA_MARGIN
        and point.values[score.SLOPE] >= LEAST_SLOPE * raw.values[score.SLOPE]
    ]
    return min(allowed, key=lambda point: point.values[score.RELATIVE], default=None)


def _scored(pair: Pair, settings: SmoothingSettings | None) -> score.Samples:
    take = smoothed(pair.take, settings)
    times = metrics.frame_times(pair.true.timestamps, take.timestamps)
    predicted = Motion.of_take(take, pair.body).resampled(times)
    return score.joint_scores(predicted, pair.true.resampled(times))


def read_pairs(folders: Sequence[Path], body: Body) -> list[Pair]:
    """Every pair of the folders, by name. OneTakeError where there is none."""
    files = {path.name: path for folder in folders for path in sorted(folder.glob("*.take.npz"))}
    ending = ".truth.take.npz"
    names = [name.removesuffix(ending) for name in files if name.endswith(ending)]
    pairs = []
    for name in sorted(names):
        if raw := files.get(f"{name}.take.npz"):
            try:
                take, true = Take.load(raw), Take.load(files[name + ending])
            except (TakeError, OSError) as error:
                raise OneTakeError("bad_take", str(error)) from error
            pairs.append(Pair(take, Motion.of_take(true, body), body))
    if not pairs:
        raise OneTakeError(
            "no_pairs", "There is no NAME.take.npz with a NAME.truth.take.npz in these folders."
        )
    return pairs


def table(points: Sequence[Point]) -> Table:
    """Every setting, and what the rule chooses."""
    rows = [Row(point.name, point.values) for point in points]
    chosen = best(points)
    told = chosen.name if chosen else "no setting keeps the rule"
    return Table("The 1€ filter's numbers", COLUMNS, rows, f"{RULE} **{told}**.")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m backend.evaluation.benchmark.sweep")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    try:
        points = sweep(read_pairs(arguments.folders, load_body()))
    except OneTakeError as error:
        raise SystemExit(f"Error: {error.message}") from error
    print(table(points).markdown())


if __name__ == "__main__":
    main()
