"""`onetake.py test`: the style check, then the tests in every environment they are about."""

from __future__ import annotations

import os
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from ..errors import OneTakeError
from .environments import Recipe
from .installation import BLENDER_4_2, BLENDER_5_0, BLENDER_5_2, BLENDER_LTS, Installation
from .processes import ROOT, environment, run


@dataclass(frozen=True)
class Suite:
    """Test folders and the environment they run in; blender None stands for the backend's."""

    folders: tuple[str, ...]
    blender: Recipe | None = None

    @property
    def title(self) -> str:
        """For the heading over its output."""
        where = self.blender.name.replace("-", " ") if self.blender else "the backend's environment"
        return f"{', '.join(self.folders)} in {where}"


SUITES = (
    Suite(("tests/unit", "tests/backend")),
    *(
        Suite(("tests/blender",), recipe)
        for recipe in (BLENDER_LTS, BLENDER_4_2, BLENDER_5_0, BLENDER_5_2)
    ),
    Suite(("tests/engines",)),
    Suite(("tests/gui",)),
)

# In the backend's environment, but with files that Blender makes.
_USE_BLENDER = {("tests/engines",), ("tests/gui",)}


@dataclass
class Counts:
    """How many tests ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def run_tests(installation: Installation, arguments: list[str]) -> int:
    """Run all tests, or those that pytest's arguments choose; 0 when none failed.

    Paths among the arguments choose suites too. The last line says how many ended how.
    """
    chosen = [(suite, paths) for suite in SUITES for paths in [select(suite, arguments)] if paths]
    if not chosen:
        raise OneTakeError("usage", "There are no tests at the paths given.")
    options = [argument for argument in arguments if not _is_path(argument)]
    env, pythons = _prepare(installation, [suite for suite, _ in chosen])
    start, counts = time.monotonic(), Counts()

    _heading(f"style, {time.monotonic() - start:.0f} s")
    if run([pythons[None], "-m", "ruff", "check", "."], env, ROOT) != 0:
        counts.failed += 1
    for suite, paths in chosen:
        if suite.blender not in pythons:
            counts.skipped += 1
            continue
        _heading(f"{suite.title}, {time.monotonic() - start:.0f} s")
        _run_suite(pythons[suite.blender], env, [*options, *paths], counts)
    print(f"\nAll in {time.monotonic() - start:.0f} s\n{counts}", flush=True)
    return 1 if counts.failed or not counts.passed else 0


def select(suite: Suite, arguments: list[str]) -> list[str]:
    """The paths of this suite to hand to pytest; without paths in the arguments, all of it."""
    asked = [argument for argument in arguments if _is_path(argument)]
    if not asked:
        return [folder for folder in suite.folders if any((ROOT / folder).rglob("test_*.py"))]
    homes = [(ROOT / folder).resolve() for folder in suite.folders]
    chosen = []
    for argument in asked:
        path = _path_of(argument).resolve()
        if any(home == path or home in path.parents for home in homes):
            chosen.append(argument)
        else:  # a folder above ours, such as tests/
            chosen += [str(home) for home in homes if path in home.parents]
    return chosen


def _path_of(argument: str) -> Path:
    # tests/unit/test_take.py::test_name
    return ROOT / argument.split("::")[0]


def _is_path(argument: str) -> bool:
    return not argument.startswith("-") and _path_of(argument).exists()


def _prepare(
    installation: Installation, suites: list[Suite]
) -> tuple[dict[str, str], dict[Recipe | None, Path]]:
    """Install what these suites need; the environment to run in and a Python for each.

    A Blender whose version of Python is not on the machine is left out, in CI an error.
    """
    pythons: dict[Recipe | None, Path] = {}
    recipes = list(dict.fromkeys(suite.blender for suite in suites if suite.blender))
    if any(suite.folders in _USE_BLENDER for suite in suites):
        recipes = recipes or [BLENDER_LTS]
    for recipe in recipes:
        try:
            python = installation.ensure((recipe,)).blender
        except OneTakeError as error:
            if error.code != "no_python" or recipe is BLENDER_LTS or _in_ci():
                raise
            installation.say(f"{recipe.name} is left out: {error.message}")
            continue
        assert python is not None
        pythons[recipe] = python
        installation.ensure_extras(python, ("test",))
    pythons[None] = installation.ensure(()).backend
    installation.ensure_extras(pythons[None], ("test", "test-backend", "training"))
    env = environment(
        {
            "PYTHONPATH": str(ROOT),
            "ONETAKE_HOME": str(installation.home),
            "ONETAKE_BACKEND_PYTHON": str(pythons[None]),
        }
    )
    if recipes:
        env["ONETAKE_BLENDER_PYTHON"] = str(pythons[recipes[0]])
    return env, pythons


def _run_suite(python: Path, env: dict[str, str], arguments: list[str], counts: Counts) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = ["-m", "pytest", f"--junitxml={report}", *arguments]
        status = run([python, *command], env, ROOT)
        failed = count(report, counts)
    # 5: the options (-k, -m) chose no test here. A crash after the last test is a failure too.
    if status not in (0, 5) and not failed:
        print(f"pytest ended with status {status}", flush=True)
        counts.failed += 1


def count(report: Path, counts: Counts) -> int:
    """Add a JUnit report to the counts; how many failed in it, 0 where there is none."""
    if not report.exists():
        return 0
    failed = 0
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        counts.passed += max(0, int(suite.get("tests", 0)) - bad - skipped)
        counts.failed += bad
        counts.skipped += skipped
        failed += bad
    return failed


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true")


def _heading(title: str) -> None:
    print(f"\n== {title}", flush=True)
