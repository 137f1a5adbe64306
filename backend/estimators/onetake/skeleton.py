"""The body as the network knows it: joints and landmarks, rigid on their joints, any shape."""

import numpy as np
import torch
from torch import Tensor, nn

from ...body.torch_body import kinematics
from ...motion.skeleton import LANDMARK_JOINT
from .config import BETAS, JOINTS, LANDMARKS

SHAPES = {
    "joints": (JOINTS, 3),
    "joints_shape": (JOINTS, 3, BETAS),
    "offsets": (LANDMARKS, 3),
    "offsets_shape": (LANDMARKS, 3, BETAS),
}


class Skeleton(nn.Module):
    """Kept with the weights, so that a network is read back with the body it was taught on."""

    def __init__(self, **arrays: np.ndarray) -> None:
        """The arrays of an `ik.points.PointModel`, or nothing: those of a state to be loaded."""
        super().__init__()
        for name, shape in SHAPES.items():
            values = torch.as_tensor(np.asarray(arrays.get(name, np.zeros(shape)))).float()
            assert values.shape == shape, f"{name} is {tuple(values.shape)}"
            self.register_buffer(name, values.clone())

    @property
    def rest(self) -> Tensor:
        """(33, 3) landmarks of the mean shape at rest, metres."""
        return self.joints[LANDMARK_JOINT] + self.offsets

    def forward(self, rotations: Tensor, betas: Tensor) -> Tensor:
        """Landmarks (N, 33, 3) about the pelvis of rotations (N, 24, 3, 3), betas (N, 10)."""
        rest = self.joints + torch.einsum("jak,nk->nja", self.joints_shape, betas)
        offsets = self.offsets + torch.einsum("jak,nk->nja", self.offsets_shape, betas)
        joints, turned = kinematics(rotations, rest, rest.new_zeros(len(rest), 3))
        carried = turned[:, LANDMARK_JOINT] @ offsets[..., None]
        return joints[:, LANDMARK_JOINT] + carried[..., 0]
