"""Tests that run inside Blender: `pytest tests/blender` with a Python that has the bpy wheel."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

pytest.importorskip("bpy")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

if "onetake" not in sys.modules:
    spec = importlib.util.spec_from_file_location(
        "onetake", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["onetake"] = package
    spec.loader.exec_module(package)


@pytest.fixture
def context():
    """An empty scene."""
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    return bpy.context


def _real_body() -> Path | None:
    home = os.environ.get("ONETAKE_HOME")
    path = Path(home, "models", "body-1.npz") if home else None
    return path if path and path.exists() else None


@pytest.fixture(scope="session", params=["small", "real"])
def body(request):
    """A body of cubes, and the one that users get where it has been made."""
    from onetake.backend.motion.body import Body
    from synthetic import small_body

    if request.param == "small":
        return small_body()
    if _real_body() is None:
        pytest.skip("no body in ONETAKE_HOME: run the set-up first")
    return Body.load(_real_body())


@pytest.fixture(scope="session")
def cubes():
    """The body of cubes, where the figure makes no difference."""
    from synthetic import small_body

    return small_body()
