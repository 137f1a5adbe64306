"""Environments: named after their contents, resumed after a failure, made by one run at a time."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from backend.bootstrap import environments
from backend.bootstrap.environments import Recipe
from backend.errors import OneTakeError

ROOT = Path(__file__).resolve().parents[2]
HERE = tuple(sys.version_info[:2])

posix = pytest.mark.skipif(os.name != "posix", reason="shell scripts and POSIX signals")


@pytest.fixture
def requirements(tmp_path, monkeypatch):
    """A folder of requirement files of our own: pack.txt wants onetake_probe."""
    folder = tmp_path / "requirements"
    folder.mkdir()
    (folder / "pack.txt").write_text("# why\nonetake_probe==1.0\n")
    monkeypatch.setattr(environments, "REQUIREMENTS", folder)
    monkeypatch.setattr(environments, "RETRY_SECONDS", (0.0,))
    return folder


def recipe(**changes):
    return Recipe(**{"name": "pack", "pythons": (HERE,), "requirements": ("pack",)} | changes)


def write_wheel(folder, version="1.0"):
    folder.mkdir(exist_ok=True)
    info = f"onetake_probe-{version}.dist-info"
    path = folder / f"onetake_probe-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("onetake_probe.py", f"VERSION = {version!r}\n")
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: onetake_probe\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path


def test_name_follows_contents(tmp_path, requirements):
    before = recipe().folder(tmp_path, (3, 11))
    assert recipe().folder(tmp_path, (3, 12)) != before
    assert recipe(accelerator="cuda").folder(tmp_path, (3, 11)) != before
    (requirements / "pack.txt").write_text("# another why\n\nonetake_probe==1.0\n")
    assert recipe().folder(tmp_path, (3, 11)) == before
    (requirements / "pack.txt").write_text("onetake_probe==1.1\n")
    assert recipe().folder(tmp_path, (3, 11)) != before


def test_broken_download_is_resumed(tmp_path, requirements, monkeypatch):
    """Real venv, real pip: the wheel is cut short the first time, whole the second."""
    wheels = tmp_path / "wheels"
    wheel = write_wheel(wheels)
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[: len(whole) // 2])
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    log = tmp_path / "setup.log"

    def build():
        def install(python):
            arguments = ["-r", str(requirements / "pack.txt")]
            environments.install(python, "The pack", arguments, log)

        return environments.build(recipe(), tmp_path, Path(sys.executable), HERE, install, log)

    with pytest.raises(OneTakeError) as error:
        build()
    assert str(log) in error.value.message
    assert recipe().find(tmp_path) is None
    (partial,) = (tmp_path / "environments").iterdir()
    assert partial.name.endswith(".partial")
    (partial / "kept").touch()

    wheel.write_bytes(whole)
    python = build()
    assert recipe().find(tmp_path) == python
    assert not partial.exists()
    assert (python.parent.parent / "kept").exists()  # gone on with, not begun again
    # It still works under its final name, pip included.
    answer = subprocess.run(
        [str(python), "-c", "import onetake_probe, pip; print(onetake_probe.VERSION)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert answer.stdout.strip() == "1.0"


@posix
def test_a_blink_of_the_network_is_waited_out(tmp_path, requirements):
    """A pip that fails once: the same call goes on to success."""
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    tried = tmp_path / "tried"
    python.write_text(
        f'#!/bin/sh\necho "$@"\n[ -e "{tried}" ] && exit 0\ntouch "{tried}"\nexit 1\n'
    )
    python.chmod(0o755)
    log = tmp_path / "log"
    assert environments.pip(python, ["install", "x"], log)
    assert log.read_text().count("-m pip install x\n-m pip install x\n") == 2
    tried.unlink()
    assert not environments.pip(python, ["install", "x"], log, attempts=1)


@posix
def test_a_full_disk_is_said_at_once(tmp_path, requirements):
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho 'OSError: [Errno 28] No space left on device'\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(OneTakeError, match="the disk is full") as error:
        environments.install(python, "The pack", [], tmp_path / "log")
    assert error.value.code == "disk_full"
    assert (tmp_path / "log").read_text().count("$ ") == 1


def test_what_pip_was_killed_at_is_installed_again(tmp_path):
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in ("whole-1.0.dist-info", "half-1.0.dist-info"):
        (packages / name).mkdir(parents=True)
        (packages / name / "METADATA").touch()
    (packages / "whole-1.0.dist-info" / "INSTALLER").touch()
    environments._forget_half_installed(tmp_path)
    assert [path.name for path in packages.iterdir()] == ["whole-1.0.dist-info"]


def test_an_environment_whose_python_is_gone_is_not_found(tmp_path, requirements):
    python = environments.python_in(recipe().folder(tmp_path, HERE))
    python.parent.mkdir(parents=True)
    python.symlink_to(tmp_path / "removed")
    assert recipe().find(tmp_path) is None


@posix
def test_lock_is_waited_for_and_freed_by_death(tmp_path):
    path = tmp_path / "setup.lock"
    code = (
        "import sys, time; from pathlib import Path; from backend.bootstrap import environments\n"
        "with environments.lock(Path(sys.argv[1]), print):\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout.readline() == "held\n"
        said = []

        def kill_holder(line):
            said.append(line)
            holder.send_signal(signal.SIGKILL)

        start = time.monotonic()
        with environments.lock(path, kill_holder):
            pass
        assert len(said) == 1 and "waiting" in said[0]
        assert time.monotonic() - start < 10
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
