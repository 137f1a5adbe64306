"""Blender as a child process: takes in, .blend and exported files out."""

import json
import logging
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from .errors import OneTakeError
from .log import log_path

_HEADLESS = Path(__file__).parents[1] / "addon" / "headless.py"
# A Blender that is silent for longer hangs. Its longest silence is an FBX, which takes 2.4 ms a
# frame on a busy core; a slow machine gets twenty times that.
PATIENCE_SECONDS, PATIENCE_SECONDS_PER_FRAME = 180.0, 0.05
_NOISE_LINES = 40  # of Blender's own words, for the log


def blender_command(script: Path = _HEADLESS) -> list[str]:
    """How to run a script: under the bpy module, or in a real Blender; OneTakeError no_blender."""
    python, blender = os.environ.get("ONETAKE_BLENDER_PYTHON"), os.environ.get("ONETAKE_BLENDER")
    if blender:
        options = ["--background", "--factory-startup", "--python-exit-code", "1"]
        return [blender, *options, "--python", str(script), "--", "-"]
    if python:
        return [python, str(script), "-"]
    raise OneTakeError(
        "no_blender", "No Blender is set up; run `python3 onetake.py convert`, which sees to it."
    )


class BlenderJob:
    """One run of addon/headless.py; a context manager that never leaves the process behind.

    job: what headless.py describes. frames: of all its takes together, for how long it may take.
    script: another one that runs its job through headless.py.
    """

    def __init__(self, job: dict, frames: int, script: Path = _HEADLESS) -> None:
        self._job, self._script = job, script
        self._patience = PATIENCE_SECONDS + PATIENCE_SECONDS_PER_FRAME * frames
        self._noise: deque[str] = deque(maxlen=_NOISE_LINES)
        self._heard = time.monotonic()
        self._steps = (0, 0)  # done, in total
        self._answer: dict = {}

    def __enter__(self) -> "BlenderJob":
        environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith("PYTHON") and key != "LD_LIBRARY_PATH"
        }
        command = blender_command(self._script)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise OneTakeError(
                "no_blender",
                f"Blender cannot be started: {command[0]}: {error.strerror}; name another with "
                "--blender PATH, or run `python3 onetake.py setup`.",
            ) from error
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        # It ends when this pipe closes, so it cannot outlive us.
        with suppress(BrokenPipeError):  # it has ended already; `check` says how
            print(json.dumps(self._job), file=self._process.stdin, flush=True)
        return self

    def _read(self) -> None:
        for line in self._process.stdout:
            self._heard = time.monotonic()
            try:
                message = json.loads(line)
            except ValueError:
                message = None
            if not isinstance(message, dict):
                self._noise.append(line)
            elif "stage" in message:
                self._steps = message["done"], message["total"]
            else:
                self._answer = message

    @property
    def steps(self) -> tuple[int, int]:
        """Steps done, and in total, as far as Blender has said."""
        return self._steps

    @property
    def running(self) -> bool:
        """Whether it has not ended, well or badly: `check` says which."""
        return self._process.poll() is None

    def check(self) -> None:
        """Raise OneTakeError with its sentence when Blender has failed, or hangs."""
        if self._process.poll() is None:
            if time.monotonic() - self._heard > self._patience:
                raise self._failure(f"did nothing for {self._patience / 60:.0f} minutes")
            return
        self._reader.join(timeout=5)
        if "error" in self._answer:
            self._log("failed")
            raise OneTakeError("blender_failed", self._answer["error"])
        if "result" not in self._answer:
            raise self._failure(f"ended with {_status(self._process.returncode)}")

    def wait(self, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Until Blender is done; raises as `check` does. progress: steps done, in total."""
        while self._process.poll() is None:
            self.check()
            progress(*self._steps)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=0.1)
        self.check()
        progress(*self._steps)

    def _failure(self, what: str) -> OneTakeError:
        self._log(what)
        return OneTakeError(
            "blender_failed",
            f"Blender {what} before the scene was complete; its last words are in {log_path()}.",
        )

    def _log(self, what: str) -> None:
        logging.error("Blender %s; its last words were:\n%s", what, "".join(self._noise))

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(timeout=1)  # longer only where a child of Blender's has our pipe
        with suppress(OSError):
            self._process.stdin.close()


def _status(code: int) -> str:
    if code >= 0:
        return f"status {code}"
    with suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
