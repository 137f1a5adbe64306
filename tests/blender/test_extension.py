"""The repository as Blender gets it: a zip, enabled under a name of Blender's choice."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from onetake.backend.bootstrap.packaging import package

from tests.blender.synthetic import random_take

ROOT = Path(__file__).resolve().parents[2]

# Run by a fresh Blender with an empty user folder: argument 1 is the zip, 2 a take, 3 a body.
USE = """
import sys, bpy
archive, take, body = sys.argv[1:]
bpy.ops.extensions.package_install_files(
    filepath=archive, repo="user_default", enable_on_install=True
)
assert "bl_ext.user_default.onetake" in bpy.context.preferences.addons
from bl_ext.user_default.onetake.addon.scene.build import import_take
from bl_ext.user_default.onetake.backend.motion.body import Body
from bl_ext.user_default.onetake.backend.motion.take import Take
made = import_take(bpy.context, Take.load(take), Body.load(body))
assert len(made.armature.data.bones) == 24
from bl_ext.user_default.onetake import api
assert api.environment().home.parts[-2:] == ("user_default", "onetake")
assert api.environment().missing == ["Python environment", "networks", "body"]
assert bpy.context.preferences.addons["bl_ext.user_default.onetake"].preferences.home == ""
assert bpy.ops.onetake.import_video.poll()
kept = api.environment().home / "models" / "kept"
kept.parent.mkdir(parents=True)
kept.touch()
bpy.ops.extensions.package_install_files(
    filepath=archive, repo="user_default", enable_on_install=True
)
assert kept.exists(), "an upgrade must not cost the user's data"
bpy.ops.preferences.addon_disable(module="bl_ext.user_default.onetake")
bpy.ops.preferences.addon_enable(module="bl_ext.user_default.onetake")
bpy.ops.extensions.package_uninstall(repo_index=1, pkg_id="onetake")
bpy.ops.preferences.addon_disable(module="bl_ext.user_default.onetake")
print("USED")
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The extension's zip, as `onetake.py package` builds and validates it."""
    folder = tmp_path_factory.mktemp("zip")
    installed = SimpleNamespace(ensure=lambda _: SimpleNamespace(blender=Path(sys.executable)))
    said = []
    assert package(installed, ["--output", str(folder)], None, said.append) == 0
    (path,) = folder.iterdir()
    assert str(path) in said[0]
    return path


def test_the_zip_holds_the_addon_and_no_tests(archive):
    with zipfile.ZipFile(archive) as file:
        names = file.namelist()
    assert {"__init__.py", "blender_manifest.toml", "LICENSE", "addon/scene/build.py"} < set(names)
    assert "presets/smoothing/walk.json" in names
    assert {"backend/sample.mp4", "backend/weights/onetake.safetensors"} < set(names)
    assert not [name for name in names if name.startswith(("tests/", ".")) or ".pyc" in name]


def test_it_installs_works_under_another_name_and_goes(archive, cubes, tmp_path):
    random_take(cubes, 5).save(tmp_path / "a.take.npz")
    names = ("v_template", "shapedirs", "J_regressor", "weights", "f", "quads", "beta_names")
    arrays = {name: np.asarray(getattr(cubes, name)) for name in names}
    np.savez(tmp_path / "body.npz", name=cubes.name, **arrays)
    resources = tmp_path / "resources"
    resources.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", USE, archive, tmp_path / "a.take.npz", tmp_path / "body.npz"],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("ONETAKE_")},
            "BLENDER_USER_RESOURCES": str(resources),
            "XDG_DATA_HOME": str(tmp_path / "data"),
        },
    )
    assert done.returncode == 0 and "USED" in done.stdout, done.stdout + done.stderr
    assert "Warning" not in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert not list(resources.rglob("onetake*"))
