"""How much memory there is, and how much processes have."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ..errors import OneTakeError

_UNITS = {"": 1e9, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}
# Of what is free: the system, and the user's other programs, want to breathe.
FREE_SHARE = 0.75
_OF_ALL_SHARE = 0.5  # of all there is, on systems that do not say how much is free


def parse_size(text: str) -> int:
    """Bytes of "6", "6GB", "1.5G" or "800M"; a plain number counts gigabytes."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*", text.casefold())
    if match is None or float(match[1]) <= 0:
        raise OneTakeError("usage", f"--max-memory wants a size like 6GB, not {text!r}.")
    return int(float(match[1]) * _UNITS[match[2]])


def memory_to_use() -> int | None:
    """Bytes that a batch may use when nobody says; None where the system does not tell."""
    with suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
        return int(FREE_SHARE * min(1024 * free, _container_room()))
    with suppress(AttributeError, OSError, ValueError):
        return int(_OF_ALL_SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return None


def _container_room() -> float:
    """Bytes that a control group leaves us."""
    groups = Path("/sys/fs/cgroup")
    with suppress(OSError, ValueError):  # "max", or no such group
        limit = int((groups / "memory.max").read_text())
        return limit - int((groups / "memory.current").read_text())
    return float("inf")


def families(pids: Iterable[int]) -> dict[int, int]:
    """Bytes of each process together with all that it started; none where nobody tells (Windows).

    On Linux without what it shares with others or could read again from a file.
    """
    sizes, parents = _table()
    children: dict[int, list[int]] = {}
    for pid, parent in parents.items():
        children.setdefault(parent, []).append(pid)

    def total(pid: int) -> int:
        return sizes.get(pid, 0) + sum(total(child) for child in children.get(pid, ()))

    return {pid: total(pid) for pid in pids if pid in sizes}


def _table() -> tuple[dict[int, int], dict[int, int]]:
    """Bytes, and the parent, of every process."""
    sizes, parents = {}, {}
    if sys.platform == "linux":
        page = os.sysconf("SC_PAGE_SIZE")
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError, IndexError):  # it has just ended
                _, resident, shared = (process / "statm").read_text().split()[:3]
                stat = (process / "stat").read_text().rsplit(")", 1)[1].split()
                sizes[int(process.name)] = page * (int(resident) - int(shared))
                parents[int(process.name)] = int(stat[1])
    elif os.name == "posix":
        listed = subprocess.run(
            ["ps", "-axo", "pid=,ppid=,rss="], capture_output=True, text=True, check=False
        )
        for line in listed.stdout.splitlines():
            pid, parent, kilobytes = map(int, line.split())
            sizes[pid], parents[pid] = 1024 * kilobytes, parent
    return sizes, parents
