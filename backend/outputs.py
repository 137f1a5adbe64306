"""Results that appear under their final names all together, or not at all."""

import errno
import os
from pathlib import Path

from .errors import OneTakeError


class Outputs:
    """A set of files for one folder, written under hidden names; a context manager.

    On success every file gets its name; on any exception none does and what was there stays.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._staged: dict[Path, Path] = {}  # temporary -> final
        self._stale: list[Path] = []

    def __enter__(self) -> "Outputs":
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            probe = self.folder / f".onetake-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise output_error(error, self.folder) from error
        return self

    def file(self, name: str) -> Path:
        """The hidden name to write `name` under; its suffix stays, programs go by it.

        The name is the same each time, so that the next run clears what a killed one left.
        """
        hidden = self.folder / f".part-{name}"
        self._staged[hidden] = self.folder / name
        return hidden

    def remove(self, path: Path) -> None:
        """Delete an earlier result that this one replaces, once this one is complete."""
        self._stale.append(path)

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        try:
            if error is None:
                for path in self._stale:
                    path.unlink(missing_ok=True)
                for hidden, final in self._staged.items():
                    hidden.replace(final)
        except OSError as failure:
            raise output_error(failure, self.folder) from failure
        finally:
            for hidden in self._staged:
                hidden.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise output_error(error, self.folder) from error


def output_error(error: OSError, folder: Path) -> OneTakeError:
    """A sentence for a folder that cannot be written to."""
    if error.errno == errno.ENOSPC:
        return OneTakeError(
            "disk_full", f"The disk that holds {folder} is full; free some space and run again."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OneTakeError(
            "read_only", f"{folder} cannot be written to; choose another folder with --output."
        )
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return OneTakeError(
            "not_a_folder", f"{folder} is a file, not a folder; choose another with --output."
        )
    return OneTakeError("output_failed", f"Writing to {folder} failed: {error.strerror or error}.")
