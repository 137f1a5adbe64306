"""Job folders: each finished stage of a conversion in a folder, so that a killed job resumes.

A stage's folder is named by the hash of everything it depends on and renamed into place when
complete. Two jobs on the same video make the same folders, each aside, so they need no lock.
"""

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from .disk import writing_to_home
from .home import home

_MEGABYTE = 1 << 20
CACHE_LIMIT = 2 << 30  # bytes of finished stages kept for all videos
_KEEP_SECONDS = 24 * 3600  # a folder used this recently may be in use

Result = TypeVar("Result")


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

    def has(self, name: str, settings: dict) -> bool:
        """Whether a stage is done already."""
        return self._folder(name, settings).is_dir()

    def stage(
        self,
        name: str,
        settings: dict,
        make: Callable[[Path], None],
        load: Callable[[Path], Result],
    ) -> Result:
        """What load(folder) reads of a stage; make(folder) fills it where it is not done yet.

        A stage that cannot be loaded is damaged and made again. settings: everything but the
        video that the result depends on, the stage's version included.
        """
        done = self._folder(name, settings)
        if done.is_dir():
            # Damage makes numpy, zipfile and json raise whatever they like.
            with suppress(Exception):
                result = load(done)
                with suppress(OSError):  # a cache that may only be read is a cache too
                    done.touch()
                return result
            shutil.rmtree(done, ignore_errors=True)
        with writing_to_home():
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=self.folder))
            try:
                make(partial)
                result = load(partial)
                with suppress(OSError):  # another job was faster
                    partial.rename(done)
                return result
            finally:
                shutil.rmtree(partial, ignore_errors=True)

    def _folder(self, name: str, settings: dict) -> Path:
        key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]
        return self.folder / f"{name}-{key}"


def trim_cache(limit: int = CACHE_LIMIT) -> None:
    """Delete what killed jobs left, and the job folders used longest ago beyond `limit` bytes."""
    long_ago = time.time() - _KEEP_SECONDS
    folders = []
    for folder in (home() / "jobs").glob("*"):
        with suppress(OSError):  # another process tidies up as well
            for partial in folder.glob(".*"):
                if partial.stat().st_mtime < long_ago:
                    shutil.rmtree(partial, ignore_errors=True)
            size = sum(item.stat().st_size for item in folder.rglob("*") if item.is_file())
            used = max(item.stat().st_mtime for item in (folder, *folder.glob("*")))
            folders.append((used, size, folder))
    total = sum(size for _, size, _ in folders)
    for used, size, folder in sorted(folders):
        if total <= limit or used > long_ago:
            return
        shutil.rmtree(folder, ignore_errors=True)
        total -= size
