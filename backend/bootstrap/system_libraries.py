"""The shared libraries that Blender wants from a Linux system, and Debian's names for them."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path
from typing import Callable, Iterable

from ..errors import OneTakeError
from .processes import environment, run_logged

# What the bpy wheels load and do not carry; libEGL only when EEVEE or Workbench renders.
BLENDER = {
    "libX11.so.6": "libx11-6",
    "libXrender.so.1": "libxrender1",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libSM.so.6": "libsm6",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
}


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing(can_load: Callable[[str], bool] = _can_load) -> list[str]:
    """The libraries of BLENDER that this system lacks; empty on Windows and macOS."""
    if not sys.platform.startswith("linux"):
        return []
    return [library for library in BLENDER if not can_load(library)]


def apt_line(packages: Iterable[str]) -> str:
    """The command that installs these packages on Debian and Ubuntu."""
    return "apt-get install --no-install-recommends -y " + " ".join(packages)


def ensure(
    log: Path,
    say: Callable[[str], None],
    can_load: Callable[[str], bool] = _can_load,
) -> None:
    """See to it that Blender's libraries are there; see `install` for what it does and raises."""
    absent = missing(can_load)
    if absent:
        install([BLENDER[library] for library in absent], "Blender needs " + ", ".join(absent),
                log, say)  # fmt: skip
        still = missing(can_load)
        if still:
            raise OneTakeError(
                "no_system_library",
                f"Blender needs {', '.join(still)}, which apt-get did not bring: see {log}.",
            )


def install(packages: list[str], reason: str, log: Path, say: Callable[[str], None]) -> None:
    """Install Debian packages as root; otherwise raise OneTakeError with the line to run.

    reason: the sentence's beginning. say gets a line before apt-get starts.
    """
    line = apt_line(packages)
    if not shutil.which("apt-get"):
        raise OneTakeError(
            "no_system_library",
            f"{reason}: install what your system calls Debian's {' '.join(packages)}.",
        )
    if os.geteuid() != 0:
        raise OneTakeError("no_system_library", f"{reason}; run this once: sudo {line}")
    say(line)
    env = environment({"DEBIAN_FRONTEND": "noninteractive"})
    # A fresh container has no package lists; a failing mirror of others' need not stop us.
    run_logged(["apt-get", "update"], log, env)
    if run_logged(line.split(), log, env) != 0:
        raise OneTakeError("no_system_library", f"{reason}; `{line}` failed: see {log}.")
