"""The network over a clip of any length: overlapping windows, faded into each other."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...motion.skeleton import LANDMARK_MIRROR, MIRROR
from ..blending import blended, window_starts
from ..rotations import from_six
from .canonical import Canonical, canonical
from .network import Answer, MotionTransformer, Seen

# A window's seconds: as many as the longest that it was trained on. In longer ones of slow video
# people hardly move.
_SECONDS = 1.8
_LEAST, _MOST = 2, 128  # frames of a window
_SHARED = 3 / 8  # of a window, with its neighbour
_FLIP = torch.tensor([-1.0, 1.0, 1.0])
_FEET_MIRROR = [2, 3, 0, 1]


@dataclass(frozen=True)
class Track:
    """T frames of one person, as tensors."""

    rays: Tensor  # (T, 33, 2)
    visibility: Tensor  # (T, 33)
    world: Tensor  # (T, 33, 3)
    features: Tensor  # (T, F) image features, as the network takes them
    has_features: Tensor  # (T,) bool
    seen: Tensor  # (T,) bool
    times: Tensor  # (T,) s, double

    def windows(self, spans: list[slice], device: torch.device) -> tuple[Seen, Canonical]:
        """Windows of it as networks see them, and the cameras that look straight at the person."""

        def stacked(tensor: Tensor) -> Tensor:
            return torch.stack([tensor[span] for span in spans]).to(device)

        # Doubles until here, which not all devices add.
        times = torch.stack([self.times[span] for span in spans])
        times = (times - times[:, :1]).float().to(device)
        seen = stacked(self.seen)
        # A window without a sighting is filled in from its neighbours; it must not be empty.
        some = seen | ~seen.any(dim=1, keepdim=True)
        view = canonical(stacked(self.rays), some, times)
        given = Seen(
            view.points, stacked(self.visibility), stacked(self.world), stacked(self.features),
            stacked(self.has_features), seen, times, view.centre, view.size,
        )  # fmt: skip
        return given, view


@dataclass(frozen=True)
class Raw:
    """What the network says of T frames, camera axes, before anything is solved or smoothed."""

    rotations: np.ndarray  # (T, 24, 3, 3)
    betas: np.ndarray  # (10,)
    trans: np.ndarray  # (T, 3)
    velocity: np.ndarray  # (T, 3)
    up: np.ndarray  # (T, 3) unit
    contacts: np.ndarray  # (T, 4) 0..1
    error: np.ndarray  # (T, 24) m
    doubt: np.ndarray  # (T, 33) slopes of rays that each landmark may be off


def run(
    network: MotionTransformer,
    track: Track,
    *,
    flip: bool = False,
    done: Callable[[float], None] = lambda share: None,
) -> Raw:
    """flip: also look at the mirror image, and take the mean of both. done gets the share done."""
    frames = len(track.seen)
    widths = (24 * 6, 3, 3, 3, 4, 24, 33)
    betas = []

    def look(spans: list[slice]) -> Tensor:
        row, shape = _windows(network, track, spans, flip)
        betas.append(shape)
        return row

    size, overlap = window_size(track.times)
    row = blended(frames, size, overlap, look, done=done)
    sixes, trans, velocity, up, contacts, error, doubt = row.split(widths, dim=-1)
    return Raw(
        rotations=from_six(sixes.view(frames, 24, 6)).double().numpy(),
        betas=mean_shape(torch.cat(betas), track.seen, size, overlap),
        trans=trans.double().numpy(),
        velocity=velocity.double().numpy(),
        up=torch.nn.functional.normalize(up, dim=-1).double().numpy(),
        contacts=contacts.sigmoid().numpy(),
        error=error.exp().numpy(),
        doubt=doubt.exp().double().numpy(),
    )


def window_size(times: Tensor) -> tuple[int, int]:
    """Frames of a window of a clip with these times (T,) s, and frames that neighbours share."""
    if len(times) < 2:
        return _LEAST, 0
    frames = round(_SECONDS / max(float(times.diff().median()), 1e-3))
    size = min(max(frames, _LEAST), _MOST)
    return size, int(_SHARED * size)


def mean_shape(betas: Tensor, seen: Tensor, size: int, overlap: int) -> np.ndarray:
    """(10,) of all windows' (W, 10): each counts for the frames in which the person was seen."""
    starts = window_starts(len(seen), size, overlap)
    weight = torch.stack([seen[start : start + size].sum() for start in starts]).to(betas)
    return ((weight @ betas) / weight.sum().clamp(min=1)).double().numpy()


def _windows(
    network: MotionTransformer, track: Track, spans: list[slice], flip: bool
) -> tuple[Tensor, Tensor]:
    """(B, T, 214) in camera axes, in the order of the network's outputs, and betas (B, 10)."""
    given, view = track.windows(spans, network.skeleton.joints.device)
    answer = network(given)
    if flip:
        answer = _mean(answer, _mirrored_answer(network(_mirrored(given))))
    back = view.turn.transpose(-1, -2)

    def turned(vectors: Tensor) -> Tensor:
        return (back @ vectors[..., None])[..., 0]

    rotations = answer.rotations.clone()
    rotations[:, :, 0] = back @ rotations[:, :, 0]
    parts = [
        rotations[..., :2, :].flatten(2), turned(answer.trans), turned(answer.velocity),
        turned(answer.up), answer.contacts, answer.error,
        answer.doubt + view.size.log()[:, None, None],
    ]  # fmt: skip
    return torch.cat(parts, dim=-1).cpu(), answer.betas.cpu()


def _mirrored(given: Seen) -> Seen:
    across = _FLIP.to(given.points)
    return Seen(
        points=given.points[:, :, LANDMARK_MIRROR] * across[:2],
        visibility=given.visibility[:, :, LANDMARK_MIRROR],
        world=given.world[:, :, LANDMARK_MIRROR] * across,
        features=given.features,
        has_features=torch.zeros_like(given.has_features),
        seen=given.seen,
        times=given.times,
        centre=given.centre * across[:2],
        size=given.size,
    )


def _mirrored_answer(answer: Answer) -> Answer:
    across = _FLIP.to(answer.trans)
    return Answer(
        rotations=answer.rotations[:, :, MIRROR] * (across[:, None] * across),
        betas=answer.betas,
        trans=answer.trans * across,
        velocity=answer.velocity * across,
        up=answer.up * across,
        contacts=answer.contacts[..., _FEET_MIRROR],
        error=answer.error[..., MIRROR],
        doubt=answer.doubt[..., LANDMARK_MIRROR],
    )


def _mean(a: Answer, b: Answer) -> Answer:
    return Answer(**{name: (value + getattr(b, name)) / 2 for name, value in vars(a).items()})
