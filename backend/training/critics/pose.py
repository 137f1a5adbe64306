"""The conditional discriminator of 001: a coarse 3D pose beside the 2D pose it was made for."""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class PoseConfig:
    """The paper gives none: those of its regressor's residual blocks (Martinez et al. 2017)."""

    width: int = 1024
    blocks: int = 1
    leak: float = 0.2  # of the ReLUs: the generator needs a slope wherever it is


class PoseDiscriminator(nn.Module):
    """Scores coarse poses given the 2D joints: 1 real, 0 made up (figure 2a).

    Least squares fits (`adversarial`). The paper discriminates by pictures too (after Yang et al.
    2018); here the 2D joints, all that its own figure hands on, are the whole condition.
    """

    def __init__(self, joints: int = 24, config: PoseConfig | None = None) -> None:
        super().__init__()
        self.joints = joints
        self.config = config or PoseConfig()
        width = self.config.width
        self.first = nn.Linear(joints * 5, width)
        self.blocks = nn.ModuleList(
            nn.ModuleList((nn.Linear(width, width), nn.Linear(width, width)))
            for _ in range(self.config.blocks)
        )
        self.score = nn.Linear(width, 1)

    def forward(self, poses: Tensor) -> Tensor:
        """poses (B, J, 5): x, y, z of the coarse pose, x, y of the 2D joints -> scores (B, 1).

        Numbers of about one: the paper's coarse pose is the 2D joints with a depth beside them.
        """
        assert poses.shape[1:] == (self.joints, 5), f"poses are {tuple(poses.shape)}"
        x = self._relu(self.first(poses.flatten(1)))
        for one, two in self.blocks:
            x = x + self._relu(two(self._relu(one(x))))
        return self.score(x)

    def _relu(self, x: Tensor) -> Tensor:
        return functional.leaky_relu(x, self.config.leak)
