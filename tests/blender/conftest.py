"""Tests that run inside Blender: with a Python that has the bpy wheel."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import bpy
import pytest

from tests.needs import skip_unless

ROOT = Path(__file__).resolve().parents[2]


def load_extension() -> None:
    """Import the repository as Blender does: a package under a name that is not its folder's."""
    spec = spec_from_file_location(
        "onetake", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    sys.modules["onetake"] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules["onetake"])


load_extension()


_status = 0


def pytest_sessionfinish(exitstatus: int) -> None:
    global _status
    _status = int(exitstatus)


def pytest_unconfigure() -> None:
    # Destructors of Blender's module crash (4.2) or wait for a thread of its own for ever (4.5).
    from onetake.addon.headless import leave

    leave(_status)


@pytest.fixture
def context():
    """An empty scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return bpy.context


@pytest.fixture(scope="session")
def real_body_path() -> Path:
    """The body that users get, where the set-up has made it."""
    from onetake.backend.body import body_path

    skip_unless(body_path().exists(), "the body has not been made: run the set-up first")
    return body_path()


@pytest.fixture(scope="session")
def cubes():
    """The body of cubes, where the figure makes no difference."""
    from tests.blender.synthetic import small_body

    return small_body()


@pytest.fixture(params=["small", "real"])
def body(request, cubes):
    """The body of cubes, and the real one."""
    from onetake.backend.motion.body import Body

    if request.param == "small":
        return cubes
    return Body.load(request.getfixturevalue("real_body_path"))
