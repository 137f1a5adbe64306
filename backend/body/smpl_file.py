"""The official SMPL body from the file that its licence gives each user, read without running it.

The pickles of 2015 hold chumpy's and scipy's objects. Stand-ins take their state, and arrays are
made of that, so neither library is needed and nothing that is named in the file is called.
"""

import hashlib
import zipfile
from pathlib import Path

import numpy as np

from ..disk import writing_to_home
from ..errors import OneTakeError
from ..home import home
from ..motion.body import Body
from ..motion.npz import save_npz
from ..motion.skeleton import PARENTS
from ..safe_pickle import arrays_in, load_arrays

_NEEDED = ("v_template", "shapedirs", "posedirs", "J_regressor", "weights", "f", "kintree_table")
_BETAS = 10
_VERSION = 1  # of the npz that is made of it


def load_smpl(path: str | Path) -> Body:
    """The body in an official SMPL .pkl or .npz, of any gender, its first ten shape directions.

    OneTakeError unsafe_pickle where the file asks for what a body has no use for, bad_body where it
    holds no body of SMPL's 24 joints.
    """
    path = Path(path)
    try:
        data = _npz(path) if zipfile.is_zipfile(path) else load_arrays(path, _stand_in)
    except OSError as error:
        raise OneTakeError("bad_body", f"{path} cannot be read: {error.strerror}.") from error
    if not isinstance(data, dict) or not set(_NEEDED) <= set(data):
        raise OneTakeError("bad_body", f"{path.name} is not an SMPL body.")
    try:
        arrays = {name: _array(data[name]) for name in _NEEDED}
    except (TypeError, ValueError, IndexError, KeyError, AttributeError) as error:
        raise OneTakeError("bad_body", f"{path.name} is an SMPL body, but damaged.") from error
    _require_smpl(arrays, path.name)
    return Body(
        name="smpl",
        v_template=arrays["v_template"].astype(np.float32),
        shapedirs=arrays["shapedirs"][..., :_BETAS].astype(np.float32),
        J_regressor=arrays["J_regressor"].astype(np.float64),
        weights=arrays["weights"].astype(np.float64),
        f=arrays["f"].astype(np.int32),
        posedirs=arrays["posedirs"].astype(np.float32),
    )


def smpl_npz(path: str | Path) -> Path:
    """The same body as an npz that `Body.load` reads, made once a file; errors as `load_smpl`."""
    path = Path(path)
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise OneTakeError("bad_body", f"{path} cannot be read: {error.strerror}.") from error
    made = home() / "models" / f"smpl-{_VERSION}-{digest}.npz"
    if not made.exists():
        body = load_smpl(path)
        arrays = {name: getattr(body, name) for name in _NEEDED[:-1]}
        with writing_to_home():
            made.parent.mkdir(parents=True, exist_ok=True)
            save_npz(made, {"name": np.asarray(body.name), **arrays})
    return made


class _Kept:
    """Stands for an object of chumpy or scipy: its state, and nothing that it could do."""

    def __new__(cls, *_arguments: object) -> "_Kept":
        return super().__new__(cls)

    def __init__(self, *_arguments: object):
        self.state: dict = {}

    def __setstate__(self, state: object) -> None:
        self.state = state if isinstance(state, dict) else {}


class _Chumpy(_Kept):
    pass


class _Sparse(_Kept):
    pass


class _SparseRows(_Sparse):
    pass


def _reconstructed(kind: type, _base: type, _state: object) -> _Kept:
    """What Python 2's copy_reg._reconstructor does, for stand-ins only."""
    if not (isinstance(kind, type) and issubclass(kind, _Kept)):
        raise TypeError("only stand-ins are made")
    return kind.__new__(kind)


def _bytes(text: str, _encoding: str) -> bytes:
    """Python 3's bytes in a pickle that Python 2 could read."""
    return text.encode("latin1")


def _stand_in(module: str, name: str) -> object | None:
    if module == "chumpy" or module.startswith("chumpy."):
        return _Chumpy
    if module.startswith("scipy.sparse") and name in ("csc_matrix", "csc_array"):
        return _Sparse
    if module.startswith("scipy.sparse") and name in ("csr_matrix", "csr_array"):
        return _SparseRows
    if (module, name) in (("copy_reg", "_reconstructor"), ("copyreg", "_reconstructor")):
        return _reconstructed
    if (module, name) in (("__builtin__", "object"), ("builtins", "object")):
        return _Kept
    if (module, name) == ("_codecs", "encode"):
        return _bytes
    if (module, name) in (("__builtin__", "set"), ("builtins", "set")):
        return set
    return None


def _array(value: object) -> np.ndarray:
    """Numbers of an array, or of the stand-in for one."""
    if isinstance(value, _Sparse):
        return _dense(value)
    if isinstance(value, _Chumpy):
        state = value.state
        if "x" in state:
            return _array(state["x"])
        # A selection of another's numbers: chumpy.reordering.Select.
        chosen = _array(state["a"]).ravel()[_array(state["idxs"]).astype(np.int64).ravel()]
        return chosen.reshape([int(size) for size in state["preferred_shape"]])
    array = np.asarray(value)
    if array.dtype == object and array.shape == ():
        return _array(array.item())
    if array.dtype.kind not in "fiu":
        raise ValueError("not numbers")
    return array


def _dense(matrix: _Sparse) -> np.ndarray:
    state = matrix.state
    shape = state["_shape"] if "_shape" in state else state["shape"]
    rows, columns = (int(size) for size in shape)
    values, inner, starts = (np.asarray(state[key]) for key in ("data", "indices", "indptr"))
    outer = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    if isinstance(matrix, _SparseRows):
        inner, outer = outer, inner
    if not (0 < rows <= 24 and 0 < columns <= 1_000_000) or inner.min() < 0 or outer.min() < 0:
        raise ValueError("no matrix of SMPL's")
    dense = np.zeros((rows, columns))
    np.add.at(dense, (inner, outer), values)
    return dense


def _npz(path: Path) -> dict[str, object]:
    """The arrays that are needed of an npz, where some may be pickled objects of scipy's."""
    found = {}
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            for name in _NEEDED:
                if f"{name}.npy" in names:
                    with archive.open(f"{name}.npy") as stream:
                        found[name] = _npy(stream, f"{path.name}: {name}")
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise OneTakeError("bad_body", f"{path.name} is damaged.") from error
    return found


def _npy(stream, called: str) -> object:
    version = np.lib.format.read_magic(stream)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read is None:
        raise ValueError("another format of npy")
    shape, by_columns, dtype = read(stream)
    data = stream.read()
    if dtype.hasobject:
        return arrays_in(data, called, _stand_in)
    return np.frombuffer(data, dtype).reshape(shape, order="F" if by_columns else "C")


def _require_smpl(arrays: dict[str, np.ndarray], name: str) -> None:
    count = len(arrays["v_template"])
    expected = {
        "v_template": (count, 3),
        "posedirs": (count, 3, 207),
        "J_regressor": (24, count),
        "weights": (count, 24),
        "kintree_table": (2, 24),
    }
    wrong = [key for key, shape in expected.items() if arrays[key].shape != shape]
    if wrong or arrays["shapedirs"].shape[:2] != (count, 3):
        raise OneTakeError("bad_body", f"{name} is not a body of SMPL's 24 joints.")
    if arrays["shapedirs"].ndim != 3 or arrays["shapedirs"].shape[2] < _BETAS:
        raise OneTakeError("bad_body", f"{name} has fewer than ten shape directions.")
    if arrays["f"].ndim != 2 or arrays["f"].shape[1] != 3 or arrays["f"].max() >= count:
        raise OneTakeError("bad_body", f"{name} has faces that belong to no vertex.")
    # The root's parent is written as 2^32 - 1.
    if not np.array_equal(arrays["kintree_table"][0, 1:], PARENTS[1:]):
        raise OneTakeError("bad_body", f"{name} has other joints than SMPL.")
    if not all(np.isfinite(arrays[key]).all() for key in _NEEDED):
        raise OneTakeError("bad_body", f"{name} is damaged: it is not all numbers.")
