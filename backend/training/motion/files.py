"""Motion files of the user's own, one or a tree of them."""

import hashlib
from dataclasses import replace
from pathlib import Path

from ...errors import OneTakeError
from .acclaim import read_amc
from .amass import read_amass
from .bvh import read_bvh
from .sequence import Motion

_READERS = {".npz": read_amass, ".bvh": read_bvh, ".amc": read_amc}
_NO_MOTION = ("shape.npz", "_stagei.npz")  # AMASS keeps a subject's shape beside the motions
_HELD_BACK = 5  # per cent of the subjects for "val", and as many for "test"
_FPS = 30.0  # a tree is thinned to no less, so that hours of it fit into memory


def read_motion(path: str | Path) -> Motion:
    """One AMASS .npz, .bvh, or .amc with its .asf; OneTakeError when it cannot be read."""
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise OneTakeError(
            "unknown_motion", f"{path.name} is no motion that OneTake reads: .npz, .bvh or .amc."
        )
    try:
        return reader(path)
    except OSError as error:
        raise OneTakeError(
            "bad_motion", f"{path.name} cannot be read: {error.strerror}."
        ) from error


def read_tree(folder: Path, split: str) -> list[Motion]:
    """Every motion file below `folder` whose subject is in `split`, in the order of their paths.

    A subject is the folder that a file lies in (the file itself when that is `folder`).
    """
    return [
        replace(_thinned(read_motion(path)), key=path.relative_to(folder).as_posix())
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in _READERS
        and not path.name.endswith(_NO_MOTION)
        and split_of(path.stem if path.parent == folder else path.parent.name) == split
    ]


def split_of(subject: str) -> str:
    """The split a subject belongs to, on every machine and whatever else there is."""
    share = int.from_bytes(hashlib.sha256(subject.encode()).digest()[:4], "big") % 100
    if share < 100 - 2 * _HELD_BACK:
        return "train"
    return "val" if share < 100 - _HELD_BACK else "test"


def _thinned(motion: Motion) -> Motion:
    step = max(int(motion.fps / _FPS + 1e-6), 1)
    return replace(
        motion,
        fps=motion.fps / step,
        poses=motion.poses[::step].copy(),
        trans=motion.trans[::step].copy(),
        ok=motion.ok[::step].copy(),
    )
