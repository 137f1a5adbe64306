"""The test command itself: what it chooses, how it counts, and skips in CI."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.bootstrap import testing
from backend.bootstrap.installation import BLENDER_5_2, Installed
from backend.bootstrap.testing import SUITES, Counts, count, select
from backend.errors import OneTakeError

ROOT = Path(__file__).resolve().parents[2]
BACKEND, BLENDER = SUITES[0], SUITES[1]


def test_without_paths_everything_runs():
    assert select(BACKEND, ["-k", "lock"])[0] == "tests/unit"
    assert select(BLENDER, []) == ["tests/blender"]
    every = {folder for suite in SUITES for folder in select(suite, ["-x"])}
    assert every == {f"tests/{name}" for name in ("unit", "backend", "blender", "engines", "gui")}


def test_a_path_chooses_its_suite():
    node = "tests/unit/test_testing.py::test_a_path_chooses_its_suite"
    assert select(BACKEND, [node, "-x"]) == [node]
    assert select(BLENDER, [node, "-x"]) == []
    assert select(BLENDER, ["tests"]) == [str(ROOT / "tests/blender")]


def test_counts_add_up_over_reports(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        "<testsuites><testsuite tests='7' failures='2' errors='1' skipped='1'/></testsuites>"
    )
    counts = Counts(passed=10)
    assert count(report, counts) == 3
    assert str(counts) == "13 passed, 3 failed, 1 skipped"
    assert count(tmp_path / "none.xml", counts) == 0


class Without:
    """An installation on a machine without the Python that one Blender needs."""

    home = Path("/home")

    def __init__(self, recipe) -> None:
        self.recipe, self.said = recipe, []

    def ensure(self, blenders):
        if self.recipe in blenders:
            raise OneTakeError("no_python", "Python 3.13 was not found.")
        return Installed(Path("backend"), Path(blenders[0].name) if blenders else None)

    def ensure_extras(self, python, names):
        pass

    def say(self, line):
        self.said.append(line)


def test_a_blender_without_its_python_is_left_out_but_not_in_ci(monkeypatch):
    monkeypatch.setenv("CI", "")
    installation = Without(BLENDER_5_2)
    env, pythons = testing._prepare(installation, list(SUITES))
    assert set(pythons) == {suite.blender for suite in SUITES} - {BLENDER_5_2}
    assert env["ONETAKE_BLENDER_PYTHON"] == "blender-4.5.15"
    assert "blender-5.2.3 is left out: Python 3.13 was not found." in installation.said
    monkeypatch.setenv("CI", "true")
    with pytest.raises(OneTakeError, match="was not found"):
        testing._prepare(installation, list(SUITES))


def test_every_blender_that_is_supported_is_tested():
    names = [suite.blender.name for suite in SUITES if suite.blender]
    assert names == ["blender-4.5.15", "blender-4.2.23", "blender-5.0.1", "blender-5.2.3"]


SKIPPING = """
import pytest
from tests.needs import skip_unless

def test_needs_something():
    skip_unless(False, "no unicorn")

@pytest.mark.xfail
def test_expected():
    assert False
"""


@pytest.mark.parametrize("module_level", [False, True])
@pytest.mark.parametrize(("ci", "status", "words"), [("", 0, "skipped"), ("true", 1, "failed")])
def test_a_skip_in_ci_is_a_failure(tmp_path, ci, status, words, module_level):
    """conftest.py as a plugin of a pytest of its own."""
    text = SKIPPING + ("\nskip_unless(False, 'no unicorn')\n" if module_level else "")
    (tmp_path / "test_it.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    answer = subprocess.run(
        [*command, "--rootdir", str(tmp_path), "-rs", str(tmp_path / "test_it.py")],
        cwd=tmp_path, env={**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    # A module that is skipped whole holds no test: 5. One that may not be is an error: 2.
    expected = {0: 5, 1: 2}[status] if module_level else status
    assert answer.returncode == expected, answer.stdout + answer.stderr
    assert "no unicorn" in answer.stdout
    assert module_level or words in answer.stdout
