"""docs/papers.md and its pictures, from the results alone."""

import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...training.papers import NAMES
from ...training.papers.rows import Row
from ..benchmark import score
from ..report import Row as TableRow
from ..report import Table
from . import figures, remarks
from .measure import RAW
from .runs import rows_of, run_of
from .silhouettes import KEY_POINTS, SILHOUETTE

_COLUMNS = {
    score.PA: ".1f", score.MPJPE: ".1f", score.LIMBS: ".1f", score.ANGLES: ".1f",
    score.ACCEL: ".2f", score.RELATIVE: ".2f", score.SLOPE: ".2f", score.R: ".2f",
    KEY_POINTS: ".1f", SILHOUETTE: ".1f",
}  # fmt: skip

# Of joints beyond what captured people reach (003), on validation.
_ODD, ODD_ANGLES = "val_odd_angles", "odd angles, %"

Records = Mapping[str, Mapping[str, Any]]


def write(records: Records, folder: Path) -> list[Path]:
    """Write the document and the figures that there are runs for; their paths."""
    sections = [section for paper in NAMES if (section := _section(paper, records))]
    pictures = figures.draw(records, folder / "images")
    text = "\n\n".join([remarks.INTRODUCTION, *sections])
    path = folder / "papers.md"
    path.write_text(text + "\n", encoding="utf-8")
    return [path, *pictures]


def _section(paper: str, records: Records) -> str:
    found = {row.name: _of(paper, row, records) for row in rows_of(paper)}
    if not any(found.values()):
        return ""
    rows, said = [], []
    for row in rows_of(paper):
        runs, remark = found[row.name], remarks.REMARKS.get((paper, row.name), "")
        rows.append(TableRow(row.name, _cells(row, runs)))
        if remark:
            said.append(f"* **{row.name}**: {remark}")
    shown = [c for c in (*_COLUMNS, ODD_ANGLES) if any(c in row.values for row in rows)]
    columns = {"runs": "d", **dict.fromkeys(shown, ""), "the paper's own": ""}
    every = [run for runs in found.values() for run in runs]
    some = max(every, key=lambda run: run["parameters"])
    note = remarks.NOTES.get(paper, "")
    about = (
        f"Up to {some['parameters'] / 1e6:.1f} M parameters, {some['config']['steps']} steps of "
        f"{some['config']['windows']} windows of {some['config']['frames']} frames, "
        f"{some['frames']} rendered frames to learn from. {note}"
    )
    table = Table(f"`{paper}`: {remarks.TITLES[paper]}", columns, rows, about.strip())
    return "\n\n".join(
        [table.markdown(), "\n".join(said), *remarks.PICTURES.get(paper, ())]
    ).strip()


def _of(paper: str, row: Row, records: Records) -> list[Mapping[str, Any]]:
    keys = (run_of(paper, row, seed).key for seed in range(1, row.seeds + 1))
    return [records[key] for key in keys if key in records]


def _cells(row: Row, runs: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Means over the seeds, and how far these lie apart."""
    way = row.smoothed or RAW
    cells: dict[str, Any] = {"runs": len(runs), "the paper's own": row.paper}
    for column, how in _COLUMNS.items():
        values = [run["test"][way][column] for run in runs if column in run["test"].get(way, {})]
        if values:
            text = format(statistics.fmean(values), how)
            if len(values) > 1:
                text += f" ± {format(statistics.stdev(values), how)}"
            cells[column] = text
    odd = [run["validation"][_ODD] for run in runs if _ODD in run["validation"]]
    if odd:
        cells[ODD_ANGLES] = format(statistics.fmean(odd), ".1f")
    return cells
