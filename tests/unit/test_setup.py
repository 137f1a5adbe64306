"""`onetake.py setup` as the add-on's button runs it: told in JSON, stopped by closing its input."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shell scripts stand for Pythons")


def start(home: Path, python: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, ROOT / "onetake.py", "setup", "--backend-only",
         "--python", python, "--progress", "json"],
        env={**os.environ, "ONETAKE_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip


def messages(process: subprocess.Popen):
    return (json.loads(line) for line in process.stdout if line.strip())


def stand_in(folder: Path, script: str) -> Path:
    python = folder / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return python


def install(home: Path, *names: str) -> Path:
    (home / "models").mkdir(parents=True)
    for name in names:
        (home / "models" / name).touch()
    return home


NETWORKS = ("pose_detection.tflite", "pose_landmark_full.tflite")


def test_where_all_is_there_the_result_comes_at_once(tmp_path):
    python = stand_in(tmp_path, "exit 1")
    with start(install(tmp_path / "home", *NETWORKS, "body-1.npz"), python) as process:
        assert list(messages(process)) == [{"result": {"python": str(python)}}]
        assert process.wait(20) == 0


def test_each_step_is_told_before_it_begins(tmp_path):
    python = stand_in(tmp_path, f'echo "$@" >> {tmp_path}/asked')
    with start(install(tmp_path / "home", *NETWORKS), python) as process:
        heard = list(messages(process))
        assert process.wait(20) == 0
    assert [m for m in heard if "stage" in m] == [{"stage": "Body", "done": 0, "total": 1}]
    assert heard[-1] == {"result": {"python": str(python)}}
    assert (tmp_path / "asked").read_text() == "-m backend make-body\n"


def test_a_failure_is_a_message(tmp_path):
    python = stand_in(tmp_path, 'echo "OSError: No space left on device"; exit 1')
    with start(install(tmp_path / "home", "body-1.npz"), python) as process:
        heard = list(messages(process))
        assert process.wait(20) == 1
    assert heard[-1]["code"] == "disk_full" and "the disk is full" in heard[-1]["error"]


def test_an_environment_that_is_not_there_is_a_message(tmp_path):
    with start(tmp_path / "home", tmp_path / "nowhere" / "python") as process:
        heard = list(messages(process))
    assert heard[-1]["code"] == "no_environment" and "nowhere" in heard[-1]["error"]


def test_it_ends_with_all_it_started_when_its_input_closes(tmp_path):
    python = stand_in(tmp_path, f"echo $$ > {tmp_path}/pid.new; mv {tmp_path}/pid.new "
                                f"{tmp_path}/pid; exec sleep 60")  # fmt: skip
    with start(install(tmp_path / "home", "body-1.npz"), python) as process:
        next(messages(process))
        end = time.monotonic() + 20
        while not (tmp_path / "pid").exists():
            assert time.monotonic() < end
            time.sleep(0.02)
        process.stdin.close()
        assert process.wait(20) == 130
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
