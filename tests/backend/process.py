"""The backend as a process of its own, watched through a terminal."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BACKEND = (sys.executable, "-m", "backend")


class Watched:
    """A command that leads a group of its own and has a terminal as its standard error.

    A context manager that leaves none of its processes behind.
    """

    def __init__(self, command: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> None:
        self.shown = ""  # on the terminal so far
        self._terminal, theirs = os.openpty()
        self._process = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def until(self, text: str, seconds: float = 60) -> None:
        """Wait for a text on the terminal."""
        self._watch(lambda: text in self.shown, seconds)
        assert text in self.shown, self.shown

    def writes_to(self) -> str:
        """Where its descriptor 2 leads."""
        return os.readlink(f"/proc/{self._process.pid}/fd/2")

    def send(self, signum: int, to_all: bool = True) -> None:
        """A signal to all processes of the group, as a terminal does, or to the first alone."""
        (os.killpg if to_all else os.kill)(self._process.pid, signum)

    def ended(self, seconds: float = 60) -> int:
        """Its exit status, once it and all that it started have ended."""
        family = self.family()

        def alive() -> list[str]:
            return [what for pid, what in {**family, **self.family()}.items() if running(pid)]

        self._watch(lambda: self._process.poll() is not None and not alive(), seconds)
        assert self._process.poll() is not None, f"it has not ended: {self.shown}"
        assert not alive(), f"these have not ended: {alive()}"
        return self._process.returncode

    def family(self) -> dict[int, str]:
        """Process ids and command lines of its descendants and itself."""
        parents, found = {}, {}
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has just ended
                parents[int(process.name)] = int(_stat(process)[1])
        mine = {self._process.pid}
        while more := {pid for pid, parent in parents.items() if parent in mine} - mine:
            mine |= more
        for pid in mine:
            with suppress(OSError):
                found[pid] = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        return found

    def _watch(self, done: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not done() and time.monotonic() < end:
            if select.select([self._terminal], [], [], 0.01)[0]:
                try:
                    self.shown += os.read(self._terminal, 65536).decode(errors="replace")
                except OSError:  # nobody has the terminal open any more
                    time.sleep(0.01)

    def __enter__(self) -> "Watched":
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self.family():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._terminal)


def running(pid: int) -> bool:
    """Whether a process has not ended; one that nobody has waited for yet has."""
    try:
        return _stat(Path(f"/proc/{pid}"))[0] != "Z"
    except OSError:
        return False


def _stat(process: Path) -> list[str]:
    """State, parent ... of a process: what follows its name, which may hold anything."""
    return (process / "stat").read_text().rsplit(")", 1)[1].split()
