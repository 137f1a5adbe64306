"""`benchmark --papers`: train and measure what is missing, then write docs/papers.md."""

import argparse
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...body import load_body
from ...bootstrap.processes import ROOT
from ...errors import OneTakeError
from ...home import home
from ...terminal import Terminal
from ...training.papers import NAMES
from . import document
from .results import append_result, read_results
from .runs import Run, runs


def run(arguments: argparse.Namespace) -> int:
    """Print each run as it ends; the status. What was measured before is not trained again."""
    known = read_results()
    wanted = {each.key: each for each in runs(arguments.papers or NAMES)}
    missing = [each for key, each in wanted.items() if key not in known]
    if missing and not arguments.pairs:
        raise OneTakeError(
            "no_pairs",
            f"{len(missing)} runs are missing; name the rendered pairs that they learn from with "
            "--pairs (python -m backend.training.pairs --pictures makes them).",
        )
    terminal = Terminal()
    for number, record in enumerate(_records(missing, arguments, terminal), 1):
        append_result(record)
        raw = record["test"]["raw"]
        terminal.say(
            f"{number} of {len(missing)}: {record['paper']}, {record['row']}, seed "
            f"{record['seed']}: {record['minutes']} min; "
            + ", ".join(f"{name} {value:.2f}" for name, value in raw.items())
        )
    for path in document.write(read_results(), ROOT / "docs"):
        terminal.say(f"{path} written")
    return 0


def _records(
    missing: list[Run], arguments: argparse.Namespace, terminal: Terminal
) -> Iterator[dict[str, Any]]:
    if not missing:
        return
    # The test clips are made before any worker wants them.
    from .clips import test_clips

    test_clips(load_body(), terminal.progress, missing[0].paper)
    terminal.finish()
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    for each in missing:
        queue.put((each.paper, each.row.name, each.config.seed))
    done = context.Queue()
    count = min(arguments.jobs, len(missing))
    for _ in range(count):
        queue.put(None)
    workers = [
        context.Process(
            target=work, args=(queue, done, arguments.pairs, arguments.motion), daemon=True
        )
        for _ in range(count)
    ]
    for worker in workers:
        worker.start()
    left = len(missing)
    while left:
        record = done.get()
        if isinstance(record, str):
            raise OneTakeError("run_failed", record)
        left -= 1
        yield record
    for worker in workers:
        worker.join()


def work(queue: Any, done: Any, pairs: Path, motion: Path) -> None:
    """Run after run, in this process, on one core."""
    import torch

    from ...training.papers import Material
    from .clips import test_clips
    from .runs import rows_of, run_of
    from .train import finished, forget

    torch.set_num_threads(1)
    try:
        material, body = Material.open(pairs, motion), load_body()
        clips = None
        while (next_ := queue.get()) is not None:
            paper, name, seed = next_
            clips = clips or test_clips(body, lambda *about: None, paper)
            (row,) = (each for each in rows_of(paper) if each.name == name)
            each = run_of(paper, row, seed)
            folder = home() / "papers" / each.key
            record = finished(each, material, clips, body, folder, lambda row: None)
            forget(folder)
            done.put(record)
    except Exception as error:  # the parent must not wait for ever
        done.put(f"A run failed: {type(error).__name__}: {error}")
