"""Tables of figures and the bars they must keep, as Markdown and as JSON."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real

Value = Real | str | None  # numpy's numbers are real ones too

# How far a value is beyond a limit.
_BEYOND = {
    "≤": lambda value, limit: value - limit,
    "≥": lambda value, limit: limit - value,
    "=": lambda value, limit: abs(value - limit),
    "in": lambda value, limits: max(limits[0] - value, value - limits[1]),
}


@dataclass(frozen=True)
class Bar:
    """What a figure must keep: Bar("≤", 75), Bar("in", (0.9, 1.1))."""

    sign: str
    limit: float | tuple[float, float]

    def met(self, value: Value) -> bool:
        """Whether it is kept; what could not be measured keeps nothing."""
        return self.missed_by(value) == 0

    def missed_by(self, value: Value) -> float:
        """How far the figure is beyond its limit: 0 where it keeps it, infinite where unknown."""
        known = isinstance(value, Real) and math.isfinite(value)
        return max(0.0, float(_BEYOND[self.sign](value, self.limit))) if known else math.inf

    def __str__(self) -> str:
        if isinstance(self.limit, tuple):
            return f"{self.limit[0]:g}–{self.limit[1]:g}"
        return f"{self.sign} {self.limit:g}"


@dataclass(frozen=True)
class Row:
    """One line: its figures and the bars of some of them, both by column."""

    name: str
    values: Mapping[str, Value] = field(default_factory=dict)
    bars: Mapping[str, Bar] = field(default_factory=dict)
    problem: str | None = None  # a sentence where nothing could be measured

    @property
    def misses(self) -> list[str]:
        """The columns whose bar is not kept; the problem where there is one."""
        if self.problem:
            return [self.problem]
        return [name for name, bar in self.bars.items() if not bar.met(self.values.get(name))]

    @property
    def result(self) -> str:
        """pass or miss, of what and by how much; empty where there was nothing to keep."""
        if self.problem:
            return f"**miss**: {self.problem}"
        if self.misses:
            return "**miss**: " + ", ".join(map(self._miss, self.misses))
        return "pass" if self.bars else ""

    def _miss(self, column: str) -> str:
        amount = self.bars[column].missed_by(self.values.get(column))
        return f"{column} by {amount:.2g}" if math.isfinite(amount) else f"{column} not measured"


@dataclass(frozen=True)
class Table:
    """Rows under one heading. columns: name, with its unit -> format of its numbers (".1f")."""

    title: str
    columns: Mapping[str, str]
    rows: list[Row]
    note: str = ""

    def markdown(self) -> str:
        """The table with its heading; bars and results where a row has any."""
        judged = any(row.bars or row.problem for row in self.rows)
        heads = ["", *self.columns, *(["bar", "result"] if judged else [])]
        lines = [f"### {self.title}", "", _line(heads), _line(["---"] + ["--:"] * (len(heads) - 1))]
        for row in self.rows:
            cells = [_text(row.values.get(name), how) for name, how in self.columns.items()]
            if judged:
                bars = "; ".join(f"{name} {bar}" for name, bar in row.bars.items())
                cells += [bars, row.result]
            lines.append(_line([row.name, *cells]))
        return "\n".join([*lines, *(["", self.note] if self.note else [])])

    def to_dict(self) -> dict:
        """For a machine: numbers as they are, not rounded."""
        return {
            "title": self.title,
            "note": self.note,
            "rows": [
                {
                    "name": row.name,
                    "values": {key: _plain(value) for key, value in row.values.items()},
                    "bars": {key: str(bar) for key, bar in row.bars.items()},
                    "misses": row.misses,
                }
                for row in self.rows
            ],
        }


def _line(cells: list[str]) -> str:
    # A sentence of an error may hold what ends a cell.
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


def _text(value: Value, how: str) -> str:
    if value is None or (isinstance(value, Real) and math.isnan(value)):
        return "–"
    text = value if isinstance(value, str) else format(value, how)
    return text.strip("-") if not text.strip("-0.") else text  # what rounds to nothing has no sign


def _plain(value: Value) -> Value:
    # JSON knows neither NaN nor numpy's numbers.
    if value is None or isinstance(value, str):
        return value
    return float(value) if math.isfinite(value) else None
