"""Simple recurrent units (Lei et al. 2018, "Simple recurrent units for highly parallelizable
recurrence", EMNLP): the temporal encoder of paper 000.
"""

import math

import torch
from torch import Tensor, nn


class SRU(nn.Module):
    """Layers of simple recurrent units, forward in time only; each has its highway connection.

    The highway is the skip connection of paper 000, section 3.1: it goes around every layer, from
    the layer's input to its output. The numbers of 000's encoder are not in the paper; the defaults
    are those of the GRU that it replaces (VIBE: two layers of 1024).
    """

    def __init__(self, inputs: int, hidden: int = 1024, layers: int = 2) -> None:
        super().__init__()
        self.inputs = inputs
        self.layers = nn.ModuleList(
            _Layer(inputs if index == 0 else hidden, hidden) for index in range(layers)
        )

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, inputs) -> (B, T, hidden); what is at t knows of nothing after t."""
        assert x.dim() == 3 and x.shape[-1] == self.inputs, f"x is {tuple(x.shape)}"
        for layer in self.layers:
            x = layer(x)
        return x


class _Layer(nn.Module):
    """Lei et al. 2018, eq. 1-4, with the scaled highway of their section 3.2."""

    # sqrt(1 + 2 exp(b)) at a reset gate's bias of b = 0: h starts with the variance of x.
    SCALE = math.sqrt(3.0)

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        # W, W_f and W_r in one product; where the widths differ x needs a projection of its own to
        # take the highway.
        self.parts = 3 if inputs == hidden else 4
        self.project = nn.Linear(inputs, self.parts * hidden, bias=False)
        reach = math.sqrt(3.0 / inputs)
        nn.init.uniform_(self.project.weight, -reach, reach)
        self.peep = nn.Parameter(torch.zeros(2, hidden))  # v_f and v_r: gates first see x alone
        self.bias = nn.Parameter(torch.zeros(2, hidden))  # b_f and b_r

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, inputs) -> (B, T, hidden)."""
        new, forget, reset, *way = self.project(x).chunk(self.parts, dim=-1)
        forget = forget + self.bias[0]
        state = torch.zeros_like(new[:, 0])
        states = [state]
        # All that has to wait for the frame before: nothing in it mixes channels.
        for content, gate in zip(new.unbind(dim=1), forget.unbind(dim=1), strict=True):
            keep = torch.addcmul(gate, self.peep[0], state).sigmoid()  # eq. 1
            state = torch.lerp(content, state, keep)  # eq. 2
            states.append(state)
        states = torch.stack(states, dim=1)
        before, after = states[:, :-1], states[:, 1:]
        reset = (reset + self.bias[1] + self.peep[1] * before).sigmoid()  # eq. 3
        highway = self.SCALE * (way[0] if way else x)
        return torch.lerp(highway, after, reset)  # eq. 4
