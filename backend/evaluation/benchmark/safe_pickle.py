"""Pickles of strangers: only numpy arrays, lists, dictionaries, text and numbers come out."""

import io
import pickle
from pathlib import Path

from ...errors import OneTakeError

_ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    *(
        (f"numpy.{core}.multiarray", name)  # its name before and since numpy 2
        for core in ("core", "_core")
        for name in ("_reconstruct", "scalar")
    ),
}


class _Refused(pickle.UnpicklingError):
    pass


class _OnlyArrays(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in _ALLOWED:
            raise _Refused(f"{module}.{name}")
        return super().find_class(module, name)


def load_arrays(path: Path) -> object:
    """What is in a pickle that Python 2 or 3 wrote, without running anything of its own.

    OneTakeError unsafe_pickle where it asks for anything but arrays, bad_pickle where it is none.
    """
    try:
        # latin1: how Python 2's strings, and with them its arrays' bytes, come through.
        return _OnlyArrays(io.BytesIO(path.read_bytes()), encoding="latin1").load()
    except _Refused as error:
        raise OneTakeError(
            "unsafe_pickle",
            f"{path} asks for {error}, which data has no use for: it was not opened.",
        ) from error
    except OSError as error:
        raise OneTakeError("bad_pickle", f"{path} cannot be read: {error.strerror}.") from error
    except Exception as error:  # a broken pickle raises whatever it likes
        raise OneTakeError("bad_pickle", f"{path} is no pickle that can be read.") from error
