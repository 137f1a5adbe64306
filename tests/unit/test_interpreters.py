"""Which Python the environments are made with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.bootstrap import interpreters
from backend.bootstrap.interpreters import Interpreter, NoVenv, ask, find
from backend.errors import OneTakeError

ROOT = Path(__file__).resolve().parents[2]
HERE = sys.version_info[:2]
BACKEND = ((3, 11), (3, 12), (3, 13), (3, 10))


def pythons(tmp_path, *versions, **properties):
    """A made-up machine: candidates() and ask() for Pythons of these versions."""
    found = {}
    for version in versions:
        path = tmp_path / "python{}.{}".format(*version)
        path.touch()
        told = {"bits": 64, "machine": "arm64", "free_threaded": False} | properties
        told = {"can_make_environments": True} | told
        found[path] = Interpreter(path=path, version=version, **told)
    return {"candidates": lambda version: list(found), "ask": found.get}


def test_prefers_the_python_that_serves_both_environments(tmp_path):
    machine = pythons(tmp_path, (3, 13), (3, 12), (3, 11), (3, 10))
    assert find(BACKEND, "OneTake", **machine).version == (3, 11)


def test_takes_what_there_is(tmp_path):
    machine = pythons(tmp_path, (3, 9), (3, 10), (3, 13), (3, 14))
    assert find(BACKEND, "OneTake", **machine).version == (3, 13)


@pytest.mark.parametrize("property", [{"bits": 32}, {"free_threaded": True}])
def test_leaves_out_pythons_that_no_wheel_fits(tmp_path, property):
    with pytest.raises(OneTakeError, match="64-bit"):
        find(BACKEND, "OneTake", **pythons(tmp_path, (3, 11), **property))


def test_leaves_out_an_emulated_python_on_a_mac(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    machine = pythons(tmp_path, (3, 11), machine="x86_64")
    with pytest.raises(OneTakeError):
        find(BACKEND, "OneTake", **machine)
    assert find(BACKEND, "OneTake", **pythons(tmp_path, (3, 11), machine="arm64"))


def test_says_what_to_install(tmp_path):
    with pytest.raises(OneTakeError) as error:
        find(((3, 11), (3, 13)), "Blender", **pythons(tmp_path, (3, 14), (3, 8)))
    assert error.value.code == "no_python"
    assert "3.11 or 3.13" in error.value.message
    assert "install Python 3.11" in error.value.message


def test_names_debians_package_when_only_venv_is_missing(tmp_path):
    machine = pythons(tmp_path, (3, 12), can_make_environments=False)
    with pytest.raises(NoVenv) as error:
        find(BACKEND, "OneTake", **machine)
    assert error.value.package == "python3.12-venv"
    assert "sudo apt-get install python3.12-venv" in error.value.message


def test_a_real_python_describes_itself():
    here = ask(Path(sys.executable))
    assert here.version == HERE
    assert here.usable and here.can_make_environments


@pytest.mark.skipif(os.name != "posix", reason="the stand-ins are shell scripts")
def test_walks_past_a_broken_python_on_the_path(tmp_path, monkeypatch):
    """A version manager's stand-in for a Python that is not active, before the real one."""
    name = "python{}.{}".format(*HERE)
    for folder, script in (
        ("a", "echo not active >&2; exit 127"),
        ("b", f'"{sys.executable}" "$@"'),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(
            f"#!/bin/sh\nexec {script}\n".replace("exec echo", "echo")
        )
        (tmp_path / folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'a'}:{tmp_path / 'b'}:{os.environ['PATH']}")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    asked = []

    def remember(path):
        asked.append(path)
        return ask(path)

    assert find([HERE], "OneTake", ask=remember).version == HERE
    assert asked[:2] == [tmp_path / "a" / name, tmp_path / "b" / name]


def test_candidates_cover_version_managers(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    for patch in ("3.12.9", "3.12.10"):
        (tmp_path / "versions" / patch / "bin").mkdir(parents=True)
        (tmp_path / "versions" / patch / "bin" / "python").touch()
    found = [path for path in interpreters.candidates((3, 12)) if tmp_path in path.parents]
    assert [path.parts[-3] for path in found] == ["3.12.10", "3.12.9"]


def test_starts_with_the_standard_library_alone():
    """-S: no site-packages, as on a user's machine before set-up."""
    command = [sys.executable, "-S", str(ROOT / "onetake.py")]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "convert [VIDEO ...]" in answer.stdout
