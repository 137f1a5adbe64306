"""One machine, and one Blender after the other in it, for the whole trial."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from backend.bootstrap.processes import environment
from backend.video import frames, probe
from backend.video.writer import VideoWriter
from tests.gui.chroot import blender_system, cache
from tests.gui.machine import Machine
from tests.gui.wheels import wheels
from tests.gui.window import Window

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SAMPLE = ROOT / "backend" / "sample.mp4"


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """What the machine calls /trial: the extension's zip, two videos, and room for Blender."""
    folder = tmp_path_factory.mktemp("window") / "trial"
    for name in ("home", "blender", "second"):
        (folder / name).mkdir(parents=True)
    for name in ("probe.py", "drag.tcl"):
        shutil.copy(HERE / name, folder)
    package = [sys.executable, ROOT / "onetake.py", "package", "--output", folder / "home"]
    variables = environment({"PYTHONPATH": str(ROOT)})
    assert subprocess.run(package, env=variables, check=False).returncode == 0
    shutil.copy(SAMPLE, folder / "home" / "walk.mp4")
    with frames(probe(SAMPLE)) as reader, VideoWriter(folder / "home" / "jump.mp4", 30.0) as out:
        for frame in islice(reader, 30):
            out.write(frame.rgb)
    return folder


@pytest.fixture(scope="session")
def window(folder, tmp_path_factory) -> Iterator[Window]:
    """A Blender that has never been started before."""
    shaders = cache() / "shaders"  # which take a minute to compile
    shaders.mkdir(parents=True, exist_ok=True)
    machine = Machine(blender_system(), folder, {wheels(): "/wheels", shaders: "/shaders"})
    try:
        window = Window(machine, folder, folder.with_name("pictures"))
        window.pictures.mkdir()
        window.open()
        yield window
    finally:
        machine.stop()
