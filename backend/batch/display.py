"""A batch as it goes on: a table that is drawn anew on a terminal, plain lines in a log."""

import os
import shutil
import sys
import time

from ..json_progress import JsonProgress
from ..terminal import span, write
from .outcome import FAILED, KEPT, Outcome
from .pool import Pool
from .worker import Worker

_REDRAW = 0.25  # seconds
_BAR = 12  # characters
_NAME = 30


class Progress:
    """Counts outcomes, and tells how long the rest will take.

    sizes: bytes of the videos to be converted; what is already done is not among them.
    """

    def __init__(self, total: int, kept: int, sizes: int) -> None:
        self.total, self.kept, self.failed, self.ended = total, kept, 0, kept
        self._left, self._bytes, self._seconds = sizes, 0, 0.0

    def add(self, outcome: Outcome) -> None:
        """A clip has ended."""
        self.ended += 1
        self.failed += outcome.state == FAILED
        self._left -= outcome.clip.size
        if outcome.state != FAILED:  # what fails, fails sooner
            self._bytes += outcome.clip.size
            self._seconds += outcome.seconds

    def seconds_left(self, running: float, jobs: int) -> float | None:
        """Of all, by the size of the videos; running: seconds that those at work have had."""
        if not self._bytes:
            return None
        work = self._left * self._seconds / self._bytes
        return max(0.0, work - running) / max(1, jobs)


class Lines:
    """A line for each clip: in a log, and over the table."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def ended(self, outcome: Outcome) -> None:
        """A clip has ended."""
        done = self._progress
        write(f"[{done.ended}/{done.total}] {described(outcome)}\n")

    def tick(self, pool: Pool) -> None:
        """Nothing moves here."""

    def say(self, text: str) -> None:
        """A line of its own."""
        write(text + "\n")

    def close(self) -> None:
        """Nothing is open here."""


class Table(Lines):
    """What runs, redrawn in place below the lines."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(progress)
        self._shown = 0  # lines of the table on the terminal
        self._last = 0.0

    def ended(self, outcome: Outcome) -> None:
        """A clip has ended."""
        self._erase()
        super().ended(outcome)
        self._last = 0.0

    def tick(self, pool: Pool) -> None:
        """Draw what runs."""
        if time.monotonic() - self._last < _REDRAW:
            return
        self._last = time.monotonic()
        size = shutil.get_terminal_size()
        lines = [row(worker) for worker in pool.running[: max(1, size.lines - 4)]]
        lines = [*lines, summary(self._progress, pool)]
        # A line that wraps could not be drawn over.
        text = "".join(line[: size.columns - 1] + "\n" for line in lines)
        self._erase()
        write(text)
        self._shown = len(lines)

    def say(self, text: str) -> None:
        """A line of its own."""
        self._erase()
        super().say(text)

    def close(self) -> None:
        """Take the table away."""
        self._erase()

    def _erase(self) -> None:
        if self._shown:
            write(f"\x1b[{self._shown}F\x1b[J")
            self._shown = 0


class Messages(Lines):
    """For a program that started us."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(progress)
        self._messages = JsonProgress()

    def ended(self, outcome: Outcome) -> None:
        """A clip has ended."""
        if outcome.state == FAILED:
            self._messages.failed(f"{outcome.clip.name}: {outcome.error}", outcome.code)
        else:
            self._messages.say(described(outcome))

    def tick(self, pool: Pool) -> None:
        """How many have ended."""
        self._messages.progress("converting clips", self._progress.ended, self._progress.total)

    def say(self, text: str) -> None:
        """A line of its own."""
        self._messages.say(text)


def display(kind: str, progress: Progress) -> Lines:
    """Where a batch is shown. kind: text or json."""
    if kind == "json":
        return Messages(progress)
    return Table(progress) if _redraws() else Lines(progress)


def described(outcome: Outcome) -> str:
    """A clip's end in a line."""
    name, record = outcome.clip.name, outcome.record
    if record is None:
        return f"{name}: Error: {outcome.error}"
    people = len(record["people"])
    text = (
        f"{name}: {people} {'person' if people == 1 else 'people'}, {record['frames']} frames, "
        f"found in {record['found']:.0%}, {record['verdict']}"
    )
    if outcome.state == KEPT:
        return f"{text}, unchanged"
    reasons = "".join(f" {reason}" for reason in record["warnings"][:1])
    return f"{text}, {span(outcome.seconds)}{':' if reasons else ''}{reasons}"


def row(worker: Worker) -> str:
    """A running clip in a line."""
    name = worker.clip.name
    name = name if len(name) <= _NAME else f"…{name[1 - _NAME :]}"
    share = min(1.0, worker.done / worker.total) if worker.total else 0.0
    full = round(share * _BAR)
    bar = "#" * full + "-" * (_BAR - full)
    return f"  [{bar}] {span(worker.seconds):>9}  {name:<{_NAME}}  {worker.stage}"


def summary(progress: Progress, pool: Pool) -> str:
    """The table's last line."""
    text = f"  {progress.ended} of {progress.total} clips"
    if progress.kept:
        text += f", {progress.kept} unchanged"
    if progress.failed:
        text += f", {progress.failed} failed"
    left = progress.seconds_left(sum(each.seconds for each in pool.running), pool.jobs)
    return text if left is None else f"{text}, about {span(left)} left"


def _redraws() -> bool:
    """Whether stderr leads to a terminal on which lines can be drawn over."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return False
    if os.name != "nt":
        return True
    import ctypes

    output, processed_with_codes = -12, 7
    kernel = ctypes.windll.kernel32
    return bool(kernel.SetConsoleMode(kernel.GetStdHandle(output), processed_with_codes))
