"""Training `temporal_lifter` (004): windows of clean 2D poses at 50 Hz, and losses over time."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...estimators.onetake.canonical import canonical
from ...estimators.papers.temporal_lifter import Config as NetworkConfig
from ...estimators.papers.temporal_lifter import Network, cleaned, lifted, resampled
from ...motion.rotations import axis_angle_to_matrix
from ..validation import motion_figures
from ..windows import PicturedWindows
from .config import PaperConfig
from .losses import TemporalWeights, joints, limb_length_variance, smoothness
from .material import Material
from .rows import Row
from .true_points import true_points


@dataclass(frozen=True)
class Config(PaperConfig):
    """A run. The paper gives neither rate nor batch: Martinez et al.'s, 64 poses together.

    frames: of the clips that are cleaned before windows are cut out of them; all of a rendered
    clip, since a Savitzky-Golay window is longer than most.
    """

    estimator: str = "temporal_lifter"
    frames: int = 20
    windows: int = 64  # clips of a step
    crops: int = 1  # windows of the network that are cut out of each clip
    rate: float = 1e-3
    network: NetworkConfig = field(default_factory=NetworkConfig)
    losses: TemporalWeights = field(default_factory=TemporalWeights)


class Objective:
    """See training.objective.Objective."""

    def __init__(self, config: Config, material: Material, device: torch.device) -> None:
        self.config, self.device = config, device
        self.body = material.body.to(device)
        self.network = Network(config.network).to(device)
        typical = material.spread()
        flat, points = self.windows(typical, np.random.default_rng(config.seed), crops=4)
        self.network.fit(flat, points)
        self.critics = nn.ModuleDict()
        self.validation = material.judged(config.frames, config.validation)
        self._want = self._true(self.validation)[..., :24, :]

    def windows(
        self, clips: PicturedWindows, rng: np.random.Generator, crops: int
    ) -> tuple[Tensor, Tensor]:
        """2D joints (B, T, 33, 2) and true points (B, T, 57, 3) in the canonical view, `crops` from
        each clip at random places.
        """
        config = self.config.network
        true = self._true(clips)
        rays, points, times = [], [], []
        rates = clips.times[:, -1].round(4)
        for end in np.unique(rates):  # clips of one frame rate are cleaned together
            index = np.flatnonzero(rates == end)
            when = clips.times[index[0]].astype(float)
            clean, at = cleaned(clips.rays[index], clips.seen[index], when, config)
            there = resampled(true[index], when, at)
            index = np.repeat(np.arange(len(index)), crops)
            starts = rng.integers(len(at) - config.frames + 1, size=len(index))
            cut = starts[:, None] + np.arange(config.frames)
            rays.append(clean[index[:, None], cut])
            points.append(there[index[:, None], cut])
            times.append(at[cut] - at[cut[:, :1]])
        given, want, when = (
            torch.as_tensor(np.concatenate(parts)).float().to(self.device)
            for parts in (rays, points, times)
        )
        view = canonical(given, torch.ones_like(when, dtype=torch.bool), when)
        return view.points, want @ view.turn.transpose(-1, -2)

    def _true(self, clips: PicturedWindows) -> np.ndarray:
        """(C, T, 57, 3) true points from the pelvis in the axes of the camera that films."""
        local = torch.as_tensor(axis_angle_to_matrix(clips.poses).astype(np.float32))
        with torch.no_grad():
            true = true_points(
                self.body, local.to(self.device), torch.as_tensor(clips.betas).to(self.device)
            )
        return torch.cat([true.joints, true.landmarks], dim=2).cpu().numpy()

    def losses(
        self, windows: PicturedWindows, rng: np.random.Generator
    ) -> tuple[dict[str, Tensor], None]:
        """See training.objective.Objective: the plain loss, and the paper's three terms."""
        weights, standard = self.config.losses, self.network.points
        flat, want = self.windows(windows, rng, self.config.crops)
        got = self.network.lifted(flat)
        parts = {"points": joints(got, standard(want.flatten(2)), kind="squares")}
        loss = parts["points"]
        if self.config.network.frames > 2:
            parts["first"], parts["second"] = smoothness(got)
            # Lengths want one unit along all axes: metres over the mean deviation, so that the
            # weight means what it does to standardised numbers.
            metres = standard.inverse(got).unflatten(-1, (-1, 3))[:, :, :24]
            parts["limbs"] = limb_length_variance(metres / standard.deviation.mean())
            for name in ("first", "second", "limbs"):
                loss = loss + getattr(weights, name) * parts[name]
        return {"loss": loss} | parts, None

    def critic_losses(self, judged: None, rng: np.random.Generator) -> dict[str, Tensor]:
        """Nobody judges."""
        raise NotImplementedError

    def validate(self) -> dict[str, float]:
        """See training.objective.Objective; whole clips at their own rate, as at use."""
        clips = self.validation
        got = [
            lifted(self.network, *each, device=str(self.device))[0]
            for each in zip(clips.rays, clips.seen, clips.times.astype(float), strict=True)
        ]
        figures = motion_figures(np.stack(got), self._want, clips.times)
        return figures | {"val_score": figures["val_mpjpe"] + figures["val_pa_mpjpe"]}

    def metadata(self) -> dict[str, str]:
        """See training.objective.Objective."""
        return {k: repr(v) for k, v in dataclasses.asdict(self.config.network).items()}


def _changes(
    *, frames: int = 8, smooth: bool = False, limbs: bool = False, smoothed: bool = False
) -> Mapping[str, Any]:
    """A row without the removal of outliers."""
    weights = TemporalWeights()
    return {
        "network": {"frames": frames, "smoothed": smoothed, "outliers": False},
        "losses": {
            "first": weights.first * smooth,
            "second": weights.second * smooth,
            "limbs": weights.limbs * limbs,
        },
    }


ROWS = (
    Row("Martinez: single frames", _changes(frames=1), "67.5 mm", seeds=3),
    Row("Temporal: 8 frames", _changes()),
    Row("+ smoothness terms", _changes(smooth=True), "-1.3 mm"),
    Row("+ limb length term", _changes(limbs=True), "-0.5 mm"),
    Row("+ both", _changes(smooth=True, limbs=True), "-1.5 mm; 63.8 mm"),
    Row("+ input smoothing", _changes(smooth=True, limbs=True, smoothed=True), "62.7 mm"),
    Row("Full: outliers removed", {}, "a further -3.5 mm", seeds=3),
)

# Two slow cores: of the paper's 134 million parameters 2 million, and two minutes of one core.
BUDGET: Mapping[str, Any] = {
    "steps": 400,
    "windows": 64,
    "crops": 4,
    "warmup": 50,
    "rate": 2e-3,
    "average": 0.98,
    "validate_every": 80,
    "patience": 100,
    "validation": 1000,
    "network": {"width": 384},
}
