"""Pickles of strangers: only numpy arrays, lists, dictionaries, text and numbers come out."""

import io
import pickle
from collections.abc import Callable
from pathlib import Path

from .errors import OneTakeError

_ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    *(
        (f"numpy.{core}.multiarray", name)  # its name before and since numpy 2
        for core in ("core", "_core")
        for name in ("_reconstruct", "scalar")
    ),
}

# Finds what stands for a class or function, by module and name, that a kind of file may hold
# beside arrays; None for what it may not hold.
StandIns = Callable[[str, str], object | None]


class _Refused(pickle.UnpicklingError):
    pass


class _OnlyArrays(pickle.Unpickler):
    def __init__(self, data: bytes, stand_ins: StandIns | None):
        # latin1: how Python 2's strings, and with them its arrays' bytes, come through.
        super().__init__(io.BytesIO(data), encoding="latin1")
        self._stand_ins = stand_ins

    def find_class(self, module: str, name: str) -> object:
        stand_in = self._stand_ins and self._stand_ins(module, name)
        if stand_in is not None:
            return stand_in
        if (module, name) not in _ALLOWED:
            raise _Refused(f"{module}.{name}")
        return super().find_class(module, name)


def load_arrays(path: Path, stand_ins: StandIns | None = None) -> object:
    """What is in a pickle that Python 2 or 3 wrote, without running anything of its own.

    OneTakeError unsafe_pickle where it asks for anything but arrays, bad_pickle where it is none.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise OneTakeError("bad_pickle", f"{path} cannot be read: {error.strerror}.") from error
    return arrays_in(data, str(path), stand_ins)


def arrays_in(data: bytes, called: str, stand_ins: StandIns | None = None) -> object:
    """As `load_arrays`, of a pickle in memory that messages call by this name."""
    try:
        return _OnlyArrays(data, stand_ins).load()
    except _Refused as error:
        raise OneTakeError(
            "unsafe_pickle",
            f"{called} asks for {error}, which data has no use for: it was not opened.",
        ) from error
    except Exception as error:  # a broken pickle raises whatever it likes
        raise OneTakeError("bad_pickle", f"{called} is no pickle that can be read.") from error
