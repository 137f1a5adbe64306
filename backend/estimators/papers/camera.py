"""The weak-perspective camera of the papers: where a body of this size in the picture stands."""

import torch
from torch import Tensor

_LEAST = 0.05  # of the scale: nobody is further than twenty times as far as his size says


def translation(camera: Tensor, size: Tensor) -> Tensor:
    """Camera (B, T, 3) as s, t_x, t_y -> pelvis (B, T, 3), metres in the canonical view.

    t_z = 2 f / (Res s) (paper 002): the canonical picture has f = 1, and 2 size for Res, the
    `Seen.size` (B,) of the windows.
    """
    scale, across = camera[..., :1].clamp(min=_LEAST), camera[..., 1:]
    return torch.cat([across, 1 / (size[:, None, None] * scale)], dim=-1)
