"""`onetake`: the trained network, and a short fit of its answer to the picture.

The network turns windows of BlazePose's landmarks into rotations, one shape, contacts and the
direction of gravity (see `network`); the pelvis is placed where the landmarks were seen, and the
body moved onto them (see `refine`).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from ...body.torch_body import TorchBody
from ...motion.body import Body
from ...people.track import PersonTrack
from ...refine import PolishConfig, polish
from .. import weights as weights_on_disk
from ..interface import CameraMotion, shares
from .config import FEATURES, NetworkConfig
from .network import MotionTransformer
from .run import Raw, Track, run
from .translation import place_root

WEIGHTS = weights_on_disk.FOLDER / "onetake.safetensors"
POLISH = PolishConfig()
_SURE, _LOST = 0.03, 0.4  # metres of expected error at which a joint is as good as known, or not


class OneTakeEstimator:
    """See the package's docstring. `weights` of another training run can be named.

    flip: the mean with what it says of the mirror image, for twice the time; polish: the fit;
    device: where the network runs, "cpu", "cuda" or "mps".
    """

    def __init__(
        self,
        weights: Path = WEIGHTS,
        *,
        flip: bool = True,
        polish: PolishConfig | None = POLISH,
        device: str = "cpu",
    ) -> None:
        self.network, self.flip, self.polish = load_network(weights).to(device), flip, polish

    @classmethod
    def of_quality(
        cls, quality: str, device: str, weights: Path | None = None
    ) -> "OneTakeEstimator":
        """Neither the mirror image nor the fit where it shall be fast."""
        fast = quality == "fast"
        fit = None if fast else POLISH
        return cls(weights or WEIGHTS, flip=not fast, polish=fit, device=device)

    def estimate(
        self,
        track: PersonTrack,
        K: np.ndarray,
        body: Body,
        *,
        progress: Callable[[int, int], None],
        should_stop: Callable[[], bool],
    ) -> CameraMotion:
        """See Estimator.estimate."""
        done = shares(len(track.seen), progress, should_stop)
        done(0)
        raw, rotations, trans = self.fitted(as_tensors(track, K), body, done=done)
        confidence = np.clip(np.log(_LOST / raw.error) / np.log(_LOST / _SURE), 0, 1)
        return CameraMotion(
            rotations,
            trans,
            raw.betas,
            (confidence * track.seen[:, None]).astype(np.float32),
            contacts=raw.contacts,
            up=raw.up,
        )

    def fitted(
        self,
        given: Track,
        body: Body,
        *,
        done: Callable[[float], None] = lambda share: None,
    ) -> tuple[Raw, np.ndarray, np.ndarray]:
        """What the network says, and rotations (T, 24, 3, 3) and pelvis (T, 3) in the camera fitted
        to what was seen. done gets the share done.
        """
        half = 0.5 if self.polish else 1.0
        raw = run(self.network, given, flip=self.flip, done=lambda share: done(half * share))
        rays = given.rays.double().numpy()
        seen = given.seen.numpy()[:, None]
        spread = np.where(seen, raw.doubt * raw.trans[:, 2:], np.inf)
        rotations, times = raw.rotations, given.times.numpy()
        trans = place_root(_landmarks(body, raw), rays, spread, raw.trans, raw.velocity, times)
        if self.polish:
            rotations, trans = polish(
                body, rotations, trans, raw.betas, raw.error, rays, spread, times, self.polish,
                done=lambda share: done(half + half * share),
            )  # fmt: skip
        return raw, rotations, trans


def load_network(weights: Path) -> MotionTransformer:
    """The network as its file describes it, ready to run; OneTakeError bad_weights."""
    return weights_on_disk.load_network(
        weights, "onetake", lambda **said: MotionTransformer(NetworkConfig(**said))
    )


def as_tensors(track: PersonTrack, K: np.ndarray) -> Track:
    """A person's track as the network takes it: rays instead of pixels."""
    frames = len(track.seen)
    rays = (track.landmarks[..., :2] - K[:2, 2]) / np.array([K[0, 0], K[1, 1]])
    return Track(
        rays=torch.as_tensor(rays).float(),
        visibility=torch.as_tensor(track.landmarks[..., 2]).float(),
        world=torch.as_tensor(track.world_landmarks).float(),
        features=torch.zeros(frames, FEATURES),
        has_features=torch.zeros(frames, dtype=torch.bool),
        seen=torch.as_tensor(track.seen),
        times=torch.as_tensor(track.timestamps).double(),
    )


def _landmarks(body: Body, raw: Raw) -> np.ndarray:
    """(T, 33, 3) of the posed body about its pelvis, camera axes."""
    with torch.no_grad():
        posed = TorchBody(body)(
            torch.as_tensor(raw.rotations).float(),
            torch.as_tensor(raw.betas).float(),
            torch.zeros(len(raw.trans), 3),
            landmarks=True,
        )
    return posed["landmarks"].double().numpy()
