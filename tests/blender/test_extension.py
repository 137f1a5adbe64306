"""The repository as Blender gets it: a zip, enabled under a name of Blender's choice."""

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from onetake.backend.bootstrap.packaging import package

from tests.blender.running import CRASHES_AT_ITS_END, FAKE
from tests.blender.synthetic import random_take
from tests.needs import skip_unless

ROOT = Path(__file__).resolve().parents[2]

INSTALLED = Path(__file__).with_name("installed.py")


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


@pytest.fixture
def folder(cubes, tmp_path) -> Path:
    """What `installed.py` wants: a take, two bodies, and a Python that stands for the backend's."""
    skip_unless(os.name == "posix", "the stand-in for the backend is a shell script")
    random_take(cubes, 20).save(tmp_path / "a.take.npz")
    names = ("v_template", "shapedirs", "J_regressor", "weights", "f", "quads", "beta_names")
    arrays = {name: np.asarray(getattr(cubes, name)) for name in names}
    np.savez(tmp_path / "body.npz", name=cubes.name, **arrays)
    posedirs = np.random.default_rng(0).normal(0, 0.01, (len(cubes.v_template), 3, 207))
    np.savez(tmp_path / "smpl.npz", name="smpl", posedirs=posedirs, **arrays)
    shutil.copy(ROOT / "backend" / "sample.mp4", tmp_path / "clip.mp4")
    models = tmp_path / "home" / "models"
    models.mkdir(parents=True)
    for name in ("pose_detection.tflite", "pose_landmark_full.tflite"):
        (models / name).touch()
    shutil.copy(tmp_path / "body.npz", models / "body-1.npz")
    # Called with -m backend COMMAND, it does what the file COMMAND says.
    stand_in = tmp_path / "python"
    stand_in.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "{FAKE}" "{tmp_path}/$3"\n')
    stand_in.chmod(0o755)
    (tmp_path / "resources").mkdir()
    return tmp_path


def test_installed_every_button_does_what_its_function_does(archive, folder):
    done = subprocess.run(
        [sys.executable, INSTALLED, archive, folder],
        capture_output=True,
        encoding="utf-8",
        timeout=500,
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("ONETAKE_")},
            "BLENDER_USER_RESOURCES": str(folder / "resources"),
            "XDG_DATA_HOME": str(folder / "data"),
        },
    )
    assert "USED" in done.stdout, done.stdout + done.stderr
    assert done.returncode == (-signal.SIGSEGV if CRASHES_AT_ITS_END else 0), done.stderr
    assert "Warning" not in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert not list((folder / "resources").rglob("onetake*"))


END = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.blender import conftest
import onetake
onetake.register()
print("REGISTERED", flush=True)
"""


def test_python_ends_well_with_the_addon_on():
    """Of Blender as a module: with functions of ours behind its properties it hangs otherwise."""
    done = subprocess.run(
        [sys.executable, "-c", END, ROOT], capture_output=True, encoding="utf-8", timeout=120
    )
    assert "REGISTERED" in done.stdout, done.stderr
    assert done.returncode == (-signal.SIGSEGV if CRASHES_AT_ITS_END else 0), done.stderr
