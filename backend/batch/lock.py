"""One batch at a time on an output folder."""

import os
import time
from pathlib import Path
from types import TracebackType

from ..disk import writing_to
from ..errors import OneTakeError

NAME = ".onetake-batch.lock"
# What a killed batch has started ends within three seconds, see `bootstrap.messages`.
PATIENCE_SECONDS = 8.0


class Lock:
    """Held from `with` to its end, or for as long as a process lives that was given `descriptor`.

    A killed batch's last workers so keep the next batch waiting until they are gone. OneTakeError
    busy where somebody else has it for longer than `patience` seconds.
    """

    def __init__(self, folder: Path, patience: float = PATIENCE_SECONDS) -> None:
        self._path, self._patience = folder / NAME, patience
        self.descriptor = -1

    def __enter__(self) -> "Lock":
        folder = self._path.parent
        end = time.monotonic() + self._patience
        with writing_to(folder, "choose another folder with --output"):
            folder.mkdir(parents=True, exist_ok=True)
            while not self._taken():
                if time.monotonic() > end:
                    raise OneTakeError(
                        "busy",
                        f"Another batch is at work on {folder}; wait for it, or choose another "
                        "folder with --output.",
                    )
                time.sleep(0.1)
        return self

    def _taken(self) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            free = _try(descriptor)
            # Whoever had it may have deleted the file since we opened it.
            if free and os.path.samestat(os.fstat(descriptor), os.stat(self._path)):
                self.descriptor, descriptor = descriptor, -1
                return True
            return False
        except FileNotFoundError:
            return False
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if os.name == "posix":
            self._path.unlink(missing_ok=True)
        os.close(self.descriptor)


if os.name == "posix":
    import fcntl

    def _try(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
else:
    import msvcrt

    def _try(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
