"""A child process that speaks JSON lines and never outlives us. No bpy."""

import json
import os
import queue
import subprocess
import threading
import time
from collections import deque
from contextlib import suppress

from ...backend.bootstrap.processes import kill_family
from ...backend.errors import OneTakeError
from .environment import Command

_NOISE_LINES = 40  # of what is not a message, for the log


class Process:
    """Started at once, without a shell; a thread reads what it says.

    It ends when its standard input closes, which `stop` does, and the system where we die.
    grace: seconds that it may tidy up for after `stop`.
    """

    def __init__(self, command: Command, grace: float) -> None:
        arguments, variables = command
        self._grace = grace
        self._deadline: float | None = None
        self._killer: threading.Timer | None = None
        self._messages: queue.SimpleQueue[dict] = queue.SimpleQueue()
        self.noise: deque[str] = deque(maxlen=_NOISE_LINES)
        try:
            self._child = subprocess.Popen(
                arguments,
                env=variables,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise OneTakeError(
                "no_backend", f"{arguments[0]} cannot be started: {error.strerror}; set up again."
            ) from error
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The system's number for it."""
        return self._child.pid

    @property
    def status(self) -> int | None:
        """Exit status, -n when signal n ended it; None while it runs or has more to say."""
        if self._child.poll() is None or (self._reader.is_alive() and not self._stopping):
            return None
        return self._child.returncode

    def messages(self) -> list[dict]:
        """What it has said since the last time; never waits."""
        heard = []
        with suppress(queue.Empty):
            while True:
                heard.append(self._messages.get_nowait())
        return heard

    def stop(self) -> None:
        """Ask it to end; `status` tells when it has. Ends it without asking after its grace."""
        if self._deadline is not None:
            return
        self._deadline = time.monotonic() + self._grace
        with suppress(OSError):
            self._child.stdin.close()
        # Not from Blender's timer: that waits for a window which is being drawn.
        self._killer = threading.Timer(self._grace, kill_family, [self._child])
        self._killer.daemon = True
        self._killer.start()

    def end(self) -> None:
        """Stop it and wait until it and its family are gone."""
        self.stop()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(max(0.0, self._deadline - time.monotonic()))
        self.close()

    def close(self) -> None:
        """Let go of an ended process's pipes; kills what is left of its family."""
        if self._killer:
            self._killer.cancel()
            self._killer.join()
        kill_family(self._child)
        self._child.wait()
        with suppress(OSError):
            self._child.stdin.close()
        self._reader.join(timeout=1.0)
        with suppress(OSError):
            self._child.stdout.close()

    @property
    def _stopping(self) -> bool:
        return self._deadline is not None

    def _read(self) -> None:
        with suppress(ValueError, OSError):  # closed under us
            for line in self._child.stdout:
                text = line.decode("utf-8", "replace").strip()
                try:
                    message = json.loads(text)
                except ValueError:
                    message = None
                if isinstance(message, dict):
                    self._messages.put(message)
                elif text:
                    self.noise.append(text)
