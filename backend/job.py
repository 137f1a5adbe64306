"""Job folders: each finished stage of a conversion in a file, so that a killed job resumes.

A stage's file is named by the hash of everything it depends on and renamed into place when
complete. Two jobs on the same video write the same files, so they need no lock.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from .home import home

_MEGABYTE = 1 << 20
CACHE_LIMIT = 2 << 30  # bytes of finished stages kept for all videos
_KEEP_SECONDS = 24 * 3600  # a folder used this recently may be in use


def fingerprint(path: Path) -> str:
    """A file's identity without reading all of it: size, time, first and last megabyte."""
    stat = path.stat()
    digest = hashlib.sha256(f"{stat.st_size} {stat.st_mtime_ns}".encode())
    with path.open("rb") as stream:
        digest.update(stream.read(_MEGABYTE))
        stream.seek(max(0, stat.st_size - _MEGABYTE))
        digest.update(stream.read(_MEGABYTE))
    return digest.hexdigest()[:20]


class Job:
    """The finished stages of one video."""

    def __init__(self, video: Path) -> None:
        self.folder = home() / "jobs" / fingerprint(video)
        self.folder.mkdir(parents=True, exist_ok=True)

    def stage(self, name: str, settings: dict, make: Callable[[Path], None]) -> Path:
        """The folder of a finished stage; make(folder) fills it when there is none yet.

        settings: everything but the video that the result depends on, the stage's version included.
        """
        key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]
        done = self.folder / f"{name}-{key}"
        if done.is_dir():
            done.touch()
            return done
        partial = self.folder / f".{name}-{key}.part"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            make(partial)
            if not done.is_dir():
                partial.rename(done)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return done


def trim_cache(limit: int = CACHE_LIMIT) -> None:
    """Delete the job folders used longest ago until the rest fit into `limit` bytes."""
    folders = []
    for folder in (home() / "jobs").glob("*"):
        files = [item.stat() for item in folder.rglob("*") if item.is_file()]
        used = max([folder.stat().st_mtime, *(item.stat().st_mtime for item in folder.glob("*"))])
        folders.append((used, sum(item.st_size for item in files), folder))
    total = sum(size for _, size, _ in folders)
    for used, size, folder in sorted(folders):
        if total <= limit or time.time() - used < _KEEP_SECONDS:
            return
        shutil.rmtree(folder, ignore_errors=True)
        total -= size
