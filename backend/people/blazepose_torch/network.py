"""A tflite network as a torch module: the operators of BlazePose's two networks, in batches.

tflite pictures are (B, H, W, C), torch's (B, C, H, W): tensors of four dimensions are turned where
they come in and go out, the others are as in the file.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from ..tflite_graph import Graph, Operator, dense, with_outputs


class TorchNetwork(nn.Module):
    """The network of a graph with one input, float32 and frozen.

    outputs: indices of the tensors to return. Raises KeyError for an operator, ValueError for an
    option that BlazePose's networks do not have.
    """

    def __init__(self, graph: Graph, outputs: Sequence[int]) -> None:
        super().__init__()
        graph = with_outputs(graph, outputs)
        (self._input,), self.outputs = graph.inputs, graph.outputs
        constants = _constants(graph)
        self.steps = nn.ModuleList()
        self._wires: list[tuple[list[int], int]] = []  # each step's inputs and output
        for operator in graph.operators:
            (made,) = operator.outputs
            if made not in constants:
                self.steps.append(_Step(operator, graph, constants))
                self._wires.append(([at for at in operator.inputs if at not in constants], made))
        last = {at: k for k, (inputs, _) in enumerate(self._wires) for at in inputs}
        self._done = [  # what no later step wants
            [at for at in inputs if last[at] == k and at not in self.outputs]
            for k, (inputs, _) in enumerate(self._wires)
        ]
        self.requires_grad_(False).eval()

    def forward(self, pictures: torch.Tensor) -> list[torch.Tensor]:
        """pictures (B, H, W, 3) f4; the outputs as in the file, but for B in place of 1."""
        first = pictures.permute(0, 3, 1, 2)
        # CPUs are a quarter faster on channels that lie together, as here; GPUs on planes, as
        # depthwise convolutions are written for them.
        values = {self._input: first if first.device.type == "cpu" else first.contiguous()}
        for step, (inputs, made), done in zip(self.steps, self._wires, self._done, strict=True):
            values[made] = step(*(values[at] for at in inputs))
            for at in done:
                values.pop(at, None)
        return [_channels_last(values[at]).contiguous() for at in self.outputs]


class _Step(nn.Module):
    """One operator with its constants and its activation."""

    def __init__(self, operator: Operator, graph: Graph, constants: dict[int, np.ndarray]) -> None:
        super().__init__()
        shapes = [graph.tensors[at].shape for at in (*operator.inputs, *operator.outputs)]
        given = [constants[at] for at in operator.inputs if at in constants]
        self.run = _BUILDERS[operator.name](operator.options, shapes, given)
        self._clipped = operator.options.get("activation") == "relu6"

    def forward(self, *values: torch.Tensor) -> torch.Tensor:
        made = self.run(*values)
        return made.clamp_(0, 6) if self._clipped else made


class _Convolution(nn.Module):
    """CONV_2D and DEPTHWISE_CONV_2D."""

    def __init__(self, options: dict, size: tuple[int, int], weight: np.ndarray, bias: np.ndarray,
                 groups: int) -> None:  # fmt: skip
        """size: the input's height and width. weight (out, in / groups, height, width)."""
        super().__init__()
        stride = options["stride_y"], options["stride_x"]
        if (options["dilation_y"], options["dilation_x"]) != (1, 1):
            raise ValueError("a dilated convolution")
        pads = [
            _same_padding(n, kernel, step) if options["padding"] == "same" else (0, 0)
            for n, kernel, step in zip(size, weight.shape[2:], stride, strict=True)
        ]
        even = all(before == after for before, after in pads)
        # torch pads both sides alike; tflite the far one by one more where the sum is odd.
        self._pad = None if even else (*pads[1], *pads[0])
        self.convolution = nn.Conv2d(
            weight.shape[1] * groups,
            weight.shape[0],
            weight.shape[2:],
            stride,
            (pads[0][0], pads[1][0]) if even else 0,
            groups=groups,
        )
        self.convolution.weight.data = torch.from_numpy(np.array(weight, np.float32))
        self.convolution.bias.data = torch.from_numpy(np.array(bias, np.float32))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.convolution(x if self._pad is None else F.pad(x, self._pad))


class _Call(nn.Module):
    """An operator without weights."""

    def __init__(self, function: Callable[..., torch.Tensor]) -> None:
        super().__init__()
        self._function = function

    def forward(self, *values: torch.Tensor) -> torch.Tensor:
        return self._function(*values)


def _conv(options: dict, shapes: list, given: list[np.ndarray]) -> nn.Module:
    weight, bias = given  # (out, height, width, in)
    return _Convolution(options, shapes[0][1:3], weight.transpose(0, 3, 1, 2), bias, 1)


def _depthwise(options: dict, shapes: list, given: list[np.ndarray]) -> nn.Module:
    weight, bias = given  # (1, height, width, in x multiplier)
    return _Convolution(options, shapes[0][1:3], weight.transpose(3, 0, 1, 2), bias, shapes[0][3])


def _pad(options: dict, shapes: list, given: list[np.ndarray]) -> nn.Module:
    (batch, rows, columns, channels) = given[0].tolist()  # before and after
    if batch != [0, 0]:
        raise ValueError("a padded batch")
    return _Call(lambda x: F.pad(x, (*columns, *rows, *channels)))


def _pool(options: dict, shapes: list, given: list[np.ndarray]) -> nn.Module:
    if options["padding"] != "valid":
        raise ValueError("a padded pool")
    size = options["height"], options["width"]
    return nn.MaxPool2d(size, (options["stride_y"], options["stride_x"]))


def _resize(options: dict, shapes: list, given: list[np.ndarray]) -> nn.Module:
    if options["align_corners"] or not options["half_pixels"]:
        raise ValueError("a resize that is not by half pixels")
    return nn.Upsample(tuple(given[0].tolist()), mode="bilinear", align_corners=False)


def _depth_to_space(options: dict, shapes: list, given: list[np.ndarray]) -> nn.Module:
    block = options["block"]

    def spread(x: torch.Tensor) -> torch.Tensor:
        # Not F.pixel_shuffle: there the channel is the slowest of the three, here the fastest.
        b, c, h, w = x.shape
        x = x.reshape(b, block, block, c // block**2, h, w).permute(0, 3, 4, 1, 5, 2)
        return x.reshape(b, c // block**2, h * block, w * block)

    return _Call(spread)


def _reshape(options: dict, shapes: list, given: list[np.ndarray]) -> nn.Module:
    shape = shapes[-1][1:]
    if len(shape) == 3:
        raise ValueError("a reshape to a picture")
    return _Call(lambda x: _channels_last(x).reshape(len(x), *shape))


def _concatenation(options: dict, shapes: list, given: list[np.ndarray]) -> nn.Module:
    if given or len(shapes[0]) == 4:
        raise ValueError("a concatenation of pictures or constants")
    return _Call(lambda *values: torch.cat(values, options["axis"]))


def _add(options: dict, shapes: list, given: list[np.ndarray]) -> nn.Module:
    if given:
        raise ValueError("a sum with a constant")
    return _Call(torch.add)


_BUILDERS = {
    "ADD": _add,
    "CONCATENATION": _concatenation,
    "CONV_2D": _conv,
    "DEPTH_TO_SPACE": _depth_to_space,
    "DEPTHWISE_CONV_2D": _depthwise,
    "LOGISTIC": lambda options, shapes, given: nn.Sigmoid(),
    "MAX_POOL_2D": _pool,
    "PAD": _pad,
    "RESHAPE": _reshape,
    "RESIZE_BILINEAR": _resize,
}


def _constants(graph: Graph) -> dict[int, np.ndarray]:
    """What does not depend on the input: weights are unpacked and widened here, once."""
    constants = {
        at: dense(tensor) for at, tensor in enumerate(graph.tensors) if tensor.values is not None
    }
    for operator in graph.operators:
        if operator.name == "DENSIFY":
            constants[operator.outputs[0]] = constants[operator.inputs[0]]
        elif operator.name == "DEQUANTIZE":
            constants[operator.outputs[0]] = constants[operator.inputs[0]].astype(np.float32)
    return constants


def _same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Before and after, so that ceil(size / stride) places come out."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def _channels_last(x: torch.Tensor) -> torch.Tensor:
    return x.permute(0, 2, 3, 1) if x.ndim == 4 else x
