"""Child processes that never outlive us, with an environment of their own."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Mapping, Sequence

# A command that is told to stop may tidy up for this long; Ctrl-C must end everything within 2 s.
GRACE_SECONDS = 1.5

ROOT = Path(__file__).resolve().parents[2]


class Stopped(BaseException):
    """A signal asked us to stop; `signum` says which."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


class _Hold:
    """Keeps a signal back while a child is being started, when nobody could end that child yet."""

    def __init__(self) -> None:
        self.on = False
        self.signum = 0

    def release(self) -> None:
        """Let signals through again; one that came in the meantime counts now."""
        self.on = False
        signum, self.signum = self.signum, 0
        if signum:
            raise Stopped(signum)


_hold = _Hold()


def raise_on_signals() -> None:
    """Turn Ctrl-C, SIGTERM and a closed terminal into Stopped.

    Ctrl-C is taken even where it was ignored (a shell does that to a job in the background), a
    closed terminal is not: that is nohup's wish.
    """

    def stop(signum: int, _frame: object) -> None:
        if _hold.on:
            _hold.signum = signum
        else:
            raise Stopped(signum)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signum = getattr(signal, name, None)
        if signum is None:
            continue
        if name == "SIGHUP" and signal.getsignal(signum) is signal.SIG_IGN:
            continue
        signal.signal(signum, stop)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment for a child: nothing that bends its Python or its libraries.

    PYTHONSAFEPATH keeps a `backend` folder or a `random.py` in the user's folder from being
    imported in place of ours.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("PYTHON")
        and name not in ("LD_LIBRARY_PATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    }
    return {**kept, "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1", **(extra or {})}


def _die_with_parent() -> None:
    """In a new child, on Linux: ends it where somebody ends us without a word.

    An installer that goes on alone would meet the next one in the same folder.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def _start(command: Sequence[str | Path], **options: object) -> subprocess.Popen:
    """A new child; the caller must call _hold.release() where it can end the child."""
    # On POSIX each child leads a session of its own, so that its whole family can be ended, and
    # a Ctrl-C in the terminal reaches it once: from us. On Windows the console tells everyone.
    _hold.on = True
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            start_new_session=os.name == "posix",
            preexec_fn=_die_with_parent if _prctl else None,
            **options,  # type: ignore[call-overload]
        )
    except BaseException:
        _hold.release()
        raise


def kill_family(child: subprocess.Popen) -> None:
    """End a child that leads a session of its own, and all that it started, without asking."""
    if os.name == "posix":
        _signal_family(child, signal.SIGKILL)
    elif child.poll() is None:
        subprocess.run(
            ["taskkill", "/T", "/F", "/PID", str(child.pid)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )


def _signal_family(child: subprocess.Popen, signum: int) -> None:
    # It may be gone already; of a zombie macOS says PermissionError.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signum)


def _end(child: subprocess.Popen) -> None:
    """Ask the child and its family to stop, then make them."""
    try:
        if os.name == "posix":
            # SIGINT whatever we were sent: Python commands tidy up on it.
            _signal_family(child, signal.SIGINT)
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        kill_family(child)
        child.wait()


def run(
    command: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdout: object = None,
    while_waiting: Callable[[], None] | None = None,
) -> int:
    """Run a command to its end and return its exit status, 128 + n when signal n ended it.

    while_waiting is called twice a second. stdout also takes the standard error when it is given.
    A Stopped (or any other exception) ends the child and all its children before it goes on.
    """
    child = _start(
        command,
        env=environment() if env is None else dict(env),
        cwd=cwd,
        stdout=stdout,
        stderr=None if stdout is None else subprocess.STDOUT,
        stdin=None if stdout is None else subprocess.DEVNULL,
    )
    # An endless wait cannot be interrupted on Windows.
    pause = 0.5 if while_waiting or os.name == "nt" else None
    try:
        _hold.release()
        while True:
            try:
                status = child.wait(pause)
                break
            except subprocess.TimeoutExpired:
                if while_waiting:
                    while_waiting()
    except BaseException:
        _end(child)
        raise
    return status if status >= 0 else 128 - status


def run_logged(
    command: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None
) -> int:
    """Run a command with its output appended to `log`; in a terminal its last line is shown."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        output.write(("\n$ " + " ".join(str(part) for part in command) + "\n").encode())
        output.flush()
        start = time.monotonic()
        show = _LastLine(log, start) if sys.stderr.isatty() else None
        try:
            return run(command, env, stdout=output, while_waiting=show)
        finally:
            if show:
                show.clear()


class _LastLine:
    """Shows the time and a log's last line in the terminal's current line."""

    WIDTH = 78

    def __init__(self, log: Path, start: float) -> None:
        self.log, self.start = log, start

    def __call__(self) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self.start), 60)
        text = f"      {minutes}:{seconds:02d}  {(tail(self.log, 1) or [''])[0].strip()}"
        sys.stderr.write("\r" + text[: self.WIDTH].ljust(self.WIDTH))
        sys.stderr.flush()

    def clear(self) -> None:
        sys.stderr.write("\r" + " " * self.WIDTH + "\r")
        sys.stderr.flush()


def tail(log: Path, lines: int) -> list[str]:
    """The last lines of a log that are not empty, at most `lines` of its last 8 kB."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        text = file.read().decode("utf-8", "replace").replace("\r", "\n")
    return [line for line in text.splitlines() if line.strip()][-lines:]
