"""A recurrent network and a linear head for each joint by itself (002, section 2.3)."""

import math

import torch
from torch import Tensor, nn


class JointGRUs(nn.Module):
    """An own GRU for every joint, forward in time only, and a linear layer back to its features.

    The same as so many torch.nn.GRU, all in one pass of batched products. Sizes are those of
    section 2.5.
    """

    def __init__(
        self, joints: int = 24, inputs: int = 128, hidden: int = 64, layers: int = 2
    ) -> None:
        super().__init__()
        self.joints, self.inputs, self.hidden = joints, inputs, hidden
        widths = [inputs] + [hidden] * (layers - 1)
        # Laid out as torch.nn.GRU has them, transposed: reset, update and new side by side.
        self.from_input = nn.ParameterList(_uniform(joints, w, 3 * hidden, hidden) for w in widths)
        self.from_state = nn.ParameterList(
            _uniform(joints, hidden, 3 * hidden, hidden) for _ in widths
        )
        self.input_bias = nn.ParameterList(_uniform(joints, 1, 3 * hidden, hidden) for _ in widths)
        self.state_bias = nn.ParameterList(_uniform(joints, 1, 3 * hidden, hidden) for _ in widths)
        self.back = _PerJoint(joints, hidden, inputs)

    def forward(self, f: Tensor) -> Tensor:
        """f (B, T, joints, inputs) -> f~ of the same shape (eq. 1)."""
        assert f.dim() == 4 and f.shape[2:] == (self.joints, self.inputs), f"f is {tuple(f.shape)}"
        x = f.permute(2, 1, 0, 3)  # (J, T, B, inputs)
        for layer in range(len(self.from_input)):
            x = self._run(layer, x)
        return self.back(x.permute(2, 1, 0, 3))

    def _run(self, layer: int, x: Tensor) -> Tensor:
        """x (J, T, B, inputs) -> (J, T, B, hidden)."""
        joints, frames, batch, _ = x.shape
        given = torch.baddbmm(self.input_bias[layer], x.flatten(1, 2), self.from_input[layer])
        given = given.view(joints, frames, batch, -1)
        state = x.new_zeros(joints, batch, self.hidden)
        states = []
        for now in given.unbind(dim=1):
            kept = torch.baddbmm(self.state_bias[layer], state, self.from_state[layer])
            gates = (now[..., : 2 * self.hidden] + kept[..., : 2 * self.hidden]).sigmoid()
            reset, update = gates.chunk(2, dim=-1)
            new = (now[..., 2 * self.hidden :] + reset * kept[..., 2 * self.hidden :]).tanh()
            state = torch.lerp(new, state, update)
            states.append(state)
        return torch.stack(states, dim=1)


class JointHeads(nn.Module):
    """An own linear head for every joint: features to the six numbers of its rotation.

    Zhou et al.'s 6D in the order of `rotations.from_six`; the paper's eq. 3 is that function.
    """

    def __init__(self, joints: int = 24, inputs: int = 128) -> None:
        super().__init__()
        self.joints, self.inputs = joints, inputs
        self.heads = _PerJoint(joints, inputs, 6)
        with torch.no_grad():
            # Every joint starts near no rotation: 6D has no meaning at zero.
            self.heads.bias.copy_(torch.eye(3)[:2].flatten())

    def forward(self, f: Tensor) -> Tensor:
        """f (B, T, joints, inputs) -> (B, T, joints, 6)."""
        assert f.shape[-2:] == (self.joints, self.inputs), f"f is {tuple(f.shape)}"
        return self.heads(f)


class _PerJoint(nn.Module):
    """A linear layer for each joint: (..., J, inputs) -> (..., J, outputs)."""

    def __init__(self, joints: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = _uniform(joints, inputs, outputs, inputs)
        self.bias = _uniform(joints, 1, outputs, inputs)

    def forward(self, x: Tensor) -> Tensor:
        flat = x.flatten(0, -3).transpose(0, 1)  # (J, N, inputs)
        out = torch.baddbmm(self.bias, flat, self.weight)
        return out.transpose(0, 1).unflatten(0, x.shape[:-2])


def _uniform(joints: int, rows: int, columns: int, width: int) -> nn.Parameter:
    """(J, rows, columns) as torch's own layers start: within one over the root of the width."""
    reach = 1 / math.sqrt(width)
    return nn.Parameter(torch.empty(joints, rows, columns).uniform_(-reach, reach))
