"""`convert` from within Blender: the backend's command with this Blender for the scenes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import bpy
import pytest
from onetake.addon import batch, command_line
from onetake.addon.backend_process.environment import Environment

from tests.blender.running import alive

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="shell scripts and POSIX signals")


@pytest.fixture
def backend(tmp_path, monkeypatch):
    """Makes this script the backend's Python, in a home that looks complete."""
    models = tmp_path / "home" / "models"
    models.mkdir(parents=True)
    for name in ("pose_detection.tflite", "pose_landmark_full.tflite", "body-1.npz"):
        (models / name).touch()
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))
    python = tmp_path / "python"

    def make(script: str) -> None:
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)

    make("exit 0")
    monkeypatch.setenv("ONETAKE_BACKEND_PYTHON", str(python))
    return make


def test_all_options_and_this_blender_reach_the_backend(backend, tmp_path, monkeypatch):
    told = tmp_path / "told"
    backend(f'printf "%s\\n" "$@" > {told}; env >> {told}; exit 7')
    monkeypatch.setenv("ONETAKE_BLENDER", "/somebody/elses")
    given = ["convert", "my clips", "--jobs", "2", "--fov=60", "--no-foot-lock"]
    before = signal.getsignal(signal.SIGINT)
    assert command_line.execute(given) == 7
    assert signal.getsignal(signal.SIGINT) is before
    lines = told.read_text().splitlines()
    assert lines[: 2 + len(given)] == ["-m", "backend", *given]
    expected = (
        f"ONETAKE_BLENDER={bpy.app.binary_path}"
        if bpy.app.binary_path
        else f"ONETAKE_BLENDER_PYTHON={sys.executable}"
    )
    assert [line for line in lines if line.startswith("ONETAKE_BLENDER")] == [expected]
    assert f"ONETAKE_HOME={tmp_path / 'home'}" in lines


def test_without_a_backend_it_says_how_to_get_one(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(batch, "current_environment", lambda: Environment(tmp_path / "none"))
    assert command_line.execute(["convert", "clips"]) == 1
    assert "blender --command onetake set-up" in capsys.readouterr().err


def test_as_a_script_it_ends_what_it_started(backend, tmp_path):
    told = tmp_path / "told"
    backend(f"sleep 60 & echo $$ $! > {told}.part; mv {told}.part {told}; wait")
    process = subprocess.Popen(
        [sys.executable, ROOT / "addon" / "headless_command.py", "convert", "clips"]
    )
    try:
        end = time.monotonic() + 60
        while not told.exists() and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143
    finally:
        process.kill()
        process.wait()
    assert not any(alive(int(pid)) for pid in told.read_text().split())
