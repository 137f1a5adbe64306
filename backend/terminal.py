"""Progress on a terminal, and plain lines where there is none."""

import os
import shutil
import sys
import time

_REDRAW, _LINE = 0.1, 10.0  # seconds between updates on a terminal, and in a log


class Terminal:
    """Prints stage, frames done of frames total, speed and time left to stderr.

    Nothing is raised when stderr leads nowhere any more: the work is worth more than its report.
    """

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._stage: str | None = None
        self._began = self._last = 0.0
        self._counted = 0
        self._shown = 0  # characters of the line that is being redrawn

    def progress(self, stage: str, done: int, total: int) -> None:
        """A step of `stage`; total may be an estimate, or 0 when nobody knows."""
        now = time.monotonic()
        if stage != self._stage:
            self.finish()
            self._stage, self._began, self._last = stage, now, 0.0 if self._live else now
        self._counted = done
        if now - self._last < (_REDRAW if self._live else _LINE):
            return
        self._last = now
        elapsed = now - self._began
        line = f"  {stage}: {done}" + (f" of {max(done, total)}" if total else "")
        if elapsed > 1 and done:
            line += f", {done / elapsed:.0f}/s"
            if total > done:
                line += f", {span(elapsed / done * (total - done))} left"
        self._draw(line)

    def finish(self) -> None:
        """End the current stage's line."""
        if self._stage is not None:
            elapsed = time.monotonic() - self._began
            self._draw(f"  {self._stage}: {self._counted} in {span(elapsed)}")
            if self._live:
                write("\n")
            self._stage, self._shown = None, 0

    def say(self, text: str) -> None:
        """A line of its own."""
        self.finish()
        write(text + "\n")

    def failed(self, sentence: str, code: str) -> None:
        """Why there is no result; the code is for programs."""
        self.say(f"Error: {sentence}")

    def done(self, result: dict) -> None:
        """The files speak for themselves; a program is told, see `json_progress`."""

    def _draw(self, line: str) -> None:
        """The stage's line: in place of what it was on a terminal, a new one elsewhere."""
        if not self._live:
            write(line + "\n")
            return
        # A line that wraps could not be drawn over. Blanks, not escape codes: every terminal
        # knows them.
        line = line[: shutil.get_terminal_size().columns - 1]
        write("\r" + line.ljust(self._shown))
        self._shown = len(line)


def write(text: str) -> None:
    """Send text to stderr, wherever it leads; raises nothing."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        # What is left in its buffer would make Python fail at its end.
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115


def span(seconds: float) -> str:
    """A time for people: 2.5 s, 45 s, 3 min 20 s."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"
