"""The papers' tables: what is run once, what is kept, and what the page says of it."""

import argparse
import json

import numpy as np
import pytest

from backend.errors import OneTakeError
from backend.evaluation.papers import command, document, remarks, results, silhouettes
from backend.evaluation.papers.runs import rows_of, run_of, runs
from backend.training.papers import NAMES, config_of


def test_results_survive_a_run_that_was_killed_while_it_wrote(tmp_path):
    path = tmp_path / "results.jsonl"
    results.append_result({"key": "a", "test": 1}, path)
    with path.open("a") as stream:
        stream.write('{"key": "b", "te')
    results.append_result({"key": "c", "test": 3}, path)
    assert {k: v["test"] for k, v in results.read_results(path).items()} == {"a": 1, "c": 3}
    assert results.read_results(tmp_path / "none") == {}


@pytest.mark.parametrize("paper", NAMES)
def test_rows_of_a_paper_differ_and_end_in_the_full_system(paper):
    rows = rows_of(paper)
    assert len({row.name for row in rows}) == len(rows) >= 3
    assert rows[0].seeds == rows[-1].seeds == 3
    assert all(row.paper for row in (rows[0], rows[-1]))
    keys = {row.name: run_of(paper, row, 1).key for row in rows if not row.smoothed}
    assert len(set(keys.values())) == len(keys), "two rows are one configuration"
    assert run_of(paper, rows[0], 1).key != run_of(paper, rows[0], 2).key
    assert run_of(paper, rows[0], 1).config.estimator == paper
    assert isinstance(run_of(paper, rows[0], 1).config, config_of(paper))


def test_first_seeds_come_first_and_what_is_only_smoothed_is_not_trained_twice():
    every = list(runs())
    seeds = [run.config.seed for run in every]
    assert seeds == sorted(seeds) and set(seeds) == {1, 2, 3}
    smoothed = [row for row in rows_of("sru_attention") if row.smoothed]
    before = rows_of("sru_attention")[-1 - len(smoothed)]
    for seed in (1, 2, 3):
        keys = {run_of("sru_attention", row, seed).key for row in (*smoothed, before)}
        assert len(smoothed) == 2 and len(keys) == 1


def record(row, seed: int, pa: float) -> dict:
    run = run_of("sru_attention", row, seed)
    return {
        "key": run.key, "seed": seed, "parameters": 2_000_000, "frames": 24_000,
        "config": {"steps": 10, "windows": 4, "frames": 16},
        "validation": {"val_mpjpe": 100.0},
        "test": {"raw": {"PA-MPJPE, mm": pa}, "smoothed": {"PA-MPJPE, mm": pa - 1}},
        "curve": [[1, 0.2, 0.2], [2, 0.5, 0.0]], "attention": [[0.5, 0.5], [0.1, 0.9]],
    }  # fmt: skip


def test_the_page_has_means_of_seeds_and_the_smoothed_row_its_own(tmp_path, monkeypatch):
    first, *_, full = rows_of("sru_attention")
    monkeypatch.setitem(remarks.REMARKS, ("sru_attention", first.name), "agrees.")
    some = [record(first, 1, 70.0), record(first, 2, 72.0), record(full, 1, 60.0)]
    made = document.write({each["key"]: each for each in some}, tmp_path)
    text = (tmp_path / "papers.md").read_text()
    lines = {line.split("|")[1].strip(): line for line in text.splitlines() if "|" in line}
    assert "71.0 ± 1.4" in lines[first.name] and "| 2 |" in lines[first.name]
    assert "59.0" in lines[full.name] and first.paper in lines[first.name]
    assert f"* **{first.name}**: agrees." in text
    assert "joint_gru" not in text, "a paper without a run has no table"
    assert all(path.stat().st_size > 0 for path in made) and len(made) == 3


def test_what_is_missing_needs_pairs(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "read_results", lambda: {})
    with pytest.raises(OneTakeError, match="--pairs"):
        command.run(argparse.Namespace(papers=[], pairs=None))


def test_a_page_needs_no_pairs_when_all_is_known(monkeypatch, tmp_path):
    known = {run.key: record(run.row, run.config.seed, 60.0) for run in runs(["sru_attention"])}
    monkeypatch.setattr(command, "read_results", lambda: known)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    assert command.run(argparse.Namespace(papers=["sru_attention"], pairs=None)) == 0
    assert (tmp_path / "docs" / "papers.md").exists()


def test_silhouettes_are_as_far_apart_as_they_were_moved():
    a, b = np.zeros((2, 256, 256), bool)
    a[100:140, 100] = True
    b[100:140, 110] = True
    assert silhouettes._apart(a, b) == pytest.approx(100)
    assert silhouettes._apart(a, a) == 0
    assert silhouettes._apart(a, np.zeros_like(a)) == 256**2
    json.dumps(silhouettes._apart(a, b))
