"""Virtual environments named after what is in them, built aside and renamed when complete."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Sequence

from ..errors import OneTakeError
from .processes import ROOT, environment, run_logged, tail

REQUIREMENTS = ROOT / "requirements"

# In pip's words.
_UNREACHABLE = ("NewConnectionError", "ConnectTimeout", "NameResolution", "ProxyError", "SSLError")

# Waits between attempts at a download: a network that blinks is back by then.
RETRY_SECONDS = (2.0, 8.0)


@dataclass(frozen=True)
class Recipe:
    """What an environment is made of.

    requirements: names of files in requirements/, without ".txt". pythons: the versions it can be
    made with, best first. accelerator: which build of PyTorch it holds, if any.
    """

    name: str
    pythons: tuple[tuple[int, int], ...]
    requirements: tuple[str, ...]
    accelerator: str = ""

    def folder(self, home: Path, python: tuple[int, int]) -> Path:
        """Where it lies when made with this Python: other contents, another folder."""
        machine = f"{sys.platform} {platform.machine()}"
        made_of = f"{python} {machine} {self.accelerator} {digest(self.requirements)}"
        key = hashlib.sha256(made_of.encode()).hexdigest()[:12]
        return home / "environments" / f"{self.name}-{key}"

    def find(self, home: Path) -> Path | None:
        """The Python of this environment when it is complete, else None."""
        for version in self.pythons:
            python = python_in(self.folder(home, version))
            # A link that leads nowhere: the Python it was made with was removed.
            if python.exists():
                return python
        return None


def requirement_lines(name: str) -> list[str]:
    """The pins of requirements/<name>.txt, without comments and empty lines."""
    text = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


def pinned(name: str, package: str) -> str:
    """The line of requirements/<name>.txt that pins this package, "package==version"."""
    return next(line for line in requirement_lines(name) if line.startswith(package + "=="))


def digest(names: Sequence[str]) -> str:
    """A hash of what these requirement files ask for; their comments do not count."""
    lines = "\n".join(line for name in names for line in requirement_lines(name))
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def python_in(folder: Path) -> Path:
    """The Python of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def build(
    recipe: Recipe,
    home: Path,
    interpreter: Path,
    version: tuple[int, int],
    install: Callable[[Path], None],
    log: Path,
) -> Path:
    """Make the environment, or finish one that was begun, and return its Python.

    install(python) puts the packages in; when it raises, what is there already stays for the next
    run. The caller holds the lock.
    """
    folder = recipe.folder(home, version)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(folder, ignore_errors=True)
    python = python_in(partial)
    if not python.exists() or run_logged([python, "-c", "import pip"], log) != 0:
        shutil.rmtree(partial, ignore_errors=True)
        partial.parent.mkdir(parents=True, exist_ok=True)
        if run_logged([interpreter, "-m", "venv", partial], log) != 0:
            raise failure(log, f"{interpreter} could not make an environment")
    _forget_half_installed(partial)
    install(python)
    shutil.rmtree(partial / "tmp", ignore_errors=True)
    _rename(partial, folder)
    return python_in(folder)


def _forget_half_installed(folder: Path) -> None:
    """Let pip install again what it was installing when it was killed.

    pip writes INSTALLER after a package's files: where it is missing, files may be missing too,
    but pip would take the package for installed.
    """
    for info in folder.glob("[Ll]ib*/**/site-packages/*.dist-info"):
        if not (info / "INSTALLER").exists():
            shutil.rmtree(info)


def _rename(source: Path, target: Path) -> None:
    # On Windows a virus scanner may hold a new file open for a moment.
    for _ in range(10 if os.name == "nt" else 0):
        try:
            return os.rename(source, target)
        except PermissionError:
            time.sleep(1)
    os.rename(source, target)


def pip(python: Path, arguments: Sequence[str | Path], log: Path, attempts: int = 3) -> bool:
    """Run pip with these arguments; False when it failed `attempts` times.

    Complete downloads are in pip's cache and installed packages in the environment, so that a new
    attempt goes on where the last one broke off.
    """
    temporary = python.parent.parent / "tmp"  # /tmp is often small and in memory
    temporary.mkdir(exist_ok=True)
    settings = {
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_USER": "0",
        "TMPDIR": str(temporary),
    }
    command = [python, "-m", "pip", *arguments]
    try:
        for attempt in range(attempts):
            if run_logged(command, log, environment(settings)) == 0:
                return True
            if attempt + 1 < attempts and _worth_another_try(log):
                time.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
            else:
                break
        return False
    finally:
        with suppress(OSError):  # a killed pip leaves something in it
            temporary.rmdir()


def install(python: Path, what: str, arguments: Sequence[str | Path], log: Path) -> None:
    """`pip install` ready-made wheels only; raises OneTakeError with a sentence about `what`.

    Byte-compiling everything doubles the time; Python compiles the modules that are used.
    """
    command = ["install", "--only-binary", ":all:", "--no-compile", *arguments]
    if not pip(python, command, log):
        raise failure(log, f"{what} could not be installed")


def _worth_another_try(log: Path) -> bool:
    return "No space left on device" not in "\n".join(tail(log, 40))


def failure(log: Path, sentence: str) -> OneTakeError:
    """What the end of the log says, in a sentence."""
    text = "\n".join(tail(log, 40))
    code, problem = "setup_failed", sentence
    if "No space left on device" in text:
        code, problem = "disk_full", f"{sentence}: the disk is full"
    elif any(sign in text for sign in _UNREACHABLE):
        code, problem = "no_network", f"{sentence}: the network cannot be reached"
    return OneTakeError(
        code, f"{problem}. Start it again to go on from here; details are in {log}."
    )


@contextmanager
def lock(path: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock file at `path`, waiting for whoever has it. The system frees it if we die."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        told = False
        while not try_lock(file.fileno()):
            if not told:
                say("Another OneTake is setting up; waiting for it.")
                told = True
            time.sleep(0.5)
        yield


if sys.platform == "win32":
    import msvcrt

    def try_lock(descriptor: int) -> bool:
        """Lock an open file for as long as it stays open; False where somebody else has it."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def try_lock(descriptor: int) -> bool:
        """Lock an open file for as long as it stays open; False where somebody else has it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
