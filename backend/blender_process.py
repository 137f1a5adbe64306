"""Blender as a child process: takes in, .blend and .fbx out."""

import contextlib
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from .errors import OneTakeError

_HEADLESS = Path(__file__).parents[1] / "addon" / "headless.py"


def _command(job: Path) -> list[str]:
    """How to run the headless script: under the bpy module, or in a real Blender."""
    python, blender = os.environ.get("ONETAKE_BLENDER_PYTHON"), os.environ.get("ONETAKE_BLENDER")
    if blender:
        options = ["--background", "--factory-startup", "--python-exit-code", "1"]
        return [blender, *options, "--python", str(_HEADLESS), "--", str(job)]
    if python:
        return [python, str(_HEADLESS), str(job)]
    raise OneTakeError(
        "no_blender", "No Blender is set up; run `python3 onetake.py convert`, which sees to it."
    )


class BlenderJob:
    """One run of addon/headless.py; a context manager that never leaves the process behind."""

    def __init__(self, job: dict) -> None:
        self._job = job
        self._messages: list[dict] = []
        self._noise: list[str] = []

    def __enter__(self) -> "BlenderJob":
        self._folder = tempfile.TemporaryDirectory(prefix="onetake-")
        path = Path(self._folder.name) / "job.json"
        path.write_text(json.dumps(self._job), encoding="utf-8")
        environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith("PYTHON") and key != "LD_LIBRARY_PATH"
        }
        self._process = subprocess.Popen(
            _command(path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                message = json.loads(line)
            except ValueError:
                message = None
            if isinstance(message, dict):
                self._messages.append(message)
            else:
                self._noise.append(line)

    def wait(self, check_cancelled: Callable[[], None] = lambda: None) -> None:
        """Until Blender is done; OneTakeError with its sentence when it failed."""
        while True:
            check_cancelled()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=0.1)
                break
        self._reader.join(timeout=5)
        for message in self._messages:
            if "error" in message:
                raise OneTakeError("blender_failed", message["error"])
        if self._process.returncode:
            tail = "".join(self._noise[-15:]).strip()
            raise OneTakeError(
                "blender_failed",
                f"Blender ended with status {self._process.returncode}; its last words were:"
                f"\n{tail}",
            )

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()
