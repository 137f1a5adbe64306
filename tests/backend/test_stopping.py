"""Ctrl-C, kills and a Blender that fails: everything ends, and what was there stays."""

import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend import blender_process, cli
from backend.bootstrap import installation
from backend.motion.take import Take
from backend.video import probe
from tests.backend.conftest import FRAMES
from tests.backend.process import BACKEND, ROOT, Watched
from tests.needs import skip_unless

reader = importlib.import_module("backend.video.reader")
skip_unless(Path("/proc/self/stat").exists(), "watches processes through /proc")

SECONDS = 2.0  # in which everything must have ended
RESULTS = ["person.blend", "person.fbx", "person.preview.mp4", "person.take.npz"]

# What the terminal shows when each stage has begun. The first is the command's first sign of life.
STAGES = {
    "loading": "person.mp4",
    "people": "finding people: ",
    "fit": "fitting person 1: ",
    "preview": "drawing the preview: ",
    "blender": "Blender, steps done: 1 of 3",
}


@pytest.fixture(scope="module")
def late_blender(blender, tmp_path_factory) -> str:
    """Blender, still at work when the preview of a short clip is done."""
    script = tmp_path_factory.mktemp("blender") / "python"
    script.write_text(f'#!/bin/sh\nsleep 1.5\nexec "{blender}" "$@"\n')
    script.chmod(0o755)
    return str(script)


@pytest.fixture(scope="module")
def earlier(own_home, person, blender, tmp_path_factory) -> Path:
    """The results of an earlier conversion."""
    folder = tmp_path_factory.mktemp("earlier") / "out"
    with Watched(command(person, folder), env(own_home, blender), ROOT) as process:
        assert process.ended() == 0, process.shown
    assert sorted(os.listdir(folder)) == RESULTS
    return folder


@pytest.fixture
def out(earlier, tmp_path) -> Path:
    """A folder with results of an earlier conversion."""
    return Path(shutil.copytree(earlier, tmp_path / "out"))


def command(video: Path, out: Path, *options: str) -> list[str | Path]:
    return [*BACKEND, "convert", video, "--output", out, *options]


def env(home: Path, blender: str = "") -> dict[str, str]:
    return {"ONETAKE_HOME": str(home), "ONETAKE_BLENDER_PYTHON": blender}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def unfinished(home: Path) -> list[Path]:
    """Stages in the cache that somebody is at work on."""
    return list(home.glob("jobs/*/.*"))


fresh = iter(range(1, 1000))


def never_done() -> tuple[str, str]:
    """Options for which no stage lies in the cache: the clip to a hair after its last frame."""
    return "--end", f"{2 + 0.001 * next(fresh)}"


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    ("signum", "to_all"), [(signal.SIGINT, True), (signal.SIGTERM, False)], ids=["ctrl-c", "term"]
)
def test_a_signal_ends_everything_and_leaves_what_was(
    own_home, person, late_blender, earlier, out, stage, signum, to_all
):
    with Watched(command(person, out, *never_done()), env(own_home, late_blender), ROOT) as process:
        process.until(STAGES[stage])
        process.send(signum, to_all)
        status = process.ended(SECONDS)
    assert status == 128 + signum
    assert contents(out) == contents(earlier)
    assert not unfinished(own_home)
    assert "Error" not in process.shown and "Traceback" not in process.shown


def test_a_signal_while_libraries_are_loaded(own_home, person, out, earlier):
    with Watched(command(person, out, *never_done()), env(own_home), ROOT) as process:
        while not process.writes_to().endswith("onetake.log"):  # the backend's first act
            time.sleep(0.005)
        process.send(signal.SIGINT)
        assert process.ended(SECONDS) == 130
    assert contents(out) == contents(earlier)
    assert process.shown == ""


# Under -m CPython ends by SIGINT where a KeyboardInterrupt, even a caught one, left the code of a
# string.
IN_A_STRING = """
import os, sys
from backend import __main__ as backend, cli
cli.run = lambda _: exec(f"os.kill(os.getpid(), {sys.argv[1]}); import time; time.sleep(9)")
sys.exit(backend.main())
"""


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_code_of_a_string_has_the_same_status(tmp_path, signum):
    (tmp_path / "stopped.py").write_text(IN_A_STRING)
    path = os.pathsep.join([str(ROOT), str(tmp_path)])
    environment = {**os.environ, "PYTHONPATH": path, "ONETAKE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "stopped", str(int(signum))]
    done = subprocess.run(command, env=environment, check=False)
    assert done.returncode == 128 + signum


@pytest.mark.parametrize("stage", ["people", "preview", "blender"])
def test_ctrl_c_at_the_front_door(own_home, person, late_blender, earlier, out, stage, tmp_path):
    """onetake.py alone gets the signal; it, the backend and Blender end."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(own_home / "models")
    for recipe, python in (
        (installation.backend_recipe(), sys.executable),
        (installation.BLENDER_LTS, late_blender),
    ):
        stand_in = recipe.folder(home, recipe.pythons[0]) / "bin" / "python"
        stand_in.parent.mkdir(parents=True)
        stand_in.write_text(f'#!/bin/sh\nexec "{python}" "$@"\n')
        stand_in.chmod(0o755)
    front = [sys.executable, ROOT / "onetake.py", "convert", person, "--output", out]
    with Watched(front, {"ONETAKE_HOME": str(home)}, tmp_path) as process:
        process.until(STAGES[stage])
        children = process.family()
        assert len(children) >= (3 if stage in ("preview", "blender") else 2), children
        process.send(signal.SIGINT, to_all=False)
        assert process.ended(SECONDS) == 130
    assert process.shown.endswith("Stopped.\r\n") and "Traceback" not in process.shown
    assert contents(out) == contents(earlier)


def test_killed_and_run_again(own_home, person, late_blender, earlier, out):
    """A kill leaves no time to tidy up: Blender ends by itself, the next run does the rest."""
    options = never_done()
    with Watched(command(person, out, *options), env(own_home, late_blender), ROOT) as process:
        process.until(STAGES["preview"])
        process.send(signal.SIGKILL, to_all=False)
        process.ended(10)
    left = contents(out)
    assert {name: left.pop(name) for name in RESULTS} == contents(earlier)
    assert left, "the kill came too late to test anything"
    assert not [name for name in left if name.endswith((".blend", ".fbx"))], "Blender went on"
    with Watched(command(person, out, *options), env(own_home, late_blender), ROOT) as process:
        assert process.ended() == 0
    assert sorted(os.listdir(out)) == RESULTS
    assert "finding people" not in process.shown and "fitting" not in process.shown, "resumed"


def test_stopped_in_the_fit_and_run_again(own_home, person, tmp_path):
    options = ["estimate", person, "--output", tmp_path / "out", *never_done()]
    with Watched([*BACKEND, *options], env(own_home), ROOT) as process:
        process.until(STAGES["fit"])
        process.send(signal.SIGINT)
        process.ended(SECONDS)
    assert not (tmp_path / "out").exists(), "a folder made for nothing"
    with Watched([*BACKEND, *options], env(own_home), ROOT) as process:
        assert process.ended() == 0
    assert "finding people" not in process.shown and "fitting" in process.shown


def test_two_at_once_on_one_video(own_home, person, tmp_path):
    options = never_done()
    both = [
        subprocess.Popen(
            [*BACKEND, "estimate", str(person), "--output", str(tmp_path / name), *options],
            env={**os.environ, "PYTHONPATH": str(ROOT), **env(own_home)},
            stderr=subprocess.DEVNULL,
        )
        for name in ("a", "b")
    ]
    assert [process.wait(60) for process in both] == [0, 0]
    takes = [Take.load(tmp_path / name / "person.take.npz") for name in ("a", "b")]
    assert (takes[0].poses == takes[1].poses).all()
    assert not unfinished(own_home)


def test_a_reader_that_is_still_on_its_way_to_the_start_ends_at_once(person, monkeypatch):
    """Decoding from the last key frame before --start can take longer than Ctrl-C may."""
    decode = reader.decode
    monkeypatch.setattr(reader, "decode", lambda packet: (time.sleep(0.2), decode(packet))[1])
    frames = reader.frames(probe(person), 0.9)
    time.sleep(0.3)
    start = time.monotonic()
    frames.close()
    assert time.monotonic() - start < 0.5


# A Blender that is none: what it does, and the words of the one sentence about it.
BLENDERS = {
    "missing": (None, "cannot be started"),
    "no program": ("", "cannot be started"),
    "nothing done": ("#!/bin/sh\ncat > /dev/null & exit 0", "ended with status 0"),
    "failing": ("#!/bin/sh\necho boom; exit 3", "ended with status 3"),
    "crashing": ("#!/bin/sh\necho boom; kill -SEGV $$", "ended with SIGSEGV"),
    "hanging": ("#!/bin/sh\nexec sleep 60", "did nothing for"),
    "deaf": ("#!/bin/sh\ntrap '' INT TERM\necho boom; exec sleep 60", "did nothing for"),
}


@pytest.mark.parametrize("kind", BLENDERS)
def test_a_blender_that_fails_is_one_sentence(
    own_home, person, earlier, out, kind, tmp_path, monkeypatch, capsys
):
    script, words = BLENDERS[kind]
    program = tmp_path / "blender"
    if script is not None:
        program.write_text(script)
        program.chmod(0o755 if script else 0o644)
    monkeypatch.setattr(blender_process, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(blender_process, "PATIENCE_SECONDS_PER_FRAME", 0)
    monkeypatch.setenv("ONETAKE_HOME", str(own_home))
    monkeypatch.setenv("ONETAKE_BLENDER", str(program))
    records = []
    monkeypatch.setattr(blender_process.logging, "error", lambda *told: records.append(told))
    assert cli.run(["convert", str(person), "--output", str(out)]) == 1
    err = capsys.readouterr().err
    if "ended" in words:
        assert f"preview: {FRAMES}" not in err, "the rest of the preview is not waited for"
    (sentence,) = [line for line in err.splitlines() if line.startswith("Error: ")]
    assert words in sentence and "Traceback" not in err
    if "boom" in (script or ""):
        assert "boom" in records[0][-1], "Blender's last words are in the log"
    assert contents(out) == contents(earlier)


def test_no_blender_at_all_is_one_sentence(own_home, person, out, earlier, monkeypatch, capsys):
    monkeypatch.setenv("ONETAKE_HOME", str(own_home))
    for name in ("ONETAKE_BLENDER", "ONETAKE_BLENDER_PYTHON"):
        monkeypatch.delenv(name, raising=False)
    assert cli.run(["convert", str(person), "--output", str(out)]) == 1
    assert "No Blender is set up" in capsys.readouterr().err
    assert contents(out) == contents(earlier)
