"""A Debian with a real Blender, made once and kept in the user's cache."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from backend.bootstrap.environments import lock
from tests.cache import cache
from tests.needs import skip_unless

SUITE = "trixie"  # holds Blender 4.3.2
PACKAGES = (
    "blender", "python3-numpy",  # what its Python scripts import
    "xvfb", "libgl1-mesa-dri", "libegl1",  # a screen, drawn by the processor
    "xdotool", "imagemagick", "tkdnd",  # a hand, an eye, and windows to drag files out of
)  # fmt: skip
TOOLS = ("debootstrap", "unshare", "nsenter", "mount")
_PLACES = ("/usr/sbin", "/sbin")  # where an ordinary PATH does not look


def blender_system() -> Path:
    """The root folder of the Debian, made where it is not there yet (2 GB, some minutes)."""
    skip_unless(os.name == "posix" and os.geteuid() == 0, "only root can enter another system")
    absent = [tool for tool in TOOLS if not _which(tool)]
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
    mirror = _mirror()
    _run(_which("debootstrap"), "--variant=minbase", SUITE, partial, *([mirror] if mirror else []))
    _run("chroot", partial, "apt-get", "update")
    _run("chroot", partial, "apt-get", "install", "-y", "--no-install-recommends", *PACKAGES)
    _run("chroot", partial, "apt-get", "clean")
    partial.rename(root)


def _mirror() -> str | None:
    """Where this system's own packages come from, if it is a Debian; else debootstrap knows one."""
    for path in (Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")):
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        found = re.search(
            r"^(?:deb .*?|URIs: *)(https?://\S+/debian/?)(?:\s|$)", text, re.MULTILINE
        )
        if found:
            return found.group(1)
    return None


def _which(tool: str) -> str | None:
    return shutil.which(tool, path=os.pathsep.join((os.environ.get("PATH", ""), *_PLACES)))


def _run(*command: object) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]} failed:\n{done.stdout[-3000:]}"
