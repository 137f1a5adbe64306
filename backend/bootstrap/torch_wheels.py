"""Chooses which build of PyTorch to install, and where it comes from."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

INDEX = "https://download.pytorch.org/whl/"

# Upstream's default CUDA for this release; the build on the default index for Linux is the same.
WINDOWS_CUDA = "cu130"


@dataclass(frozen=True)
class Source:
    """name: for the user. options: pip's, in front of the requirement."""

    name: str
    options: tuple[str, ...]


def accelerator(
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
    driver: Path = Path("/proc/driver/nvidia/version"),
) -> str:
    """What PyTorch can compute on here: "cuda", "mps" or "cpu"; decided without running anything.

    Under WSL the driver is the host's and only nvidia-smi shows it.
    """
    if platform == "darwin":
        return "mps"
    if which("nvidia-smi") or (platform == "linux" and driver.exists()):
        return "cuda"
    return "cpu"


def sources(accelerator: str, platform: str = sys.platform) -> list[Source]:
    """Where to look for PyTorch, in order: the next is tried where one does not have it.

    A wheel in pip's find-links comes first: whoever put it there wants it used. pip's own index
    comes last, for networks that reach no other; it holds CUDA for Linux, CPU for Windows.
    """
    local = Source("the wheel in pip's find-links", ("--no-index",))
    default = Source("CPU build" if platform == "win32" else "default build", ())
    if accelerator == "mps":
        return [local, Source("build with MPS", ())]
    if accelerator == "cuda" and platform == "linux":
        return [local, Source("CUDA build, about 3 GB", ())]
    if accelerator == "cuda":
        index = Source("CUDA build, about 2 GB", ("--index-url", INDEX + WINDOWS_CUDA))
    else:
        index = Source("CPU build, about 200 MB", ("--index-url", INDEX + "cpu"))
    return [local, index, default]
