"""ResNet-50 as a front end, for weights that the user has: none are shipped or fetched.

He et al. 2016, "Deep residual learning for image recognition", as HMR and its successors use it:
the 2048 numbers after the global average. Its parts are called as in torchvision, whose names
published weights have, SPIN's among them.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from ..errors import OneTakeError

WIDTH = 2048  # of the features
CELLS = 224  # along a side of the picture that it was made for
# Of ImageNet's pictures, red, green and blue in 0..1: what published weights were trained with.
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_WIDER = 4  # how much wider a block's output is than its 3 x 3 convolution
_KNOWN_BY = "layer1.0.conv1.weight"  # no other part of a bigger network is called so
_NEVER_READ = "num_batches_tracked"  # of training; old files lack it


class ResNet50(nn.Module):
    """Pictures -> features; the classifier after them is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = _layer(64, 64, blocks=3, stride=1)
        self.layer2 = _layer(256, 128, blocks=4, stride=2)
        self.layer3 = _layer(512, 256, blocks=6, stride=2)
        self.layer4 = _layer(1024, 512, blocks=3, stride=2)

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 3, 224, 224), standardised -> (B, 2048)."""
        x = functional.relu(self.bn1(self.conv1(pictures)))
        x = functional.max_pool2d(x, 3, 2, padding=1)
        return self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean(dim=(2, 3))


class _Bottleneck(nn.Module):
    """Three convolutions around which the input goes (figure 5, right).

    The 3 x 3 takes the stride, as in torchvision and SPIN; in the paper the first one does.
    """

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        outputs = _WIDER * width
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        made = functional.relu(self.bn1(self.conv1(x)))
        made = functional.relu(self.bn2(self.conv2(made)))
        around = x if self.downsample is None else self.downsample(x)
        return functional.relu(self.bn3(self.conv3(made)) + around)


def _layer(inputs: int, width: int, *, blocks: int, stride: int) -> nn.Sequential:
    first = _Bottleneck(inputs, width, stride)
    return nn.Sequential(first, *(_Bottleneck(_WIDER * width, width, 1) for _ in range(blocks - 1)))


class ResNetFrontEnd:
    """FrontEnd: ResNet-50 with the weights in a file. OneTakeError bad_front_end.

    device: a torch device.
    """

    def __init__(self, weights: Path, device: str | torch.device = "cpu") -> None:
        self._device = torch.device(device)
        self._network = load_resnet(weights).to(self._device)
        self._mean = torch.tensor(_MEAN, device=self._device)[:, None, None]
        self._deviation = torch.tensor(_DEVIATION, device=self._device)[:, None, None]

    def __call__(self, crops: Sequence[np.ndarray]) -> np.ndarray:
        """See FrontEnd; (B, 2048)."""
        size = CELLS, CELLS
        pictures = [cv2.resize(crop, size, interpolation=cv2.INTER_AREA) for crop in crops]
        batch = torch.from_numpy(np.stack(pictures)).to(self._device).permute(0, 3, 1, 2)
        with torch.inference_mode():
            features = self._network((batch.float() / 255 - self._mean) / self._deviation)
        return features.cpu().numpy()


def load_resnet(path: Path) -> ResNet50:
    """ResNet-50 with the weights in a safetensors or torch file, frozen.

    They may lie in dictionaries of a checkpoint, and under the name of a network that they are a
    part of. Raises OneTakeError bad_front_end.
    """
    state, network = _resnet_in(_read(path)), ResNet50()
    wanted = {k: v for k, v in network.state_dict().items() if not k.endswith(_NEVER_READ)}
    for name, value in wanted.items():
        if name not in state:
            raise _unfit(path, f"{name} is missing")
        if state[name].shape != value.shape:
            raise _unfit(path, f"{name} is {tuple(state[name].shape)}, not {tuple(value.shape)}")
    # ResNet-101 holds all that ResNet-50 does, and more blocks.
    for name in state:
        if name.startswith("layer") and name not in wanted and not name.endswith(_NEVER_READ):
            raise _unfit(path, f"{name} is too much")
    network.load_state_dict({name: state[name].float() for name in wanted}, strict=False)
    return network.requires_grad_(False).eval()


def _read(path: Path) -> object:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        return torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        reason = error.strerror or error
        raise OneTakeError("bad_front_end", f"{path} cannot be read: {reason}.") from error
    except Exception as error:  # damage makes readers raise whatever they like
        raise OneTakeError(
            "bad_front_end",
            f"{path} holds no weights, or more than weights, which could run code: a front end is "
            "a safetensors file, or a state dict that torch saved.",
        ) from error


def _resnet_in(held: object) -> dict[str, Tensor]:
    """What is a ResNet's in nested dictionaries, by torchvision's names; empty where none is."""
    for state in _states(held):
        for name in state:
            if name.endswith(_KNOWN_BY):
                front = name.removesuffix(_KNOWN_BY)
                return {k.removeprefix(front): v for k, v in state.items() if k.startswith(front)}
    return {}


def _states(held: object) -> Iterator[dict[str, Tensor]]:
    """Every dictionary's tensors by their names, the outer one's first."""
    if isinstance(held, Mapping):
        yield {k: v for k, v in held.items() if isinstance(k, str) and isinstance(v, Tensor)}
        for inner in held.values():
            yield from _states(inner)


def _unfit(path: Path, reason: str) -> OneTakeError:
    return OneTakeError("bad_front_end", f"{path} holds no ResNet-50: {reason}.")
