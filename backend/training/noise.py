"""What BlazePose makes of a person, learnt from rendered pairs: cheap pairs from motion alone.

The mean of its report is a linear function of where the landmarks are; what is left is not modelled
but borrowed: the errors of a whole rendered clip in a similar pose, in their order, so that
jitter, drift, confusions and heavy tails are BlazePose's own.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..body.torch_body import TorchBody
from ..estimators.onetake.canonical import canonical, project
from ..estimators.onetake.network import from_hips, in_view
from .losses import posed
from .windows import Windows, prepared

_RIDGE = 1.0  # frames' worth of belief in no effect
_CANDIDATES = 40  # clips among which the most similar pose lends its errors
_SEEN = 0.01  # visibilities are kept this far from 0 and 1


@dataclass(frozen=True)
class NoiseModel:
    """Fitted by `fit`; K clips of T frames lend their errors."""

    weights: Tensor  # (100, 198)
    errors: Tensor  # (K, T, 198) f2: points (66), world (99), visibility as logit (33)
    poses: Tensor  # (K, 99) mean landmarks of each clip
    rates: Tensor  # (K,) frames a second

    @classmethod
    def fit(cls, pairs: Windows, body: TorchBody, chunk: int = 64) -> "NoiseModel":
        """pairs: rendered windows, all frames of which count where they are seen."""
        inputs, outputs = [], []
        for start in range(0, len(pairs), chunk):
            given, truth = prepared(pairs.take(slice(start, start + chunk)), torch.device("cpu"))
            landmarks = posed(body, truth.rotations, truth.betas, torch.zeros_like(truth.trans))[
                "landmarks"
            ]
            there = in_view(landmarks, truth.trans, given.size)
            logit = torch.logit(given.visibility, eps=_SEEN)
            inputs.append(_design(landmarks))
            outputs.append(
                torch.cat(
                    [
                        (given.points - there).flatten(2),
                        (given.world - from_hips(landmarks)).flatten(2),
                        logit,
                    ],
                    dim=-1,
                )
            )
        x, y = torch.cat(inputs), torch.cat(outputs)
        seen = torch.as_tensor(pairs.seen)
        a, b = x[seen].double(), y[seen].double()
        weights = torch.linalg.solve(
            a.T @ a + _RIDGE * torch.eye(a.shape[1], dtype=a.dtype), a.T @ b
        ).float()
        # A frame that was not seen borrows no error.
        errors = (y - x @ weights) * seen[..., None]
        steps = np.diff(pairs.times, axis=1).mean(axis=1)
        return cls(weights, errors.half(), x[..., :99].mean(dim=1), torch.as_tensor(1 / steps))

    def report(
        self, landmarks: Tensor, trans: Tensor, times: Tensor, rng: np.random.Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Rays (B, T, 33, 2), visibility (B, T, 33) and world landmarks (B, T, 33, 3) as BlazePose
        might report landmarks (B, T, 33, 3) about a pelvis at trans (B, T, 3), camera axes.
        """
        batch, frames = times.shape
        placed = landmarks + trans[:, :, None]
        seen = torch.ones(batch, frames, dtype=torch.bool)
        view = canonical(placed[..., :2] / placed[..., 2:].clamp(min=0.2), seen, times)
        local = landmarks @ view.turn.transpose(-1, -2)
        design = _design(local)
        said = design @ self.weights + self._borrowed(design, times, rng)
        points = view.points + said[..., :66].unflatten(-1, (33, 2))
        world = from_hips(local) + said[..., 66:165].unflatten(-1, (33, 3))
        rays = project(view.turn.transpose(-1, -2), points * view.size[:, None, None, None])
        return rays, torch.sigmoid(said[..., 165:]), world

    def _borrowed(self, design: Tensor, times: Tensor, rng: np.random.Generator) -> Tensor:
        batch, frames = times.shape
        rates = (frames - 1) / (times[:, -1] - times[:, 0])
        want = design[..., :99].mean(dim=1)
        chosen = []
        for b in range(batch):
            near = torch.nonzero((self.rates / rates[b]).log().abs() < 0.3)[:, 0].numpy()
            some = rng.choice(near if len(near) else len(self.rates), _CANDIDATES)
            far = (self.poses[some] - want[b]).square().sum(dim=-1)
            chosen.append(int(some[int(far.argmin())]))
        errors = self.errors[chosen].float()
        start = int(rng.integers(0, errors.shape[1] - frames + 1))
        strength = torch.as_tensor(rng.uniform(0.8, 1.2, (batch, 1, 1)), dtype=torch.float32)
        return errors[:, start : start + frames] * strength


def _design(landmarks: Tensor) -> Tensor:
    """(B, T, 33, 3) about the pelvis -> (B, T, 100)."""
    flat = landmarks.flatten(2)
    return torch.cat([flat, torch.ones_like(flat[..., :1])], dim=-1)
