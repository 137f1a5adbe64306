"""`temporal_lifter`: Varga and Véges, "Exploiting temporal context in 2D to 3D human pose
regression".

A few frames of 2D poses, 50 a second, are lifted to as many of 3D ones together. Before that the
whole clip's 2D poses lose what jumps, and are smoothed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.signal import savgol_filter
from torch import Tensor, nn

from ...people.track import PersonTrack
from .. import weights as weights_on_disk
from ..ik.observations import rays_of
from ..onetake.canonical import canonical
from .observed import Observed, Standard
from .points import POINTS, PointEstimator, Points, clip_points
from .residual import ResidualBlocks
from .rotations import ObservedTrack

WEIGHTS = weights_on_disk.FOLDER / "temporal_lifter.safetensors"


@dataclass(frozen=True)
class Config:
    """The paper's numbers where it gives them."""

    frames: int = 8  # looked at together; one is Martinez et al.'s network, at the clip's own rate
    rate: float = 50.0  # frames a second
    width: int = 4096
    blocks: int = 4
    dropout: float = 0.0  # the paper names none
    outliers: bool = True
    # How far a 2D joint's second difference at 50 Hz may be: 100 mm in the paper. A canonical unit
    # is 0.51 m at the mean of our rendered people.
    jump: float = 0.2
    smoothed: bool = True
    smoothing_window: int = 41  # samples of the Savitzky-Golay filter
    smoothing_order: int = 3  # of its polynomials


class Network(nn.Module):
    """Observed, windows of exactly `config.frames` frames -> Points."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config, self.window = config, config.frames
        self.flat, self.points = Standard(33 * 2), Standard(POINTS * 3)
        self.blocks = ResidualBlocks(
            config.frames * 33 * 2, config.frames * POINTS * 3,
            width=config.width, blocks=config.blocks, dropout=config.dropout,
        )  # fmt: skip

    def fit(self, flat: Tensor, points: Tensor) -> None:
        """Means and deviations of a part of the training set; flat (..., 33, 2), points
        (..., 57, 3) its truth.
        """
        self.flat.fit(flat.flatten(-2))
        self.points.fit(points.flatten(-2))

    def lifted(self, flat: Tensor) -> Tensor:
        """2D joints (B, T, 33, 2) of the canonical view -> standardised points (B, T, 171)."""
        frames = self.config.frames
        assert flat.shape[1:] == (frames, 33, 2), f"2D joints are {tuple(flat.shape)}"
        given = self.flat(flat.clamp(-4, 4).flatten(2))
        return self.blocks(given.flatten(1)).unflatten(-1, (frames, -1))

    def forward(self, given: Observed) -> Points:
        """See Observed and Points: all it looks at are the 2D joints."""
        points = self.points.inverse(self.lifted(given.points)).unflatten(-1, (POINTS, 3))
        return Points(points[..., :24, :], points[..., 24:, :])


def cleaned(
    rays: np.ndarray, seen: np.ndarray, times: np.ndarray, config: Config
) -> tuple[np.ndarray, np.ndarray]:
    """2D joints of whole clips as the network is to see them, and when that is.

    rays (C, T, 33, 2), seen (C, T) of clips with the same times (T,) s -> (C, N, 33, 2) f4 without
    a gap, and (N,) s, which may end a moment later.
    """
    kept = np.repeat(seen[..., None], 33, axis=-1)
    if config.outliers:
        kept &= ~jumping(rays, times, config)
    rays = bridged(rays, kept, times)
    if config.frames == 1:
        # Nothing that one frame sees depends on a rate.
        at = times
    else:
        # As many as the network needs; past the end the last frame stands still.
        count = max(config.frames, int(np.ceil((times[-1] - times[0]) * config.rate - 1e-6)) + 1)
        at = times[0] + np.arange(count) / config.rate
        rays = resampled(rays, times, at)
    if config.smoothed:
        # Of shorter clips, all of them.
        window = min(config.smoothing_window, len(at) - (len(at) + 1) % 2)
        if window > config.smoothing_order:
            rays = savgol_filter(rays, window, config.smoothing_order, axis=1)
    return rays.astype(np.float32), at


def jumping(rays: np.ndarray, times: np.ndarray, config: Config) -> np.ndarray:
    """(C, T, 33) bool: 2D joints (C, T, 33, 2) whose second difference is too large.

    At the frame rate of the clip, before any resampling would smear a jump over its neighbours:
    what the second difference would be at `rate` is the change of speed in a sample of it.
    """
    clips, frames = rays.shape[:2]
    found = np.zeros((clips, frames, 33), bool)
    if frames > 2:
        steps = np.maximum(np.diff(times), 1e-3)[:, None, None]
        change = np.diff(np.diff(rays, axis=1) / steps, axis=1) / config.rate
        alone = torch.as_tensor(rays.reshape(-1, 1, 33, 2))
        nothing = torch.zeros(len(alone), 1)
        size = canonical(alone, nothing == 0, nothing).size.numpy().reshape(clips, frames)
        found[:, 1:-1] = np.linalg.norm(change, axis=-1) > config.jump * size[:, 1:-1, None]
    return found


def bridged(rays: np.ndarray, kept: np.ndarray, times: np.ndarray) -> np.ndarray:
    """2D joints (C, T, 33, 2), those not kept (C, T, 33) drawn between those that are."""
    rays = rays.copy()
    for clip, point in np.argwhere(~kept.all(axis=1) & kept.any(axis=1)):
        known, path = kept[clip, :, point], rays[clip, :, point]
        for axis in range(2):
            path[~known, axis] = np.interp(times[~known], times[known], path[known, axis])
    return rays


def resampled(values: np.ndarray, times: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Values (C, T, ...) at `times` (T,) -> (C, N, ...) at `at` (N,), linear, held at the ends."""
    if len(times) == 1:
        return np.repeat(values, len(at), axis=1)
    right = np.clip(np.searchsorted(times, at, side="right"), 1, len(times) - 1)
    gap = np.maximum(times[right] - times[right - 1], 1e-9)
    share = np.clip((at - times[right - 1]) / gap, 0, 1).astype(values.dtype)
    share = share.reshape(-1, *[1] * (values.ndim - 2))
    return values[:, right - 1] * (1 - share) + values[:, right] * share


def lifted(
    network: Network,
    rays: np.ndarray,
    seen: np.ndarray,
    times: np.ndarray,
    device: str = "cpu",
    done: Callable[[float], None] = lambda share: None,
) -> tuple[np.ndarray, np.ndarray]:
    """Joints (T, 24, 3) and landmarks (T, 33, 3) from the pelvis, metres, in the camera's axes.

    rays (T, 33, 2), seen (T,) and times (T,) of one clip.
    """
    smooth, at = cleaned(rays[None], seen[None], times, network.config)
    frames = len(at)
    track = ObservedTrack(
        rays=torch.as_tensor(smooth[0]),
        visibility=torch.ones(frames, 33),
        world=torch.zeros(frames, 33, 3),
        features=torch.zeros(frames, 0),
        has_features=torch.zeros(frames, dtype=torch.bool),
        seen=torch.ones(frames, dtype=torch.bool),
        times=torch.as_tensor(at).double(),
        angle=torch.zeros(frames),
    )
    joints, landmarks = clip_points(network, track, device, done)
    return resampled(joints[None], at, times)[0], resampled(landmarks[None], at, times)[0]


def points_of(
    network: Network,
    track: PersonTrack,
    K: np.ndarray,
    device: str = "cpu",
    done: Callable[[float], None] = lambda share: None,
) -> tuple[np.ndarray, np.ndarray]:
    """As `lifted`, of a person's track; K (3, 3) pixels."""
    rays = rays_of(track.landmarks, K).astype(np.float32)
    return lifted(network, rays, track.seen, track.timestamps, device, done)


class Estimator(PointEstimator):
    """See Estimator. `weights` of another training run can be named."""

    def __init__(self, weights: Path = WEIGHTS, *, device: str = "cpu") -> None:
        network = weights_on_disk.load_network(
            weights, "temporal_lifter", lambda **said: Network(Config(**said))
        )
        super().__init__(network.to(device), points_of, device)

    @classmethod
    def of_quality(cls, quality: str, device: str, weights: Path | None = None) -> "Estimator":
        """The same for every quality."""
        return cls(weights or WEIGHTS, device=device)
