"""Sentences for what a disk refuses."""

import errno
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from .errors import OneTakeError
from .home import home

_FULL = {getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def writing_to(folder: Path, elsewhere: str) -> Iterator[None]:
    """Turns an OSError of the block into a OneTakeError about `folder`.

    elsewhere: what the user does to have another folder, "choose another folder with --output".
    """
    try:
        yield
    except OSError as error:
        raise _explained(error, folder, elsewhere) from error


def writing_to_home() -> AbstractContextManager[None]:
    """`writing_to` for what OneTake keeps for itself."""
    return writing_to(
        home(), "choose a data folder on another disk (ONETAKE_HOME, or the add-on's preferences)"
    )


def _explained(error: OSError, folder: Path, elsewhere: str) -> OneTakeError:
    if error.errno in _FULL:
        return OneTakeError(
            "disk_full", f"The disk that holds {folder} is full; free some space or {elsewhere}."
        )
    if error.errno in _FORBIDDEN:
        return OneTakeError("read_only", f"{folder} cannot be written to; {elsewhere}.")
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        inside = next((p for p in (folder, *folder.parents) if p.exists()), folder)
        return OneTakeError("not_a_folder", f"{inside} is a file, not a folder; {elsewhere}.")
    return OneTakeError(
        "write_failed", f"Writing to {folder} failed: {error.strerror or error}; {elsewhere}."
    )
