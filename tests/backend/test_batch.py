"""Batches: what is found, killed and resumed, kept, mirrored and told."""

import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from backend.batch.lock import NAME as LOCK
from tests.backend.process import ROOT, Watched
from tests.needs import skip_unless

skip_unless(Path("/proc/self/stat").exists(), "watches processes through /proc")

STAND_IN = ROOT / "tests" / "backend" / "stand_in_batch.py"
CLIPS, BAD, JOBS, SECONDS = 100, 10, 4, "0.05"


def batch(folder, out, home, *options, seconds=SECONDS) -> Watched:
    command = [sys.executable, STAND_IN, seconds, "convert", folder, "--output", out]
    command += ["--device", "cpu", "--max-memory", "16GB", *options]
    return Watched(command, {"ONETAKE_HOME": str(home), "TERM": "dumb"}, ROOT)


@pytest.fixture
def folder(tmp_path) -> Path:
    """CLIPS stand-ins in four folders that share their names, BAD of them bad."""
    root = tmp_path / "clips"
    bad = set(random.Random(5).sample(range(CLIPS), BAD))
    for k in range(CLIPS):
        day = root / f"day{k % 4}" / "take one"
        day.mkdir(parents=True, exist_ok=True)
        (day / f"clip{k // 4:02d}.mp4").write_text("bad" if k in bad else "good")
    return root


def results(out: Path) -> dict[str, int]:
    """Every file below the folder but reports and lock, with the time that it was written at."""
    found = {}
    for path in out.rglob("*"):
        # Of a batch that was killed, workers may still be putting names right.
        with suppress(FileNotFoundError):
            if path.is_file() and path.name not in ("report.html", "report.json", LOCK):
                found[path.relative_to(out).as_posix()] = path.stat().st_mtime_ns
    return found


def finished(out: Path) -> dict[str, int]:
    return {name: when for name, when in results(out).items() if name.endswith(".quality.json")}


def test_killed_three_times_and_resumed(folder, tmp_path):
    out, home, chance = tmp_path / "out", tmp_path / "home", random.Random(7)
    before: dict[str, int] = {}
    for signum, to_all in (
        (signal.SIGKILL, True),
        (signal.SIGTERM, False),
        (signal.SIGKILL, False),  # its workers have to notice by themselves
    ):
        with batch(folder, out, home, "--jobs", str(JOBS)) as process:
            enough = len(before) + chance.randint(8, 25)
            end = time.monotonic() + 120
            while len(finished(out)) < enough and time.monotonic() < end:
                time.sleep(chance.uniform(0.001, 0.02))
            process.send(signum, to_all)
            process.ended(10)
        assert before.items() <= finished(out).items(), "a result was made twice"
        assert enough <= len(finished(out)) < CLIPS - BAD, "the kill came too late"
        before = finished(out)
    with batch(folder, out, home, "--jobs", str(JOBS)) as process:
        assert process.ended(240) == 1, process.shown
    assert before.items() <= finished(out).items(), "a result was made twice"

    good = [path for path in folder.rglob("*.mp4") if path.read_text() == "good"]
    expected = {
        str((path.parent / path.stem).relative_to(folder)) + suffix
        for path in good
        for suffix in (".take.npz", ".blend", ".quality.json")
    }
    assert set(results(out)) == expected, "one of each, and no half file"
    for path in good:
        lines = (out / path.relative_to(folder)).with_suffix(".blend").read_text().splitlines()
        assert lines == [f"{path} {step}" for step in range(4)]

    report = json.loads((out / "report.json").read_text())
    assert report["counts"] == {
        "failed": BAD, "redo": 0, "check": 0, "good": CLIPS - BAD, "waiting": 0,
    }  # fmt: skip
    assert len({clip["name"] for clip in report["clips"]}) == CLIPS
    failures = [clip for clip in report["clips"] if clip["state"] == "failed"]
    assert all("Nobody was found" in clip["error"] for clip in failures)
    assert {clip["name"] for clip in failures} == {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.mp4")
        if path.read_text() == "bad"
    }
    page = (out / "report.html").read_text()
    assert page.count("<article") == CLIPS and page.count('<article class="failed"') == BAD
    assert not list(out.rglob(LOCK)) and not list(out.rglob(".*")), "nothing hidden is left"
    kept = [clip for clip in report["clips"] if clip["state"] == "unchanged"]
    assert len(kept) == len(before)


def test_only_what_changed_is_done_again(tmp_path):
    folder, out, home = tmp_path / "clips", tmp_path / "out", tmp_path / "home"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.mp4").write_text("good")

    def run(*options):
        with batch(folder, out, home, *options) as process:
            assert process.ended() == 0, process.shown
        return finished(out)

    first = run()
    assert run("--jobs", "2", "--max-memory", "9GB", "--device", "auto") == first
    os.utime(folder / "b.mp4", (1, 1))
    (out / "c.blend").unlink()
    second = run()
    assert {name for name in first if first[name] != second[name]} == {
        "b.quality.json",
        "c.quality.json",
    }
    preset = tmp_path / "mine.json"
    preset.write_text("{}")
    third = run("--smoothing", str(preset))
    assert not set(third.values()) & set(second.values()), "other options, other results"
    assert run("--smoothing", str(preset)) == third
    preset.write_text('{"beta": 1}')
    assert not set(run("--smoothing", str(preset)).values()) & set(third.values())


def test_a_second_batch_on_one_folder_is_refused(tmp_path, monkeypatch):
    folder, out, home = tmp_path / "clips", tmp_path / "out", tmp_path / "home"
    folder.mkdir()
    for name in "abcdefgh":
        (folder / f"{name}.mp4").write_text("good")
    with batch(folder, out, home, "--jobs", "1", seconds="2") as first:
        first.until("8 clips")
        with batch(folder, out, home) as second:
            assert second.ended(40) == 1
            assert "Another batch is at work" in second.shown
        first.send(signal.SIGTERM)
        assert first.ended(5) == 143
    assert not [name for name in results(out) if "/." in f"/{name}"]


def test_more_memory_than_allowed_ends_in_a_sentence(tmp_path):
    folder, out = tmp_path / "clips", tmp_path / "out"
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.mp4").write_text("good")
    with batch(folder, out, tmp_path / "home", "--max-memory", "3M", seconds="20") as process:
        assert process.ended(60) == 1
    assert process.shown.count("needs more than the 0.0 GB that --max-memory allows") == 2
    assert not results(out)
