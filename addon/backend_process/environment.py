"""Where the backend lives, what of it is missing, and how to start it. No bpy."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from ...backend.bootstrap.environments import python_in
from ...backend.bootstrap.installation import Installation
from ...backend.bootstrap.processes import ROOT, environment

# A command and the variables it runs with.
Command = tuple[list[str], dict[str, str]]


@dataclass(frozen=True)
class Environment:
    """home: the folder for everything that is downloaded, made or kept.

    chosen: an environment, or its Python, that the user has made; None for our own. wheels: a
    folder of wheels to install from in place of the network.
    """

    home: Path
    chosen: Path | None = None
    wheels: Path | None = None

    @property
    def missing(self) -> list[str]:
        """What `set_up_command` would bring; empty when the backend can run."""
        return self._installation().missing()

    @property
    def needs_network(self) -> bool:
        """Whether what is missing has to be downloaded."""
        return bool(set(self.missing) - {"body"}) and self.wheels is None

    @property
    def python(self) -> Path | None:
        """The backend's Python where there is one, whatever else is missing."""
        return self._installation().backend_python()

    @property
    def body(self) -> Path | None:
        """Our body's npz, where set-up has made it."""
        return max((self.home / "models").glob("body-*.npz"), default=None)

    @property
    def torch(self) -> str | None:
        """The version of PyTorch in the environment."""
        python = self.python
        if python is None:
            return None
        found = python.parent.parent.glob("[Ll]ib*/**/site-packages/torch-*.dist-info")
        return next((path.name[len("torch-") : -len(".dist-info")] for path in found), None)

    @property
    def accelerator(self) -> str:
        """What PyTorch is installed for here: cuda, mps or cpu."""
        return self._installation().backend.accelerator

    @property
    def free_gigabytes(self) -> float:
        """Room on the disk that holds `home`."""
        there = next(folder for folder in (self.home, *self.home.parents) if folder.exists())
        return shutil.disk_usage(there).free / 1e9

    def set_up_command(self) -> Command:
        """Installs what is missing, with Blender's own Python to begin with."""
        command = [sys.executable, str(ROOT / "onetake.py"), "setup", "--backend-only"]
        if self.chosen:
            command += ["--python", str(self._chosen_python())]
        settings = {}
        if self.wheels:
            settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        return [*command, "--progress", "json"], self._variables(settings)

    def command(self, *arguments: str) -> Command:
        """Runs a command of the backend, which must be set up, for a terminal."""
        assert not self.missing, "the backend is not set up"
        return [str(self.python), "-m", "backend", *arguments], self._variables({})

    def backend_command(self, *arguments: str) -> Command:
        """Runs a command of the backend, which must be set up, for a program."""
        return self.command(*arguments, "--progress", "json")

    def _variables(self, more: dict[str, str]) -> dict[str, str]:
        return environment({"PYTHONPATH": str(ROOT), "ONETAKE_HOME": str(self.home), **more})

    def _chosen_python(self) -> Path | None:
        if self.chosen is None or self.chosen.is_file():
            return self.chosen
        return python_in(self.chosen)

    def _installation(self) -> Installation:
        return Installation(self.home, lambda line: None, python=self._chosen_python())
