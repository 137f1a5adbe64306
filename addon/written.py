"""Files that Blender writes: complete under their name, or a sentence why not."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..backend.errors import OneTakeError


@contextmanager
def written(path: Path, suffix: str, code: str) -> Iterator[Path]:
    """A hidden name beside `path` to write under, which becomes `path` at the end.

    suffix: what Blender wants the name to end with. On an error nothing is left behind;
    OneTakeError with `code` and the system's words where it is one of writing.
    """
    partial = path.with_name(f".{path.stem}.{os.getpid()}.part{suffix}")
    try:
        if not path.parent.is_dir():  # some exporters would make it
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        yield partial
        partial.replace(path)
    except (OSError, RuntimeError) as error:
        message = f"{path.name} could not be written: {_reason(error)}."
        raise OneTakeError(code, message) from error
    finally:
        partial.unlink(missing_ok=True)


def _reason(error: OSError | RuntimeError) -> str:
    """Of the many lines of an operator's error, the one that says it, without its Python."""
    if getattr(error, "strerror", None):
        return error.strerror
    lines = [line for line in str(error).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("Location:")] or ["no reason is given"]
    return re.sub(r"^(\w*Error: )*(\[Errno \d+\] )?", "", lines[-1].strip()).rstrip(".")
