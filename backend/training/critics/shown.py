"""What critics that look at joints are shown of a motion."""

import torch
from torch import Tensor

from ...body.torch_body import TorchBody
from ..losses import centred_joints


def joints_from_first(body: TorchBody, rotations: Tensor, betas: Tensor) -> Tensor:
    """Joints (B, T, 24, 3) about the pelvis, metres, with the first frame's root undone."""
    return centred_joints(body, _from_first(rotations), betas)


def _from_first(rotations: Tensor) -> Tensor:
    """The same motion (B, T, 24, 3, 3) with the root relative to the window's first frame.

    A critic that saw roots as they are would tell captured from estimated motion by the camera.
    """
    first = rotations[:, :1, 0].transpose(-1, -2)
    root = first @ rotations[:, :, 0]
    return torch.cat([root[:, :, None], rotations[:, :, 1:]], dim=2)
