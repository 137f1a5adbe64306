"""A Debian with a real Blender, made once and kept in the user's cache."""

import hashlib
import shutil
from pathlib import Path

from backend.bootstrap.environments import lock
from tests.cache import cache
from tests.debian import can_fetch, debootstrap, mirror, run, which
from tests.needs import skip_unless

SUITE = "trixie"  # holds Blender 4.3.2
PACKAGES = (
    "blender", "python3-numpy",  # what its Python scripts import
    "xvfb", "libgl1-mesa-dri", "libegl1",  # a screen, drawn by the processor
    "xdotool", "imagemagick", "tkdnd",  # a hand, an eye, and windows to drag files out of
)  # fmt: skip
TOOLS = ("unshare", "nsenter", "mount")


def blender_system() -> Path:
    """The root folder of the Debian, made where it is not there yet (2 GB, some minutes)."""
    skip_unless(can_fetch(), "only root can make and enter another system, with debootstrap")
    absent = [tool for tool in TOOLS if not which(tool)]
    skip_unless(not absent, f"{', '.join(absent)} is not installed")
    made_of = hashlib.sha256(" ".join((SUITE, *PACKAGES)).encode()).hexdigest()[:12]
    root = cache() / f"blender-{SUITE}-{made_of}"
    with lock(cache() / "lock", print):
        if not root.exists():
            _make(root)
    return root


def _make(root: Path) -> None:
    partial = root.with_name(root.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    debootstrap("--variant=minbase", SUITE, partial, mirror())
    run("chroot", partial, "apt-get", "update")
    run("chroot", partial, "apt-get", "install", "-y", "--no-install-recommends", *PACKAGES)
    run("chroot", partial, "apt-get", "clean")
    partial.rename(root)
