"""Progress on a terminal, and plain lines where there is none."""

import sys
import time

_REDRAW, _LINE = 0.1, 10.0  # seconds between updates on a terminal, and in a log


class Terminal:
    """Prints stage, frames done of frames total, speed and time left to stderr."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._stage: str | None = None
        self._began = self._last = 0.0
        self._counted = 0

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
                line += f", {_span(elapsed / done * (total - done))} left"
        self._print(line, end="")

    def finish(self) -> None:
        """End the current stage's line."""
        if self._stage is not None:
            elapsed = time.monotonic() - self._began
            self._print(f"  {self._stage}: {self._counted} in {_span(elapsed)}", end="\n")
        self._stage = None

    def say(self, text: str) -> None:
        """A line of its own."""
        self.finish()
        print(text, file=sys.stderr, flush=True)

    def _print(self, line: str, end: str) -> None:
        if self._live:
            print(f"\r\x1b[K{line}", end=end, file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)


def _span(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"
