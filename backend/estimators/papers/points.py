"""Clips through networks that answer with points: `multimodal_depth` and `temporal_lifter`.

Rotations follow by the fit of `ik`, to what the network says of the landmarks in the place of
BlazePose's own world landmarks.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ...motion.body import Body
from ...motion.skeleton import LANDMARK
from ...people.track import PersonTrack
from ..blending import blended
from ..ik import IKEstimator
from ..ik.config import IKConfig
from ..ik.observations import rays_of, viewing_turn
from ..ik.points import LandmarkModel
from ..interface import CameraMotion, shares
from .observed import Observed
from .rotations import ObservedTrack

_HIPS = [LANDMARK["left_hip"], LANDMARK["right_hip"]]
POINTS = 24 + 33
FIT = IKConfig(
    # Points are on our body; the rays beside them are still BlazePose's, which are not: twice as
    # far off as `ik` takes them to be once it has moved our landmarks to BlazePose's.
    landmark_model_share=0.0,
    landmark_sigma_scale=3.0,
    limb_sigma_scale=0.8,  # of BlazePose's own error: these know of depth what it does not
)
_LOOK = 0.3  # share of the time that the network takes, the fit the rest


@dataclass(frozen=True)
class Points:
    """B windows of T frames, metres from the pelvis joint, in the canonical view's axes."""

    joints: Tensor  # (B, T, 24, 3) SMPL's
    landmarks: Tensor  # (B, T, 33, 3) BlazePose's, on our body: what a twist is seen by


class PointNetwork(Protocol):
    """Observed -> Points."""

    window: int  # frames it looks at together

    def __call__(self, given: Observed) -> Points: ...


def points_of(
    network: PointNetwork,
    track: PersonTrack,
    K: np.ndarray,
    device: str = "cpu",
    done: Callable[[float], None] = lambda share: None,
) -> tuple[np.ndarray, np.ndarray]:
    """Joints (T, 24, 3) and landmarks (T, 33, 3) from the pelvis, metres, in the camera's axes.

    K (3, 3) pixels; the track was made with image features. done gets the share done.
    """
    return clip_points(network, ObservedTrack.of(track, K), device, done)


def clip_points(
    network: PointNetwork,
    track: ObservedTrack,
    device: str = "cpu",
    done: Callable[[float], None] = lambda share: None,
) -> tuple[np.ndarray, np.ndarray]:
    """As `points_of`, of what a network is to see."""
    frames, size = len(track.seen), network.window

    def look(spans: list[slice]) -> Tensor:
        given, back = track.observed(spans, torch.device(device))
        answer = network(given)
        points = torch.cat([answer.joints, answer.landmarks], dim=2)
        return (points @ back.transpose(-1, -2)).flatten(2).cpu()

    # Few frames at a time make many windows, which go together.
    batch = max(1, 256 // size)
    points = blended(frames, size, size // 2, look, batch=batch, done=done)
    points = points.view(frames, POINTS, 3).double().numpy()
    return points[:, :24], points[:, 24:]


class PointEstimator:
    """See Estimator. points_of: the module's own, from network, track, K, device and done."""

    def __init__(self, network: PointNetwork, points_of: Callable, device: str) -> None:
        self.network, self.points_of, self.device = network, points_of, device

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
        done = shares(len(track.seen), progress, should_stop, _LOOK)

        def fitting(part: int, whole: int) -> None:
            progress(round(_LOOK * whole + (1 - _LOOK) * part), whole)

        done(0)
        _, landmarks = self.points_of(self.network, track, K, self.device, done)
        return fitted(landmarks, track, K, body, progress=fitting, should_stop=should_stop)


def fitted(
    landmarks: np.ndarray,
    track: PersonTrack,
    K: np.ndarray,
    body: Body,
    *,
    progress: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> CameraMotion:
    """The body that has its landmarks (T, 33, 3), metres in the camera's axes, where a network says
    they are from each other, and BlazePose where they are in the picture.
    """
    centred = landmarks - landmarks[:, _HIPS].mean(axis=1, keepdims=True)
    # The fit takes world landmarks for BlazePose's, whose axes are not quite the camera's, and
    # turns them by this much.
    world = centred @ viewing_turn(rays_of(track.landmarks, K))
    return IKEstimator(FIT, LandmarkModel.of_our_body()).estimate(
        replace(track, world_landmarks=world), K, body, progress=progress, should_stop=should_stop
    )
