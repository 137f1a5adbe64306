"""From the features of a frame to SMPL's numbers and a weak-perspective camera.

The camera is HMR's (s, t_x, t_y): x in the crop, which goes from -1 to 1, is s * (X + t_x), metres.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..ik.prior import PosePrior
from ..rotations import axis_angle_to_matrix, to_six

# A person 1.7 m tall fills three quarters of the crop (HMR, VIBE).
_MEAN_CAMERA = (0.9, 0.0, 0.0)
_BETAS = 10
# From rest (y up, facing +z) to standing before the camera (y down) and facing it.
_FACING = ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0))


def mean_pose() -> Tensor:
    """(24, 3, 3): how people hold themselves on average, upright and facing the camera.

    In the place of the mean parameters that come with SMPL: the mean of our open motion.
    """
    rotations = axis_angle_to_matrix(torch.as_tensor(PosePrior.load().mean_pose()).float())
    rotations[0] = torch.tensor(_FACING)
    return rotations


@dataclass(frozen=True)
class IterativeConfig:
    """VIBE's numbers, which are HMR's."""

    width: int = 1024
    dropout: float = 0.5
    iterations: int = 3
    # Of the last layers' first weights (Xavier's, scaled): corrections start small.
    gain: float = 0.01
    scale: float = _MEAN_CAMERA[0]  # s of the mean camera


class IterativeRegressor(nn.Module):
    """HMR's iterative error feedback (Kanazawa et al. 2018), with 6D rotations as in VIBE.

    VIBE's code leaves out HMR's ReLUs, which makes all of its iterations one linear map of the
    features; papers say MLP, and so this is one.
    """

    def __init__(self, inputs: int, config: IterativeConfig | None = None) -> None:
        """inputs: width of the features of a frame."""
        super().__init__()
        self.config = config or IterativeConfig()
        width = self.config.width
        camera = torch.tensor([self.config.scale, *_MEAN_CAMERA[1:]])
        mean = torch.cat([to_six(mean_pose()).flatten(), torch.zeros(_BETAS), camera])
        self.register_buffer("mean", mean)
        self.mlp = nn.Sequential(
            nn.Linear(inputs + len(mean), width), nn.ReLU(), nn.Dropout(self.config.dropout),
            nn.Linear(width, width), nn.ReLU(), nn.Dropout(self.config.dropout),
        )  # fmt: skip
        self.step = nn.Linear(width, len(mean))
        nn.init.xavier_uniform_(self.step.weight, gain=self.config.gain)
        nn.init.zeros_(self.step.bias)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """features (..., inputs) -> sixes (..., 24, 6), betas (..., 10), camera (..., 3)."""
        guess = self.mean.expand(*features.shape[:-1], -1)
        for _ in range(self.config.iterations):
            guess = guess + self.step(self.mlp(torch.cat([features, guess], dim=-1)))
        sixes, betas, camera = guess.split([24 * 6, _BETAS, 3], dim=-1)
        return sixes.unflatten(-1, (24, 6)), betas, camera


@dataclass(frozen=True)
class ThreeLayerConfig:
    """The paper gives no widths: HMR's, from which it takes its pipeline."""

    width: int = 1024
    gain: float = 0.01  # of the last layer's first weights: it starts near the mean
    scale: float = _MEAN_CAMERA[0]  # of the mean camera: other crops show people of other sizes


class ThreeLayerRegressor(nn.Module):
    """Three dense layers to 85 numbers: 23 joint rotations, 10 betas, 6 of the camera (003, 2.).

    Rotations are axis-angles, as the paper's 69 numbers can only be, told from the mean pose (69)
    and from facing the camera (the camera's first three, which carry the root's orientation): so
    ordinary poses are near zero, and only people who turn their back come near pi, where
    axis-angles jump. The paper shows such people twisted (figure 5). Of the camera's last three it
    says nothing: they are (s, t_x, t_y), since a crop tells no more of where somebody stands.
    """

    NUMBERS = (69, _BETAS, 3, 3)

    def __init__(self, inputs: int, config: ThreeLayerConfig | None = None) -> None:
        """inputs: width of the features of a frame."""
        super().__init__()
        self.config = config or ThreeLayerConfig()
        width = self.config.width
        self.mlp = nn.Sequential(
            nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(),
            nn.Linear(width, sum(self.NUMBERS)),
        )  # fmt: skip
        self.register_buffer("mean", mean_pose())
        last = self.mlp[-1]
        nn.init.xavier_uniform_(last.weight, gain=self.config.gain)
        nn.init.zeros_(last.bias)
        with torch.no_grad():
            last.bias[-3:] = torch.tensor((self.config.scale, *_MEAN_CAMERA[1:]))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """features (..., inputs) -> rotations (..., 24, 3, 3), betas (..., 10), camera (..., 3).

        Rotations are parent-relative, joint 0's from rest to the camera.
        """
        joints, betas, root, camera = self.mlp(features).split(self.NUMBERS, dim=-1)
        turns = torch.cat([root[..., None, :], joints.unflatten(-1, (23, 3))], dim=-2)
        return axis_angle_to_matrix(turns) @ self.mean, betas, camera
