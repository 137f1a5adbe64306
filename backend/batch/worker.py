"""One clip's conversion: a process, and what it says of itself."""

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from .clips import Clip

_NOISE_LINES = 20  # of what is no message, for the log


def command_of(clip: Clip, options: Sequence[str], threads: int) -> list[str]:
    """The command line that converts one clip, the sheet and the record with it."""
    return [
        sys.executable, "-m", "backend", "convert", str(clip.video), *options,
        f"--output={clip.folder}", f"--threads={threads}", "--quality-sheet", "--progress=json",
    ]  # fmt: skip


class Worker:
    """`convert` of one clip, started at once; it ends when we do.

    options: as of `record.options_of`. keep: a descriptor that it holds open for as long as it
    lives, or None. Fields for reading: stage, done of total steps (0: unknown), notes, and error
    with code where it failed and said so.
    """

    def __init__(
        self, clip: Clip, options: Sequence[str], threads: int, keep: int | None = None
    ) -> None:
        self.clip = clip
        self.began = time.monotonic()
        self.stage, self.done, self.total = "starting", 0, 0
        self.notes: list[str] = []
        self.error: tuple[str, str] | None = None  # sentence, code
        self.noise: deque[str] = deque(maxlen=_NOISE_LINES)
        self._process = subprocess.Popen(
            command_of(clip, options, threads),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=() if keep is None else (keep,),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The system's number for the process."""
        return self._process.pid

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began

    @property
    def status(self) -> int | None:
        """Exit status, -n when signal n ended it; None while it runs or has more to say."""
        if self._process.poll() is None or self._reader.is_alive():
            return None
        return self._process.returncode

    def ask_to_stop(self) -> None:
        """It tidies up and ends; see `bootstrap.messages`."""
        with suppress(OSError):
            self._process.stdin.close()

    def end(self, patience: float) -> None:
        """Wait for it, and end it where that takes longer than `patience` seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        self._process.kill()
        self._process.wait()
        self.close()

    def close(self) -> None:
        """Let go of an ended process's pipes."""
        self.ask_to_stop()
        self._reader.join(timeout=1.0)
        if not self._reader.is_alive():
            self._process.stdout.close()

    def _read(self) -> None:
        with suppress(OSError, ValueError):  # closed under us
            for line in self._process.stdout:
                text = line.decode("utf-8", "replace").strip()
                message = None
                with suppress(ValueError):
                    message = json.loads(text)
                if isinstance(message, dict):
                    self._take(message)
                elif text:
                    self.noise.append(text)

    def _take(self, message: dict) -> None:
        if "stage" in message:
            self.stage, self.done, self.total = (
                message["stage"], message["done"], message["total"],
            )  # fmt: skip
        elif "note" in message:
            self.notes.append(message["note"])
        elif "error" in message:
            self.error = message["error"], message["code"]


# Windows hands down no single descriptors.
CAN_KEEP = os.name == "posix"
