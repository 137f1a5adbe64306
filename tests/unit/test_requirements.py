"""The pins: exact, complete, and the same wherever a number stands twice."""

import ast
import importlib.metadata
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from backend import __version__

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "requirements").glob("*.txt"))


def pins(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_pin_is_exact(path):
    for requirement in pins(path):
        assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), requirement
        assert not requirement.url


@pytest.mark.parametrize("python", ["3.10", "3.11", "3.12", "3.13"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_version_of_a_package_for_each_python(path, python):
    applying = [
        canonicalize_name(requirement.name)
        for requirement in pins(path)
        if not requirement.marker or requirement.marker.evaluate({"python_version": python})
    ]
    assert len(applying) == len(set(applying))


def test_the_backend_is_pinned_to_the_last_dependency():
    """What the pinned packages ask for, as installed here, is pinned too."""
    pinned = {canonicalize_name(r.name): r for r in pins(ROOT / "requirements/backend.txt")}
    for name, requirement in pinned.items():
        if requirement.marker and not requirement.marker.evaluate():
            continue
        for line in importlib.metadata.requires(name) or []:
            asked = Requirement(line)
            if asked.marker and not asked.marker.evaluate({"extra": ""}):
                continue
            # CUDA's libraries come with torch and are pinned by it.
            if name == "torch" and re.match("nvidia|cuda|triton", asked.name):
                continue
            assert canonicalize_name(asked.name) in pinned, f"{name} asks for {asked}"


def test_pyproject_reads_the_pins_and_the_version_from_their_one_place():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dependencies = { file = ["requirements/backend.txt"] }' in text
    assert 'version = { attr = "backend.__version__" }' in text


def test_blenders_manifest_has_the_same_version():
    text = (ROOT / "blender_manifest.toml").read_text(encoding="utf-8")
    assert re.search(r'^version = "(.+)"$', text, re.M)[1] == __version__


@pytest.mark.parametrize(
    "path",
    [ROOT / "onetake.py", *sorted((ROOT / "backend/bootstrap").glob("*.py"))]
    + [ROOT / f"backend/{name}.py" for name in ("__init__", "errors", "home")],
    ids=lambda path: path.name,
)
def test_python_3_8_can_read_what_runs_before_set_up(path):
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
