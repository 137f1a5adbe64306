"""The benchmark's tables: a source's rows pooled, its clips one by one, the bars."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..report import Row, Table
from . import score
from .bars import bars_of
from .rows import ABOUT, name_of
from .score import Samples, pool
from .scored import Scored

POSE = {
    score.PA: ".1f",
    score.MPJPE: ".1f",
    score.PVE: ".1f",
    score.LIMBS: ".1f",
    score.ANGLES: ".1f",
    score.THIGH_TWIST: ".1f",
    score.FOREARM_TWIST: ".1f",
    score.HEAD: ".1f",
    score.WRISTS: ".1f",
}
MOVEMENT = {
    score.ACCEL: ".2f",
    score.RELATIVE: ".2f",
    score.JITTER: ".2f",
    score.TRUE_JITTER: ".2f",
    score.SLOPE: ".2f",
    score.R: ".2f",
    score.ROTATION_SLOPE: ".2f",
    score.ROTATION_R: ".2f",
    score.LAG: ".1f",
}
WORLD = {
    score.WA: ".1f",
    score.W: ".1f",
    score.RTE: ".1f",
    score.SKATE: ".1f",
    score.GRAVITY: ".1f",
    score.FLOOR: ".1f",
}
_POSE_NOTE = (
    "Twelve limb joints. Angles: mean of 23 joints, relative to the parent; twist is the turn "
    "about the limb."
)
_MOVEMENT_NOTE = (
    "Relative to the truth's own acceleration: a frozen pose scores 1. Slope (1 is right) and r "
    "are means over the angles at elbows, knees, shoulders and hips that move by more than 15°, "
    "from joint positions; rotation slope and r the same of all joints' rotation vectors."
)
_WORLD_NOTE = (
    "WA and W: chunks of 100 frames, fitted as a whole or on their first two. Foot skate and floor "
    "while the true foot stands; up is taken from the estimate alone."
)


def source_tables(title: str, people: Sequence[Scored]) -> list[Table]:
    """Everybody of a source pooled (pose, movement, world), then one by one."""
    compared = [person.samples for person in people if person.samples]
    tables = []
    if compared:
        values = pooled_rows(compared)
        frames = sum(person.frames for person in people)
        about = f"People: {len(compared)}, frames: {frames}. {ABOUT}"
        for name, columns, note in (
            ("pose", POSE, f"{about} {_POSE_NOTE}"),
            ("movement", MOVEMENT, _MOVEMENT_NOTE),
            ("world", WORLD, _WORLD_NOTE),
        ):
            table = _without_gaps(f"{title}: {name}", columns, values, note)
            if table.columns:
                tables.append(table)
    return [*tables, clip_table(title, people)]


def pooled_rows(compared: Sequence[Mapping[str, Samples]]) -> dict[str, dict[str, float]]:
    """Row -> column -> number, over everybody."""
    names = dict.fromkeys(row for samples in compared for row in samples)
    return {name: pool([s[name] for s in compared if name in s]) for name in names}


def clip_table(title: str, people: Sequence[Scored]) -> Table:
    """PA-MPJPE of every row for each clip: which one is hard, and for whom."""
    names = dict.fromkeys(row for person in people for row in person.samples or {})
    columns = {"motion": "", "frames": "d", "found, %": ".0f", **dict.fromkeys(names, ".1f")}
    rows = []
    for person in people:
        values = {"motion": person.kind, "frames": person.frames, "found, %": 100 * person.covered}
        for name, samples in (person.samples or {}).items():
            values[name] = score.mean([samples[score.PA]])
        rows.append(Row(person.clip, values, problem=person.problem))
    return Table(f"{title}: {score.PA}, clip by clip", columns, rows)


def bar_rows(
    source: str, values: Mapping[str, Mapping[str, float]], estimators: Sequence[str], of: str = ""
) -> list[Row]:
    """One row a bar. values: row -> column -> number; of: the clip, where it is of one alone."""
    found = []
    for estimator in estimators:
        for smoothed in (False, True):
            row = name_of(estimator, smoothed)
            for column, bar in bars_of(source, smoothed).items():
                title = f"{of or source}, {row}: {column}"
                value = values.get(row, {}).get(column, np.nan)
                found.append(Row(title, {"value": value}, {"value": bar}))
    return found


def bar_table(rows: list[Row]) -> Table:
    """The bars of all sources."""
    kept = sum(not row.misses for row in rows)
    return Table("Bars", {"value": ".2f"}, rows, f"{kept} of {len(rows)} bars are kept.")


def _without_gaps(
    title: str, columns: Mapping[str, str], values: Mapping[str, Mapping[str, float]], note: str
) -> Table:
    """Only the columns and rows in which there is a number."""
    known = {
        name: {column: v for column, v in row.items() if column in columns and np.isfinite(v)}
        for name, row in values.items()
    }
    shown = {c: how for c, how in columns.items() if any(c in row for row in known.values())}
    return Table(title, shown, [Row(name, row) for name, row in known.items() if row], note)
