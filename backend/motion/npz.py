"""Writing an npz that is complete under its name, or not there."""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np


def save_npz(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Compressed, under a temporary name beside `path` first, then renamed. Raises OSError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as stream:
            np.savez_compressed(stream, **arrays)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
