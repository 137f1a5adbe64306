"""Doing what the `benchmark` command says: source by source, tables as they are made."""

import argparse
import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from ... import __version__
from ...body import load_body
from ...commands import smoothing_settings
from ...errors import OneTakeError
from ...job import trim_cache
from ...log import explained
from ...motion.body import Body
from ...motion.smoothing import SmoothingSettings
from ...outputs import Outputs
from ...terminal import Terminal
from ..report import Row, Table
from . import plots, tables, without_truth
from .bars import CLIPS
from .clip import Clip
from .estimates import estimate
from .scored import Scored, scored
from .sources import Folders, sources
from .sweep import Pair, pairs_of, sweep

TITLE = "benchmark"  # of the files


@dataclass
class Findings:
    """What a run has found so far."""

    tables: list[Table] = field(default_factory=list)
    bars: list[Row] = field(default_factory=list)
    people: dict[str, list[Scored]] = field(default_factory=dict)  # by source
    pairs: list[Pair] = field(default_factory=list)  # for the plot of the filter's numbers


def run(arguments: argparse.Namespace) -> int:
    """Print each table, write all of them; 0, or 1 where a clip could not be measured."""
    if arguments.plots:
        plots.ensure()
    body, terminal = load_body(), Terminal()
    settings = smoothing_settings("default")
    assert settings is not None
    folders = Folders(arguments.clips, arguments.threedpw, arguments.mpi_inf_3dhp)
    findings = Findings()
    with Outputs(arguments.output, TITLE) as outputs:
        for source, (title, clips) in sources(folders, body, terminal.progress).items():
            if source not in arguments.only:
                continue
            try:
                found = clips()
            except OneTakeError as error:
                made = [Table(title, {}, [Row(source, problem=error.message)])]
            else:
                made = _measure(source, title, found, arguments, settings, body, terminal, findings)
            terminal.finish()
            _show(made, findings)
        if findings.bars:
            _show([tables.bar_table(findings.bars)], findings)
        text = [table.markdown() for table in findings.tables]
        (outputs.file(f"{TITLE}.md")).write_text(
            "# Benchmark\n\n" + "\n\n".join(text) + "\n", encoding="utf-8"
        )
        outputs.file(f"{TITLE}.json").write_text(_json(arguments, findings), encoding="utf-8")
        if arguments.plots:
            grid = sweep(findings.pairs) if findings.pairs else []
            plots.draw(findings.people, grid, lambda name: outputs.file(f"{TITLE}.{name}.png"))
    terminal.say(f"written to {arguments.output}")
    trim_cache()
    problems = sum(bool(row.problem) for table in findings.tables for row in table.rows)
    return 1 if problems else 0


def _measure(
    source: str,
    title: str,
    clips: Sequence[Clip],
    arguments: argparse.Namespace,
    settings: SmoothingSettings,
    body: Body,
    terminal: Terminal,
    findings: Findings,
) -> list[Table]:
    if source == CLIPS:
        seen = list(_observed(clips, arguments, settings, body, terminal))
        findings.bars += without_truth.bar_rows(seen, arguments.estimators)
        return [without_truth.table(seen)]
    people: list[Scored] = []
    for clip in clips:
        terminal.say(clip.name)
        try:
            estimates = estimate(
                clip.video, arguments.estimators, arguments.quality, terminal.progress
            )
            people += scored(clip, estimates, settings, body)
            findings.pairs += pairs_of(clip, estimates, body)
        except Exception as error:  # the other clips' figures are not lost with it
            people.append(Scored(clip.name, clip.kind, problem=explained(error)))
    findings.people[source] = people
    values = tables.pooled_rows([person.samples for person in people if person.samples])
    findings.bars += tables.bar_rows(source, values, arguments.estimators)
    return tables.source_tables(title, people)


def _observed(
    clips: Sequence[Clip],
    arguments: argparse.Namespace,
    settings: SmoothingSettings,
    body: Body,
    terminal: Terminal,
) -> Iterator[without_truth.Observed]:
    for clip in clips:
        terminal.say(clip.name)
        try:
            estimates = estimate(
                clip.video, arguments.estimators, arguments.quality, terminal.progress
            )
            yield without_truth.observed(clip, estimates, settings, body)
        except Exception as error:  # the other clips' figures are not lost with it
            yield without_truth.Observed(clip.name, 0, 0, {}, explained(error))


def _show(made: list[Table], findings: Findings) -> None:
    for table in made:
        print(f"\n{table.markdown()}", flush=True)
    findings.tables += made


def _json(arguments: argparse.Namespace, findings: Findings) -> str:
    """Every number, not rounded: the tables, and each person of each clip."""
    clips = {
        source: [
            {
                "clip": person.clip,
                "kind": person.kind,
                "frames": person.frames,
                "problem": person.problem,
                "rows": {
                    name: {column: _plain(value) for column, value in row.items()}
                    for name, row in tables.pooled_rows([person.samples or {}]).items()
                },
            }
            for person in people
        ]
        for source, people in findings.people.items()
    }
    content = {
        "onetake": __version__,
        "python": platform.python_version(),
        "estimators": list(arguments.estimators),
        "quality": arguments.quality,
        "tables": [table.to_dict() for table in findings.tables],
        "clips": clips,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
