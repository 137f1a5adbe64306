"""A discriminator that knows the skeleton: graph layers, and gated linear units over time (000)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...motion.skeleton import PARENTS


@dataclass(frozen=True)
class GraphConfig:
    """The paper gives no sizes: these are STGCN's (Yu et al. 2018), from which its layers are."""

    channels: tuple[int, int] = (64, 16)  # around the graph layer, and of it: a bottleneck
    blocks: int = 2
    kernel: int = 3  # frames of a temporal convolution; each of a block's two takes two frames off


class GraphDiscriminator(nn.Module):
    """Scores motion by where its joints are (000, section 3.2; positions do better than rotations).

    Blocks of STGCN: a gated convolution over time, a layer over the graph, another convolution.
    Convolutions are not padded, since a padded end looks like a jump; what is left of the frames is
    averaged, and one linear layer over all joints makes the score, so any window will do.
    """

    def __init__(self, config: GraphConfig | None = None) -> None:
        super().__init__()
        self.config = config or GraphConfig()
        outer = self.config.channels[0]
        self.blocks = nn.ModuleList(
            _Block(3 if index == 0 else outer, self.config) for index in range(self.config.blocks)
        )
        self.score = nn.Linear(24 * outer, 1)

    @property
    def fewest(self) -> int:
        """Frames that a window must have."""
        return 2 * self.config.blocks * (self.config.kernel - 1) + 1

    def forward(self, joints: Tensor) -> Tensor:
        """joints (B, T, 24, 3), metres from the root -> scores (B, 1): 1 real, 0 made up."""
        assert joints.shape[2:] == (24, 3), f"joints are {tuple(joints.shape)}"
        assert joints.shape[1] >= self.fewest, f"{joints.shape[1]} frames, not {self.fewest}"
        x = joints.permute(0, 3, 1, 2)  # (B, C, T, J)
        for block in self.blocks:
            x = block(x)
        return self.score(x.mean(dim=2).flatten(1))


class _Block(nn.Module):
    def __init__(self, inputs: int, config: GraphConfig) -> None:
        super().__init__()
        outer, inner = config.channels
        self.before = _Gated(inputs, outer, config.kernel)
        self.into = nn.Conv2d(outer, inner, 1)
        self.graph = nn.Conv2d(inner, inner, 1)
        self.after = _Gated(inner, outer, config.kernel)
        self.norm = nn.LayerNorm([24, outer])
        self.register_buffer("adjacency", normalised_adjacency(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, T, J) -> (B, outer, T - 2 (kernel - 1), J)."""
        x = self.into(self.before(x))
        x = functional.relu(x + self.graph(x @ self.adjacency))
        x = self.after(x)
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class _Gated(nn.Module):
    """A convolution over time whose one half gates the other (Dauphin et al. 2017), with a skip."""

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__()
        self.cut = kernel - 1
        self.convolution = nn.Conv2d(inputs, 2 * outputs, (kernel, 1))
        self.skip = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, inputs, T, J) -> (B, outputs, T - kernel + 1, J)."""
        value, gate = self.convolution(x).chunk(2, dim=1)
        return (value + self.skip(x[:, :, self.cut :])) * gate.sigmoid()


def normalised_adjacency() -> Tensor:
    """(24, 24): SMPL's skeleton, and each joint itself: D^-1/2 (A + I) D^-1/2 (Kipf 2017)."""
    linked = torch.eye(24)
    for child, parent in enumerate(PARENTS.tolist()):
        if parent >= 0:
            linked[child, parent] = linked[parent, child] = 1.0
    root = linked.sum(dim=1).rsqrt()
    return root[:, None] * linked * root
