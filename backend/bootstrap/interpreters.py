"""Finds a Python of a wanted version on the user's machine and makes sure that it works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Iterator

from ..errors import OneTakeError
from .processes import environment

Version = tuple  # (major, minor)

# Printed by a candidate about itself. ensurepip is what Debian leaves out of its Python.
_QUESTION = """
import json, platform, sys, sysconfig
def has(name):
    try:
        __import__(name)
    except Exception:
        return False
    return True
print(json.dumps({
    "path": sys.executable,
    "version": list(sys.version_info[:2]),
    "bits": 64 if sys.maxsize > 2**32 else 32,
    "machine": platform.machine().lower(),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "can_make_environments": has("venv") and has("ensurepip"),
}))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python that ran. can_make_environments: it has venv and ensurepip."""

    path: Path
    version: Version
    bits: int
    machine: str
    free_threaded: bool
    can_make_environments: bool

    @property
    def usable(self) -> bool:
        """Whether wheels for it exist: 64 bits, an ordinary build, and not emulated on a Mac."""
        emulated = sys.platform == "darwin" and self.machine != "arm64"
        return self.bits == 64 and not self.free_threaded and not emulated


def ask(path: Path) -> Interpreter | None:
    """Run the Python at `path` and let it describe itself; None when it does not work."""
    try:
        answer = subprocess.run(
            [str(path), "-I", "-c", _QUESTION],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
            check=True,
        )
        told = json.loads(answer.stdout)
        told["path"], told["version"] = Path(told["path"]), tuple(told["version"])
        return Interpreter(**told)
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None


def candidates(version: Version) -> Iterator[Path]:
    """Where a Python of this version may lie, likeliest first; a path may lead nowhere."""
    if sys.version_info[:2] == version:
        yield Path(sys.executable)
    dotted = f"{version[0]}.{version[1]}"
    folders = [Path(folder) for folder in os.get_exec_path()]
    if sys.platform == "win32":
        yield from _windows_candidates(version)
        yield from (folder / "python.exe" for folder in folders)
        return
    yield from (folder / f"python{dotted}" for folder in folders)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from _newest_first(pyenv / "versions", f"{dotted}.*/bin/python")
    uv = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "uv" / "python"
    yield from _newest_first(uv, f"cpython-{dotted}.*/bin/python{dotted}")
    for place in (
        f"/opt/homebrew/opt/python@{dotted}/bin",
        f"/Library/Frameworks/Python.framework/Versions/{dotted}/bin",
        "/usr/local/bin",
        "/usr/bin",
    ):
        yield Path(place) / f"python{dotted}"
    yield from (folder / name for name in ("python3", "python") for folder in folders)


def _windows_candidates(version: Version) -> Iterator[Path]:
    dotted, joined = f"{version[0]}.{version[1]}", f"{version[0]}{version[1]}"
    launcher = _launcher_path(dotted)
    if launcher:
        yield launcher
    for variable, below in (
        ("LOCALAPPDATA", f"Programs/Python/Python{joined}"),
        ("ProgramFiles", f"Python{joined}"),
        ("SystemDrive", f"/Python{joined}"),
    ):
        if os.environ.get(variable):
            yield Path(os.environ[variable] + "/" + below.lstrip("/")) / "python.exe"
    yield from _newest_first(
        Path.home() / ".pyenv" / "pyenv-win" / "versions", f"{dotted}.*/python.exe"
    )


def _launcher_path(dotted: str) -> Path | None:
    """What Windows' `py` launcher starts for this version."""
    try:
        answer = subprocess.run(
            ["py", f"-{dotted}", "-c", "import sys; print(sys.executable)"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return Path(answer.stdout.decode("utf-8", "replace").strip())


def _newest_first(folder: Path, pattern: str) -> list[Path]:
    def patch_number(path: Path) -> tuple[int, ...]:
        below = path.relative_to(folder).parts[0]
        return tuple(int(part) for part in below.replace("-", ".").split(".") if part.isdigit())

    return sorted(folder.glob(pattern), key=patch_number, reverse=True)


def find(
    versions: Iterable[Version],
    purpose: str,
    candidates: Callable[[Version], Iterable[Path]] = candidates,
    ask: Callable[[Path], Interpreter | None] = ask,
) -> Interpreter:
    """The first Python that works and has one of these versions, in the order given.

    purpose ends the sentence "… is needed for". Raises OneTakeError("no_python") saying what to
    install, or NoVenv when the only fitting Python lacks Debian's python3-venv package.
    """
    versions = list(versions)
    asked: dict[Path, Interpreter | None] = {}
    without_venv: Interpreter | None = None
    for version in versions:
        for path in candidates(version):
            if not path.is_file():
                continue
            if path not in asked:
                asked[path] = ask(path)
            found = asked[path]
            if found is None or found.version != version or not found.usable:
                continue
            if found.can_make_environments:
                return found
            without_venv = without_venv or found
    if without_venv:
        raise NoVenv(without_venv)
    names = " or ".join(f"{major}.{minor}" for major, minor in versions)
    raise OneTakeError(
        "no_python",
        f"Python {names} (64-bit) is needed for {purpose} and was not found: install Python "
        f"{versions[0][0]}.{versions[0][1]} and start again.",
    )


class NoVenv(OneTakeError):
    """A fitting Python that cannot make environments; `package` is what Debian calls the rest."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.package = "python{}.{}-venv".format(*interpreter.version)
        super().__init__(
            "no_venv",
            f"{interpreter.path} fits but cannot make environments: install its venv and "
            f"ensurepip modules (on Debian and Ubuntu: sudo apt-get install {self.package}).",
        )
