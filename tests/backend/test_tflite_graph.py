"""tflite files read as they are meant, and changed without changing what they compute."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from backend.home import home
from backend.people import Region
from backend.people.blazepose import LANDMARK_FILE, BlazePose
from backend.people.blazepose_steps import CELLS, FEATURES, LAST, MASK
from backend.people.tflite_graph import (
    Sparsity,
    Tensor,
    dense,
    file_with_outputs,
    read_graph,
    with_outputs,
)
from tests.needs import skip_unless


@pytest.fixture(scope="module")
def model() -> bytes:
    path = home() / "models" / LANDMARK_FILE
    skip_unless(path.is_file(), "the BlazePose models are missing")
    return path.read_bytes()


def test_the_graph_is_the_runtimes(model):
    graph = read_graph(model)
    interpreter = Interpreter(model_content=model)
    for at, known in enumerate(interpreter.get_tensor_details()[: len(graph.tensors)]):
        tensor = graph.tensors[at]
        assert (tensor.name, tensor.dtype) == (known["name"], known["dtype"])
        assert tensor.shape == tuple(known["shape"])
    assert [d["index"] for d in interpreter.get_input_details()] == [*graph.inputs]
    assert [d["index"] for d in interpreter.get_output_details()] == [*graph.outputs]
    made = {at for operator in graph.operators for at in operator.outputs}
    constant = {at for at, tensor in enumerate(graph.tensors) if tensor.values is not None}
    assert not made & constant
    used = {at for operator in graph.operators for at in operator.inputs}
    assert used <= made | constant | {*graph.inputs}


def test_inner_tensors_come_out_and_the_others_stay(model):
    outputs = read_graph(model).outputs
    changed = file_with_outputs(model, (*outputs, LAST, CELLS))
    assert read_graph(changed).outputs == (*outputs, LAST, CELLS)
    picture = np.random.default_rng(0).random((1, 256, 256, 3), np.float32)
    plain, more = _run(model, picture), _run(changed, picture)
    for expected, given in zip(plain, more, strict=False):
        np.testing.assert_array_equal(given, expected)
    whole, cells = more[5:]
    assert whole.shape == (1, 2, 2, 288) and cells.shape == (1, 64, 64, 48)
    # They are what the heads read: the heat maps are a linear function of the cells.
    graph = read_graph(model)
    (head,) = (operator for operator in graph.operators if graph.outputs[3] in operator.outputs)
    weights, bias = (_constant(graph, at) for at in head.inputs[1:])
    heat = cells @ weights.reshape(39, 48).T + bias
    np.testing.assert_allclose(heat, plain[3], atol=2e-4)


def test_what_is_not_wanted_is_not_computed(model):
    """Without the mask the network's other numbers are the same bits."""
    graph = read_graph(model)
    everything = (*graph.outputs, LAST, CELLS)
    kept = tuple(at for at in everything if at != MASK)
    changed = file_with_outputs(model, kept)
    fewer = read_graph(changed)
    assert fewer.operators == with_outputs(graph, kept).operators and fewer.outputs == kept
    lacking = {at for operator in fewer.operators for at in operator.outputs}
    assert MASK not in lacking and len(fewer.operators) < len(graph.operators) - 40
    picture = np.random.default_rng(2).random((1, 256, 256, 3), np.float32)
    whole = _run(file_with_outputs(model, everything), picture)
    plain = dict(zip(everything, whole, strict=True))
    for at, given in zip(kept, _run(changed, picture), strict=True):
        np.testing.assert_array_equal(given, plain[at])


def test_features_are_the_cells_where_the_landmark_is(model):
    rgb = np.random.default_rng(1).integers(0, 255, (300, 400, 3), np.uint8)
    region = Region(200.0, 150.0, 300.0, 0.2)
    (plain,) = BlazePose(home() / "models", threads=1).landmarks(rgb, [region])
    (found,) = BlazePose(home() / "models", threads=1, features=True).landmarks(rgb, [region])
    assert plain.features is None
    np.testing.assert_array_equal(found.landmarks, plain.landmarks)
    assert found.features.shape == (FEATURES,) and found.features.dtype == np.float32
    crop = region.crop(rgb, 256).astype(np.float32)[None] / 255
    outputs = _run(file_with_outputs(model, (*read_graph(model).outputs, LAST, CELLS)), crop)
    np.testing.assert_array_equal(found.features[:1152], outputs[5].ravel())
    for landmark in (0, 16, 32):
        chance = 1 / (1 + np.exp(-outputs[3][0, ..., landmark].astype(float)))
        expected = np.average(outputs[6][0].reshape(-1, 48), axis=0, weights=chance.ravel())
        given = found.features[1152 + 48 * landmark :][:48]
        np.testing.assert_allclose(given, expected, rtol=1e-3, atol=1e-4)


def test_sparse_rows():
    """Rows of a 3 x 4 matrix, compressed: the second row is empty."""
    sparsity = Sparsity((0, 1), (), (3, (np.array([0, 2, 2, 3]), np.array([1, 3, 0]))))
    tensor = Tensor("", (3, 4), np.dtype("f2"), np.array([5, 6, 7], "f2"), sparsity)
    expected = [[0, 5, 0, 6], [0, 0, 0, 0], [7, 0, 0, 0]]
    np.testing.assert_array_equal(dense(tensor), expected)


def test_sparse_blocks():
    """A 4 x 4 matrix in blocks of 2 x 2, one of which is empty."""
    full = np.array([[1, 0, 2, 3], [0, 4, 0, 0], [0, 0, 5, 0], [0, 0, 0, 6]])
    levels = (2, (np.array([0, 2, 3]), np.array([0, 1, 1])), 2, 2)
    values = np.array([1, 0, 0, 4, 2, 3, 0, 0, 5, 0, 0, 6], "f4")
    tensor = Tensor("", (4, 4), np.dtype("f4"), values, Sparsity((0, 1, 2, 3), (0, 1), levels))
    np.testing.assert_array_equal(dense(tensor), full)


def test_sparse_columns():
    """Traversed column by column: the stored order is the transpose's."""
    sparsity = Sparsity((1, 0), (), (2, (np.array([0, 1, 3]), np.array([2, 0, 1]))))
    tensor = Tensor("", (3, 2), np.dtype("f4"), np.array([1, 2, 3], "f4"), sparsity)
    np.testing.assert_array_equal(dense(tensor), [[0, 2], [0, 3], [1, 0]])


def _run(model: bytes, picture: np.ndarray) -> list[np.ndarray]:
    interpreter = Interpreter(model_content=model, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture)
    interpreter.invoke()
    return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


def _constant(graph, at: int) -> np.ndarray:
    (step,) = (operator for operator in graph.operators if at in operator.outputs)
    return graph.tensors[step.inputs[0]].values.astype(np.float32)
