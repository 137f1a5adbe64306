"""What every paper's run is made from: rendered people, real motion, the body."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...body import load_body
from ...body.torch_body import TorchBody
from ...estimators.papers.observed import Observed
from ...motion.rotations import axis_angle_to_matrix
from ...people.blazepose_steps import PARTS_FEATURES
from ..losses import Truth
from ..motion import MotionLibrary
from ..pairs.clips import RATES
from ..windows import PicturedWindows, in_pieces, load_pictured, prepared

_FITTED = 4000  # frames that means and deviations are taken of


@dataclass(frozen=True)
class Material:
    """Shared by all runs of one process; nothing in it changes."""

    pairs: PicturedWindows
    validation: PicturedWindows
    library: MotionLibrary  # what critics call real
    body: TorchBody

    @classmethod
    def open(cls, pairs: Path, motion: Path) -> "Material":
        """pairs: folder with train/ and val/, made with --pictures. Raises as its readers do."""
        return cls(
            load_pictured(pairs / "train"),
            load_pictured(pairs / "val"),
            MotionLibrary.open(motion, "train"),
            TorchBody(load_body()),
        )

    @property
    def whole(self) -> int:
        """Image features of a whole person, by the front end that the pairs were made with."""
        return self.pairs.features.shape[-1] - PARTS_FEATURES

    def judged(self, frames: int, limit: int) -> PicturedWindows:
        """Validation in windows of `frames`, `limit` frames of it at most, from all clips alike."""
        pieces = in_pieces(self.validation, frames)
        count = max(1, min(len(pieces), limit // frames))
        return pieces.take(np.linspace(0, len(pieces) - 1, count).round().astype(int))

    def typical(self, device: torch.device) -> Observed:
        """Frames spread over the training set, to take means and deviations of."""
        return observed(self.spread(), device)[0]

    def typical_truth(self, device: torch.device) -> Truth:
        """What is true in the frames of `typical`."""
        return observed(self.spread(), device)[1]

    def spread(self) -> PicturedWindows:
        """Clips spread over the training set."""
        clips, frames = self.pairs.seen.shape
        count = max(1, min(clips, _FITTED // frames))
        return self.pairs.take(np.linspace(0, clips - 1, count).round().astype(int))


def observed(windows: PicturedWindows, device: torch.device) -> tuple[Observed, Truth]:
    """As the papers' networks see them and are to answer."""
    given, truth = prepared(windows, device)
    angle = torch.as_tensor(windows.region[..., 3]).to(device)
    return Observed(**vars(given), angle=angle), truth


class RealMotion:
    """Windows of captured motion for the critics, drawn once and shuffled ever after."""

    def __init__(self, material: Material, seed: int, count: int, frames: int) -> None:
        rng = np.random.default_rng([seed, 2])
        rates, shares = zip(*RATES, strict=True)
        drawn = [
            material.library.sample(rng, frames=frames, fps=float(rng.choice(rates, p=shares)))
            for _ in range(count)
        ]
        poses = np.stack([window.poses for window in drawn])
        self.rotations = torch.as_tensor(axis_angle_to_matrix(poses).astype(np.float32))
        self.betas = torch.as_tensor(
            rng.normal(size=(count, 10)).clip(-2.5, 2.5).astype(np.float32)
        )

    def draw(
        self, rng: np.random.Generator, count: int, device: torch.device
    ) -> tuple[Tensor, Tensor]:
        """Rotations (count, T, 24, 3, 3), parent-relative, the root in its world; betas."""
        index = torch.as_tensor(rng.integers(len(self.betas), size=count))
        return self.rotations[index].to(device), self.betas[index].to(device)
