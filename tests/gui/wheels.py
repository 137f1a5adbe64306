"""Everything that set-up would download, as a folder of wheels in the user's cache."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from backend.bootstrap.environments import REQUIREMENTS, lock, pinned
from backend.bootstrap.processes import environment
from backend.bootstrap.torch_wheels import accelerator, sources
from tests.cache import cache


def wheels() -> Path:
    """The folder, downloaded where it is not there yet (500 MB)."""
    names = ("pip", "backend", "body", "models")
    pins = "".join((REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8") for name in names)
    made_of = f"{sys.version_info[:2]} {sys.platform} {pins}"
    folder = cache() / f"wheels-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}"
    with lock(cache() / "lock", print):
        if not folder.exists():
            _download(folder)
    return folder


def _download(folder: Path) -> None:
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    torch = pinned("backend", "torch")
    assert any(
        _pip(partial, *source.options, "--no-deps", torch) for source in sources(accelerator())
    )
    for name, options in (("pip", ()), ("backend", ()), ("body", ["--no-deps"])):
        assert _pip(partial, *options, "-r", REQUIREMENTS / f"{name}.txt")
    # As set-up does: one platform's networks are everybody's.
    platform = ("--python-version", "3.11", "--platform", "manylinux_2_28_x86_64")
    assert _pip(partial, "--no-deps", *platform, "-r", REQUIREMENTS / "models.txt")
    partial.rename(folder)


def _pip(folder: Path, *arguments: object) -> bool:
    command = [sys.executable, "-m", "pip", "download", "--only-binary", ":all:",
               "--find-links", folder, "--dest", folder, *arguments]  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([str(part) for part in command], env=environment(), check=False)
    return done.returncode == 0
