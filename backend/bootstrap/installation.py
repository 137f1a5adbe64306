"""What OneTake needs on this machine, what of it is there, and the steps that bring the rest."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Tuple

from ..errors import OneTakeError
from . import environments, interpreters, system_libraries, torch_wheels
from .environments import Recipe
from .pose_models import install_models, models_installed
from .processes import ROOT, environment, run_logged, tail

# 3.11 first: Blender 4.5 LTS runs on no other, so one Python serves both environments.
BACKEND_PYTHONS = ((3, 11), (3, 12), (3, 13), (3, 10))

BLENDER_4_2 = Recipe("blender-4.2.23", ((3, 11),), ("pip", "blender-4.2.23"))
BLENDER_LTS = Recipe("blender-4.5.15", ((3, 11),), ("pip", "blender-4.5.15"))
BLENDER_5_0 = Recipe("blender-5.0.1", ((3, 11),), ("pip", "blender-5.0.1"))
BLENDER_5_2 = Recipe("blender-5.2.3", ((3, 13),), ("pip", "blender-5.2.3"))

Blenders = Tuple[Recipe, ...]

# What `convert` takes, best first; the tests run on others too.
BLENDERS: Blenders = (BLENDER_LTS, BLENDER_5_2)

# Free space that each takes at its highest, downloads included (measured, rounded up).
GIGABYTES = {"cpu": 2.5, "mps": 2.5, "cuda": 12.0, "blender": 2.0}


def backend_recipe() -> Recipe:
    """The backend's environment on this machine."""
    return Recipe(
        "backend", BACKEND_PYTHONS, ("pip", "backend", "body"), torch_wheels.accelerator()
    )


@dataclass(frozen=True)
class Installed:
    """The Pythons to run: the backend's, and bpy's where a command asked for it."""

    backend: Path
    blender: Path | None = None


class Installation:
    """OneTake's files under `home`; `say` prints a line for the user.

    step: told of a step that begins, its number from 1 and of how many; says so where None.
    python: of an environment that the user has made, in place of one of ours.
    """

    def __init__(
        self,
        home: Path,
        say: Callable[[str], None],
        step: Callable[[str, int, int], None] | None = None,
        python: Path | None = None,
    ) -> None:
        self.home = home
        self.say = say
        self.log = home / "setup.log"
        self._tell = step or (lambda title, number, of: say(f"[{number}/{of}] {title}"))
        self._chosen = python
        self.backend = backend_recipe()
        self._done = self._steps = 0

    def find(self, blenders: Blenders) -> Installed | None:
        """What is installed, if it is all there; asks only the file system, so it is quick.

        blenders: one of these is wanted; none is when it is empty.
        """
        python = self.backend_python()
        bpy = self._find_blender(blenders)
        if not python or (blenders and not bpy):
            return None
        if not models_installed(self.home / "models") or not self._body_made():
            return None
        return Installed(python, bpy)

    def missing(self) -> list[str]:
        """What `ensure(())` would bring, in the user's words."""
        there = {
            "Python environment": self.backend_python() is not None,
            "networks": models_installed(self.home / "models"),
            "body": self._body_made(),
        }
        return [name for name, found in there.items() if not found]

    def ensure(self, blenders: Blenders) -> Installed:
        """Install what is missing; see `find`. Raises OneTakeError."""
        found = self.find(blenders)
        if found:
            return found
        with environments.lock(self.home / "setup.lock", self.say):
            found = self.find(blenders)  # by whoever held the lock
            return found or self._install(blenders)

    def ensure_extras(self, python: Path, names: tuple[str, ...]) -> None:
        """Add the named files of requirements/ to an environment, once."""
        marker = python.parent.parent / f"extras-{environments.digest(names)}"
        if marker.exists():
            return
        with environments.lock(self.home / "setup.lock", self.say):
            self.say(f"Adding {', '.join(names)} requirements to {python.parent.parent.name}")
            environments.install(
                python, "What " + " and ".join(names) + " need", _files(names), self.log
            )
            marker.touch()

    def backend_python(self) -> Path | None:
        """The backend's Python where there is one, whatever else is missing."""
        if self._chosen:
            return self._chosen if self._chosen.exists() else None
        return self.backend.find(self.home)

    def _find_blender(self, blenders: Blenders) -> Path | None:
        return next((found for found in (r.find(self.home) for r in blenders) if found), None)

    def _body_made(self) -> bool:
        # The backend itself remakes a body of an older version.
        return any((self.home / "models").glob("body-*.npz"))

    def _install(self, blenders: Blenders) -> Installed:
        start = time.monotonic()
        self.log.write_bytes(b"")
        python, bpy = self.backend_python(), self._find_blender(blenders)
        if self._chosen and python is None:
            raise OneTakeError(
                "no_environment", f"There is no Python at {self._chosen}: choose another folder."
            )
        lacks_blender = bool(blenders) and bpy is None
        lacks_models = not models_installed(self.home / "models")
        lacks_body = not self._body_made()
        self._done = 0
        self._steps = 3 * (not python) + lacks_models + lacks_blender + lacks_body
        self._check_space(not python, lacks_blender)
        self.say(f"Setting up OneTake in {self.home}")

        # Whatever only the user can mend is found before anything is downloaded.
        if lacks_blender:
            system_libraries.ensure(self.log, self.say)
            recipe, blender_interpreter = self._choose_blender(blenders)
        python = python or self._build_backend()
        if lacks_models:
            self._step("Networks that find people (36 MB)")
            self._fetch_models(python)
        if lacks_blender:
            self._step(f"Blender {recipe.name.split('-')[1]} as a Python module (370 MB)")
            bpy = self._build_blender(recipe, blender_interpreter)
        if lacks_body:
            self._step("Body")
            self._make_body(python)
        self.say(f"Set up in {time.monotonic() - start:.0f} s")
        return Installed(python, bpy)

    def _step(self, title: str) -> None:
        self._done += 1
        self._tell(title, self._done, self._steps)

    def _check_space(self, backend: bool, blender: bool) -> None:
        needed = GIGABYTES[self.backend.accelerator] * backend + GIGABYTES["blender"] * blender
        self.home.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.home).free / 1e9
        if free < needed:
            raise OneTakeError(
                "disk_full",
                f"OneTake needs {needed:.1f} GB in {self.home} and {free:.1f} GB are free: make "
                "room, or choose a data folder on another disk (ONETAKE_HOME, or the add-on's "
                "preferences).",
            )

    def _find_python(
        self, versions: tuple[tuple[int, int], ...], purpose: str
    ) -> interpreters.Interpreter:
        try:
            return interpreters.find(versions, purpose)
        except interpreters.NoVenv as error:
            if not shutil.which("apt-get"):
                raise
            reason = f"{error.interpreter.path} cannot make environments"
            system_libraries.install([error.package], reason, self.log, self.say)
            return interpreters.find(versions, purpose)

    def _choose_blender(self, blenders: Blenders) -> tuple[Recipe, interpreters.Interpreter]:
        interpreter = self._find_python(
            tuple(version for recipe in blenders for version in recipe.pythons),
            "Blender as a Python module (or name an installed Blender with --blender PATH)",
        )
        return next(r for r in blenders if interpreter.version in r.pythons), interpreter

    def _build_backend(self) -> Path:
        interpreter = self._find_python(self.backend.pythons, "OneTake")
        self._step("Python {}.{} environment".format(*interpreter.version))

        def install(python: Path) -> None:
            environments.install(python, "pip", _files(("pip",)), self.log)
            self._install_torch(python)
            self._step("Video, image and network libraries (230 MB)")
            environments.install(python, "The libraries", _files(("backend",)), self.log)
            environments.install(
                python, "The body's data", ["--no-deps", *_files(("body",))], self.log
            )
            self._check_imports(python, "torch, cv2, av, scipy, safetensors, ai_edge_litert")

        return self._build(self.backend, interpreter, install)

    def _install_torch(self, python: Path) -> None:
        requirement = environments.pinned("backend", "torch")
        self._step("PyTorch")
        for source in torch_wheels.sources(self.backend.accelerator):
            # Dependencies come with the other libraries, from pip's own index.
            arguments = ["--no-deps", *source.options, requirement]
            command = ["install", "--only-binary", ":all:", "--no-compile", *arguments]
            attempts = 1 if "--no-index" in source.options else 3
            if environments.pip(python, command, self.log, attempts):
                self.say(f"      {requirement}: {source.name}")
                return
            if "No matching distribution" not in "\n".join(tail(self.log, 5)):
                break
        raise environments.failure(self.log, f"{requirement} could not be installed")

    def _build_blender(self, recipe: Recipe, interpreter: interpreters.Interpreter) -> Path:
        def install(python: Path) -> None:
            environments.install(python, "pip", _files(("pip",)), self.log)
            environments.install(python, "Blender", _files(recipe.requirements[1:]), self.log)
            self._check_imports(python, "bpy")

        return self._build(recipe, interpreter, install)

    def _build(
        self,
        recipe: Recipe,
        interpreter: interpreters.Interpreter,
        install: Callable[[Path], None],
    ) -> Path:
        return environments.build(
            recipe, self.home, interpreter.path, interpreter.version, install, self.log
        )

    def _check_imports(self, python: Path, modules: str) -> None:
        """Import once what was installed: a wheel may fit pip and not the system."""
        if run_logged([python, "-c", f"import {modules}"], self.log) == 0:
            return
        last = tail(self.log, 1)
        reason = last[0].strip() if last else "it ended without a word"
        raise OneTakeError(
            "setup_failed", f"{modules} was installed but does not work: {reason} (see {self.log})."
        )

    def _fetch_models(self, python: Path) -> None:
        with tempfile.TemporaryDirectory(dir=str(self.home), prefix=".download-") as folder:
            # The networks are the same in every wheel: one platform's is taken everywhere.
            command = ["download", "--no-deps", "--only-binary", ":all:", "--dest", folder]
            command += ["--python-version", "3.11", "--platform", "manylinux_2_28_x86_64"]
            if not environments.pip(python, [*command, *_files(("models",))], self.log):
                raise environments.failure(self.log, "The networks could not be downloaded")
            install_models(next(Path(folder).glob("*.whl")), self.home / "models")

    def _make_body(self, python: Path) -> None:
        env = environment({"PYTHONPATH": str(ROOT), "ONETAKE_HOME": str(self.home)})
        if run_logged([python, "-m", "backend", "make-body"], self.log, env) != 0:
            raise environments.failure(self.log, "The body could not be made")


def _files(names: tuple[str, ...]) -> list[str]:
    """pip's arguments for these requirement files."""
    return [part for name in names
            for part in ("-r", str(environments.REQUIREMENTS / f"{name}.txt"))]  # fmt: skip


def blender_program(path: str) -> Path:
    """The program of a real Blender at `path` (the program, its folder, or Blender.app).

    Raises OneTakeError("no_blender").
    """
    place = Path(path).expanduser()
    program = "blender.exe" if sys.platform == "win32" else "blender"
    for candidate in (place, place / program, place / "Contents" / "MacOS" / "Blender"):
        if candidate.is_file() and os.access(str(candidate), os.X_OK):
            return candidate.resolve()
    on_path = shutil.which(path)
    if on_path:
        return Path(on_path).resolve()
    raise OneTakeError("no_blender", f"There is no Blender at {path}.")
