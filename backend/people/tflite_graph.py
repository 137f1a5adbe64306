"""Reads a tflite file into plain Python, and has a runtime compute other tensors than it does.

A tflite file is a flatbuffer; the field numbers are those of TensorFlow's schema.fbs (version 3).
Known are the operators and types of the BlazePose networks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import flatbuffers
import numpy as np
from flatbuffers import number_types as kinds
from flatbuffers.table import Table

# Names, default values and kinds of an operator's options, by their field numbers.
_Options = dict[int, tuple[str, int, type]]
_ACTIVATION = "activation"
_STRIDES: _Options = {
    0: ("padding", 0, kinds.Int8Flags),
    1: ("stride_x", 0, kinds.Int32Flags),
    2: ("stride_y", 0, kinds.Int32Flags),
}
_OPERATORS: dict[int, tuple[str, _Options]] = {
    0: ("ADD", {0: (_ACTIVATION, 0, kinds.Int8Flags)}),
    2: (
        "CONCATENATION",
        {0: ("axis", 0, kinds.Int32Flags), 1: (_ACTIVATION, 0, kinds.Int8Flags)},
    ),
    3: (
        "CONV_2D",
        {
            **_STRIDES,
            3: (_ACTIVATION, 0, kinds.Int8Flags),
            4: ("dilation_x", 1, kinds.Int32Flags),
            5: ("dilation_y", 1, kinds.Int32Flags),
        },
    ),
    4: (
        "DEPTHWISE_CONV_2D",
        {
            **_STRIDES,
            3: ("multiplier", 0, kinds.Int32Flags),
            4: (_ACTIVATION, 0, kinds.Int8Flags),
            5: ("dilation_x", 1, kinds.Int32Flags),
            6: ("dilation_y", 1, kinds.Int32Flags),
        },
    ),
    5: ("DEPTH_TO_SPACE", {0: ("block", 0, kinds.Int32Flags)}),
    6: ("DEQUANTIZE", {}),
    14: ("LOGISTIC", {}),
    17: (
        "MAX_POOL_2D",
        {
            **_STRIDES,
            3: ("width", 0, kinds.Int32Flags),
            4: ("height", 0, kinds.Int32Flags),
            5: (_ACTIVATION, 0, kinds.Int8Flags),
        },
    ),
    22: ("RESHAPE", {}),
    23: (
        "RESIZE_BILINEAR",
        {2: ("align_corners", 0, kinds.BoolFlags), 3: ("half_pixels", 0, kinds.BoolFlags)},
    ),
    34: ("PAD", {}),
    124: ("DENSIFY", {}),
}
_ACTIVATIONS = {0: "none", 3: "relu6"}
_PADDINGS = {0: "same", 1: "valid"}
_TYPES = {0: np.float32, 1: np.float16, 2: np.int32}
_INDEX_TYPES = {1: np.int32, 2: np.uint16, 3: np.uint8}  # of the union SparseIndexVector


@dataclass(frozen=True)
class Sparsity:
    """How a tensor's kept values lie in the whole; the schema's SparsityParameters.

    traversal: the order in which the dimensions nest, blocks' inner ones (>= the rank) last.
    blocks: which dimension each inner one cuts into blocks. levels, one for each of traversal:
    its dense size, or for a compressed one where each parent's entries start, and their indices.
    """

    traversal: tuple[int, ...]
    blocks: tuple[int, ...]
    levels: tuple[int | tuple[np.ndarray, np.ndarray], ...]


@dataclass(frozen=True)
class Tensor:
    """A tensor of the graph; constant where it has values."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    values: np.ndarray | None  # of `shape`, or (N,) only the kept ones when sparse
    sparsity: Sparsity | None


@dataclass(frozen=True)
class Operator:
    """One step. inputs, outputs: indices of tensors; -1 for an input that is left out."""

    name: str  # as in the schema's BuiltinOperator
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: dict[str, int | str]


@dataclass(frozen=True)
class Graph:
    """A tflite file's first subgraph, operators in the order to run them in."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def read_graph(model: bytes) -> Graph:
    """The network in a tflite file. Raises KeyError for an operator or type not known here."""
    root = _root(model)
    codes = [
        # The old field is a byte: operators from 127 on are in the new one alone.
        max(code.number(0, 0, kinds.Int8Flags), code.number(3, 0, kinds.Int32Flags))
        for code in root.tables(1)
    ]
    buffers = root.tables(4)
    graph = root.tables(2)[0]
    return Graph(
        tensors=tuple(_tensor(table, buffers) for table in graph.tables(0)),
        operators=tuple(_operator(table, codes) for table in graph.tables(3)),
        inputs=graph.integers(1),
        outputs=graph.integers(2),
    )


def needed(graph: Graph, outputs: Sequence[int]) -> list[int]:
    """Indices of the operators that these tensors are made by, in order."""
    makers = {made: k for k, operator in enumerate(graph.operators) for made in operator.outputs}
    found: set[int] = set()
    wanted = list(outputs)
    while wanted:
        maker = makers.get(wanted.pop())
        if maker is not None and maker not in found:
            found.add(maker)
            wanted += graph.operators[maker].inputs
    return sorted(found)


def with_outputs(graph: Graph, outputs: Sequence[int]) -> Graph:
    """The graph with these outputs alone, without the operators that they do not need."""
    operators = tuple(graph.operators[k] for k in needed(graph, outputs))
    return replace(graph, operators=operators, outputs=tuple(outputs))


def file_with_outputs(model: bytes, outputs: Sequence[int]) -> bytes:
    """The same for a tflite file: a runtime computes and returns these tensors alone."""
    subgraph = _root(model).tables(2)[0]
    changed = bytearray(model)

    def write(place: int, values: np.ndarray) -> None:
        changed[place : place + values.nbytes] = values.tobytes()

    kept = needed(read_graph(model), outputs)
    # Operators move up in their vector: what it points to stays behind it.
    start, _ = subgraph.vector(subgraph.place(3))
    tables = np.array([subgraph.table_at(start + 4 * k) for k in kept])
    write(start, (tables - start - 4 * np.arange(len(kept))).astype("<u4"))
    write(start - 4, np.array(len(kept), "<u4"))
    changed += bytes(-len(changed) % 4)  # vectors lie on multiples of 4
    field = subgraph.place(2)
    write(field, np.array(len(changed) - field, "<u4"))
    changed += np.array([len(outputs), *outputs], "<u4").tobytes()
    return bytes(changed)


def dense(tensor: Tensor) -> np.ndarray:
    """A constant tensor's values in its shape, zeros where a sparse one keeps none."""
    if tensor.sparsity is None:
        return tensor.values
    sparsity, rank = tensor.sparsity, len(tensor.shape)
    # Depth first through the levels: where every kept value lies along each traversed dimension.
    places = np.zeros((1, 0), int)
    parents = np.zeros(1, int)  # of the level's entries, in the order in which they are stored
    for level in sparsity.levels:
        if isinstance(level, int):
            count = np.full(len(places), level)
            indices = np.tile(np.arange(level), len(places))
            parents = (parents[:, None] * level + np.arange(level)).ravel()
        else:
            segments, kept = level
            first, count = segments[parents], segments[parents + 1] - segments[parents]
            parents = np.concatenate(
                [np.arange(f, f + c) for f, c in zip(first, count, strict=True)]
            )
            indices = kept[parents]
        places = np.column_stack([np.repeat(places, count, axis=0), indices])
    along = np.empty_like(places)  # of dimension d, then of the blocks' inner ones
    along[:, sparsity.traversal] = places
    sizes = {d: l for d, l in zip(sparsity.traversal, sparsity.levels, strict=True) if d >= rank}
    for inner, cut in enumerate(sparsity.blocks, rank):
        along[:, cut] = along[:, cut] * sizes[inner] + along[:, inner]
    values = np.zeros(tensor.shape, tensor.dtype)
    values[tuple(along[:, :rank].T)] = tensor.values[parents]
    return values


class _Record:
    """One flatbuffer table; fields by their numbers in the schema."""

    def __init__(self, model: bytes, position: int) -> None:
        self._table = Table(model, position)

    def place(self, field: int) -> int:
        """Where a field's content stands in the file, 0 when it has none."""
        offset = self._table.Offset(4 + 2 * field)
        return self._table.Pos + offset if offset else 0

    def number(self, field: int, default: int, kind: type) -> int:
        place = self.place(field)
        return self._table.Get(kind, place) if place else default

    def table(self, field: int) -> "_Record | None":
        place = self.place(field)
        return _Record(self._table.Bytes, self._table.Indirect(place)) if place else None

    def tables(self, field: int) -> list["_Record"]:
        place = self.place(field)
        if not place:
            return []
        start, count = self.vector(place)
        return [_Record(self._table.Bytes, self.table_at(start + 4 * k)) for k in range(count)]

    def array(self, field: int, dtype: type) -> np.ndarray:
        place = self.place(field)
        if not place:
            return np.zeros(0, dtype)
        start, count = self.vector(place)
        return np.frombuffer(self._table.Bytes, np.dtype(dtype).newbyteorder("<"), count, start)

    def integers(self, field: int) -> tuple[int, ...]:
        return tuple(self.array(field, np.int32).tolist())

    def table_at(self, place: int) -> int:
        """Where the table stands that is pointed to from a place in the file."""
        return self._table.Indirect(place)

    def vector(self, place: int) -> tuple[int, int]:
        """Where a vector's first item stands, and how many there are."""
        position = self._table.Indirect(place)
        return position + 4, self._table.Get(kinds.UOffsetTFlags, position)


def _root(model: bytes) -> _Record:
    return _Record(model, flatbuffers.encode.Get(kinds.UOffsetTFlags.packer_type, model, 0))


def _tensor(table: _Record, buffers: list[_Record]) -> Tensor:
    shape = table.integers(0)
    dtype = np.dtype(_TYPES[table.number(1, 0, kinds.Int8Flags)])
    raw = buffers[table.number(2, 0, kinds.Uint32Flags)].array(0, np.uint8)
    sparsity = _sparsity(table.table(6))
    values = raw.view(dtype) if len(raw) else None
    if values is not None and sparsity is None:
        values = values.reshape(shape)
    name = table.array(3, np.uint8).tobytes().decode()
    return Tensor(name, shape, dtype, values, sparsity)


def _sparsity(table: _Record | None) -> Sparsity | None:
    if table is None:
        return None
    levels = []
    for level in table.tables(2):
        if level.number(0, 0, kinds.Int8Flags) == 0:
            levels.append(level.number(1, 0, kinds.Int32Flags))
        else:
            levels.append(tuple(_indices(level, field) for field in (2, 4)))
    return Sparsity(table.integers(0), table.integers(1), tuple(levels))


def _indices(level: _Record, field: int) -> np.ndarray:
    dtype = _INDEX_TYPES[level.number(field, 0, kinds.Uint8Flags)]
    return level.table(field + 1).array(0, dtype).astype(int)


def _operator(table: _Record, codes: list[int]) -> Operator:
    name, fields = _OPERATORS[codes[table.number(0, 0, kinds.Uint32Flags)]]
    given = table.table(4)
    options: dict[str, int | str] = {}
    for field, (option, default, kind) in fields.items():
        value = given.number(field, default, kind) if given else default
        if option == _ACTIVATION:
            value = _ACTIVATIONS[value]
        elif option == "padding":
            value = _PADDINGS[value]
        options[option] = value
    return Operator(name, table.integers(1), table.integers(2), options)
