"""Clips through networks that answer with a body: `sru_attention`, `joint_gru`, `hybrid`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from ...body.torch_body import TorchBody
from ...motion.body import Body
from ...people.track import PersonTrack
from ..blending import blended
from ..evidence import joint_trust, trust_of
from ..interface import CameraMotion, shares
from ..onetake.network import Draft
from ..onetake.run import Track, mean_shape
from ..onetake.translation import place_root
from ..rotations import from_six
from ..weights import FOLDER, load_network
from .observed import Observed

_SPREAD = 0.03  # metres that a plainly seen landmark may be off
_STANDS, _MAY_MOVE = 0.0, 1.5  # m/s: what is believed of the pelvis between two frames


class RotationNetwork(Protocol):
    """Observed -> Draft."""

    window: int  # frames it looks at together

    def __call__(self, given: Observed) -> Draft: ...


@dataclass(frozen=True)
class ObservedTrack(Track):
    """T frames of one person with all image features and the turn of the region."""

    angle: Tensor  # (T,)

    @classmethod
    def of(cls, track: PersonTrack, K: np.ndarray) -> "ObservedTrack":
        """K (3, 3) pixels. The track was made with image features."""
        assert track.image_features is not None, "the track holds no image features"
        rays = (track.landmarks[..., :2] - K[:2, 2]) / np.array([K[0, 0], K[1, 1]])
        return cls(
            rays=torch.as_tensor(rays).float(),
            visibility=torch.as_tensor(track.landmarks[..., 2]).float(),
            world=torch.as_tensor(track.world_landmarks).float(),
            features=torch.as_tensor(track.image_features),
            has_features=torch.as_tensor(track.seen),
            seen=torch.as_tensor(track.seen),
            times=torch.as_tensor(track.timestamps).double(),
            angle=torch.as_tensor(track.regions[:, 3]).float(),
        )

    def observed(self, spans: list[slice], device: torch.device) -> tuple[Observed, Tensor]:
        """Windows, and (B, T, 3, 3) that takes what is seen in them back to the camera's axes."""
        given, view = self.windows(spans, device)
        angle = torch.stack([self.angle[span] for span in spans]).to(device)
        return Observed(**vars(given), angle=angle), view.turn.transpose(-1, -2)


class RotationEstimator:
    """See `interface.Estimator`; each paper names itself and its network. `weights` of another
    training run can be named.
    """

    name: str
    network_of: Callable[..., nn.Module]  # from the settings in its weights

    def __init__(self, weights: Path | None = None, *, device: str = "cpu") -> None:
        """OneTakeError bad_weights where there are none."""
        path = weights or FOLDER / f"{self.name}.safetensors"
        self.network = load_network(path, self.name, self.network_of).to(device)
        self.device = device

    @classmethod
    def of_quality(
        cls, quality: str, device: str, weights: Path | None = None
    ) -> "RotationEstimator":
        """The same at any quality: there is nothing to leave out."""
        return cls(weights, device=device)

    def estimate(
        self,
        track: PersonTrack,
        K: np.ndarray,
        body: Body,
        *,
        progress: Callable[[int, int], None],
        should_stop: Callable[[], bool],
    ) -> CameraMotion:
        """See Estimator.estimate. The track holds image features."""
        return estimated(
            self.network, track, K, body, self.device, progress=progress, should_stop=should_stop
        )


def estimated(
    network: RotationNetwork,
    track: PersonTrack,
    K: np.ndarray,
    body: Body,
    device: str,
    *,
    progress: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> CameraMotion:
    """Motion in the camera. See Estimator.estimate, whose arguments these are."""
    frames = len(track.seen)
    done = shares(frames, progress, should_stop)
    done(0)
    given = ObservedTrack.of(track, K)
    rotations, betas, guess = rotations_of(network, given, device, done)
    trust = trust_of(track.landmarks[..., 2]) * track.seen[:, None]
    with torch.no_grad():
        landmarks = TorchBody(body)(
            torch.as_tensor(rotations).float(),
            torch.as_tensor(betas).float(),
            torch.zeros(frames, 3),
            landmarks=True,
        )["landmarks"]
    with np.errstate(divide="ignore"):
        spread = _SPREAD / trust
    trans = place_root(
        landmarks.double().numpy(),
        given.rays.double().numpy(),
        spread,
        guess,
        np.full((frames, 3), _STANDS),
        track.timestamps,
        _MAY_MOVE,
    )
    return CameraMotion(rotations, trans, betas, joint_trust(trust))


def rotations_of(
    network: RotationNetwork,
    track: ObservedTrack,
    device: str = "cpu",
    done: Callable[[float], None] = lambda share: None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rotations (T, 24, 3, 3), betas (10,) and the network's own guess of the pelvis (T, 3), in the
    camera.
    """
    frames, size = len(track.seen), network.window
    overlap = size // 2
    shapes: list[Tensor] = []

    def look(spans: list[slice]) -> Tensor:
        observed, back = track.observed(spans, torch.device(device))
        answer = network(observed)
        rotations = answer.rotations.clone()
        rotations[:, :, 0] = back @ rotations[:, :, 0]
        trans = (back @ answer.trans[..., None])[..., 0]
        shapes.append(answer.betas.cpu())
        return torch.cat([rotations[..., :2, :].flatten(2), trans], dim=-1).cpu()

    # A network of single frames takes many at once.
    batch = max(1, 256 // size)
    sixes, trans = blended(frames, size, overlap, look, batch=batch, done=done).split(
        (24 * 6, 3), dim=-1
    )
    betas = mean_shape(torch.cat(shapes), track.seen, size, overlap)
    rotations = from_six(sixes.view(frames, 24, 6)).double().numpy()
    return rotations, betas, trans.double().numpy()
