"""The critic of 003: joint rotations, shape, and the kinematic chain (figure 2)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...motion.skeleton import PARENTS

_CHILDREN, _ABOVE = list(range(1, 24)), [int(parent) for parent in PARENTS[1:]]
_BONES = len(_CHILDREN)


@dataclass(frozen=True)
class KinematicConfig:
    """Sizes are those of the networks that the paper puts together."""

    rotations: bool = True  # without them hands and feet end up kinked (figure 4)
    joint_width: int = 32  # of the layers that every joint shares (HMR)
    pose_width: int = 1024  # of the layers over all joints (HMR)
    chain_width: int = 1000  # of the layers over the chain (RepNet)
    head_width: int = 100  # of the last hidden layer (RepNet)
    shape_widths: tuple[int, int] = (10, 5)  # (HMR)
    leak: float = 0.2  # of the ReLUs: a critic whose units die has no slope to hold at 1
    # Metres, about a bone's length: in this unit the entries of Psi are about one.
    unit: float = 0.2


class KinematicCritic(nn.Module):
    """Scores single poses, the higher the more real; for `adversarial.wgan_critic`.

    HMR's discriminator has a score for each joint, for the pose and for the shape; RepNet's critic
    one, of pose and chain side by side. "Combined and slightly modified": the three streams side by
    side under RepNet's last layers. No batch normalisation: the gradient penalty is each sample's.
    """

    def __init__(self, config: KinematicConfig | None = None) -> None:
        super().__init__()
        self.config = c = config or KinematicConfig()
        self.chain = nn.ModuleList(
            (nn.Linear(_BONES * (_BONES + 1) // 2, c.chain_width),
             nn.Linear(c.chain_width, c.chain_width))
        )  # fmt: skip
        first, second = c.shape_widths
        self.shape = nn.ModuleList((nn.Linear(10, first), nn.Linear(first, second)))
        streams = c.chain_width + second
        if c.rotations:
            self.joint = nn.ModuleList(
                (nn.Linear(9, c.joint_width), nn.Linear(c.joint_width, c.joint_width))
            )
            self.pose = nn.ModuleList(
                (nn.Linear(_BONES * c.joint_width, c.pose_width),
                 nn.Linear(c.pose_width, c.pose_width))
            )  # fmt: skip
            streams += c.pose_width
        self.head = nn.ModuleList((nn.Linear(streams, c.head_width),))
        self.score = nn.Linear(c.head_width, 1)
        self.register_buffer("upper", torch.triu_indices(_BONES, _BONES), persistent=False)

    def forward(self, rotations: Tensor, betas: Tensor, joints: Tensor) -> Tensor:
        """rotations (B, 24, 3, 3) relative to the parent, betas (B, 10), joints (B, 24, 3) metres.

        Returns scores (B, 1). Neither the root's place nor its orientation is looked at: those of
        captured motion are the world's.
        """
        assert rotations.shape[1:] == (24, 3, 3), f"rotations are {tuple(rotations.shape)}"
        assert betas.shape[1:] == (10,) and joints.shape[1:] == (24, 3)
        psi = chain_space(joints / self.config.unit)[:, self.upper[0], self.upper[1]]
        streams = [self._through(self.chain, psi), self._through(self.shape, betas)]
        if self.config.rotations:
            each = self._through(self.joint, rotations[:, 1:].flatten(2))
            streams.append(self._through(self.pose, each.flatten(1)))
        return self.score(self._through(self.head, torch.cat(streams, dim=-1)))

    def _through(self, layers: nn.ModuleList, x: Tensor) -> Tensor:
        for layer in layers:
            x = functional.leaky_relu(layer(x), self.config.leak)
        return x


def chain_space(joints: Tensor) -> Tensor:
    """Psi = B^T B (..., 23, 23) of bones B (..., 3, 23), parent to child (Wandt et al. 2019).

    joints: (..., 24, 3). Squared lengths are on its diagonal, beside it the angles between bones,
    whichever way the body is turned.
    """
    bones = joints[..., _CHILDREN, :] - joints[..., _ABOVE, :]  # B, transposed
    return bones @ bones.transpose(-1, -2)
