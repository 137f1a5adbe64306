"""The runs that the tables are made of: every row of every paper, with its seeds."""

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module

from ...training.papers import NAMES
from ...training.papers.config import PaperConfig
from ...training.papers.rows import Row, configured

VERSION = 1  # of how runs are measured: raise it when figures change


@dataclass(frozen=True)
class Run:
    """One configuration to train and measure."""

    paper: str
    row: Row
    config: PaperConfig

    @property
    def key(self) -> str:
        """A hash of the configuration, whatever its row is called."""
        settings = {"measured": VERSION} | dataclasses.asdict(self.config)
        text = json.dumps(settings, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def rows_of(paper: str) -> tuple[Row, ...]:
    """A paper's rows, its baseline first and the full system last."""
    return _module(paper).ROWS


def runs(papers: Sequence[str] = NAMES) -> Iterator[Run]:
    """Every run, the first seeds of all rows before any second one.

    A row that another one's training serves (it is only measured otherwise) comes with its key.
    """
    seeds = max(row.seeds for paper in papers for row in rows_of(paper))
    for seed in range(1, seeds + 1):
        for paper in papers:
            for row in rows_of(paper):
                if seed <= row.seeds:
                    yield run_of(paper, row, seed)


def run_of(paper: str, row: Row, seed: int) -> Run:
    """A row's run with a seed, on the common budget."""
    module = _module(paper)
    default = module.Config(name=paper)
    return Run(paper, row, configured(default, module.BUDGET, row.changes, {"seed": seed}))


def _module(paper: str):
    return import_module(f"...training.papers.{paper}", __package__)
