"""How good a paper's network is on validation pairs, by the figures that every run has."""

import numpy as np
import torch
from torch import Tensor, nn

from ..losses import centred_joints
from ..validation import motion_figures
from ..windows import PicturedWindows
from .material import Material, observed

_FRAMES = 2048  # of a batch


def judge_rotations(
    network: nn.Module, windows: PicturedWindows, material: Material, device: torch.device
) -> dict[str, float]:
    """Figures of a network that answers with a Draft; see motion_figures."""
    got, want, rotations, true = [], [], [], []
    for part in _batches(windows):
        given, truth = observed(part, device)
        answer = network(given)
        got.append(_numpy(centred_joints(material.body, answer.rotations, answer.betas)))
        want.append(_numpy(centred_joints(material.body, truth.rotations, truth.betas)))
        rotations.append(_numpy(answer.rotations))
        true.append(_numpy(truth.rotations))
    every = (np.concatenate(each) for each in (got, want))
    return motion_figures(*every, windows.times, np.concatenate(rotations), np.concatenate(true))


def judge_points(
    network: nn.Module, windows: PicturedWindows, material: Material, device: torch.device
) -> dict[str, float]:
    """Figures of a network that answers with Points."""
    got, want = [], []
    for part in _batches(windows):
        given, truth = observed(part, device)
        got.append(_numpy(network(given).joints))
        want.append(_numpy(centred_joints(material.body, truth.rotations, truth.betas)))
    return motion_figures(np.concatenate(got), np.concatenate(want), windows.times)


def _batches(windows: PicturedWindows) -> list[PicturedWindows]:
    size = max(1, _FRAMES // windows.seen.shape[1])
    return [windows.take(slice(k, k + size)) for k in range(0, len(windows), size)]


def _numpy(values: Tensor) -> np.ndarray:
    return values.detach().cpu().numpy()
