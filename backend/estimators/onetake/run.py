"""The network over a clip of any length: overlapping windows, faded into each other."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...motion.skeleton import LANDMARK_MIRROR, MIRROR
from .canonical import canonical
from .network import Answer, MotionTransformer, Seen, from_six

WINDOW = 64  # frames: more than it was trained on, which helps a little
OVERLAP = 24  # frames that neighbours share
_BATCH = 16  # windows
_FLIP = torch.tensor([-1.0, 1.0, 1.0])
_FEET_MIRROR = [2, 3, 0, 1]


@dataclass(frozen=True)
class Track:
    """T frames of one person, as tensors."""

    rays: Tensor  # (T, 33, 2)
    visibility: Tensor  # (T, 33)
    world: Tensor  # (T, 33, 3)
    features: Tensor  # (T, 64)
    has_features: Tensor  # (T,) bool
    seen: Tensor  # (T,) bool
    times: Tensor  # (T,) s, double


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
    starts = window_starts(frames)
    size = min(WINDOW, frames)
    fade = torch.ones(size)
    if len(starts) > 1:
        ramp = (torch.arange(OVERLAP) + 1) / (OVERLAP + 1)
        fade[:OVERLAP], fade[-OVERLAP:] = ramp, ramp.flip(0)
    widths = (24 * 6, 3, 3, 3, 4, 24, 33)
    sums, total, betas = torch.zeros(frames, sum(widths)), torch.zeros(frames), []
    for first in range(0, len(starts), _BATCH):
        spans = [slice(start, start + size) for start in starts[first : first + _BATCH]]
        with torch.no_grad():
            row, shape = _windows(network, track, spans, flip)
        betas.append(shape)
        for part, span in zip(row, spans, strict=True):
            sums[span] += fade[:, None] * part
            total[span] += fade
        done(min(1.0, (first + _BATCH) / len(starts)))
    sixes, trans, velocity, up, contacts, error, doubt = (sums / total[:, None]).split(
        widths, dim=-1
    )
    return Raw(
        rotations=from_six(sixes.view(frames, 24, 6)).double().numpy(),
        betas=_mean_shape(torch.cat(betas), track.seen, starts, size),
        trans=trans.double().numpy(),
        velocity=velocity.double().numpy(),
        up=torch.nn.functional.normalize(up, dim=-1).double().numpy(),
        contacts=contacts.sigmoid().numpy(),
        error=error.exp().numpy(),
        doubt=doubt.exp().double().numpy(),
    )


def _mean_shape(betas: Tensor, seen: Tensor, starts: list[int], size: int) -> np.ndarray:
    """(10,) of all windows' (W, 10): each counts for the frames in which the person was seen."""
    weight = torch.stack([seen[start : start + size].sum() for start in starts]).to(betas)
    return ((weight @ betas) / weight.sum().clamp(min=1)).double().numpy()


def window_starts(frames: int) -> list[int]:
    """First frames of windows that cover `frames`; the last one ends with the clip."""
    if frames <= WINDOW:
        return [0]
    last = frames - WINDOW
    return [*range(0, last, WINDOW - OVERLAP), last]


def _windows(
    network: MotionTransformer, track: Track, spans: list[slice], flip: bool
) -> tuple[Tensor, Tensor]:
    """(B, T, 214) in camera axes, in the order of the network's outputs, and betas (B, 10)."""

    device = network.skeleton.joints.device

    def stacked(tensor: Tensor) -> Tensor:
        return torch.stack([tensor[span] for span in spans]).to(device)

    times = torch.stack([track.times[span] for span in spans])  # doubles, which not all devices add
    times = (times - times[:, :1]).float().to(device)
    seen = stacked(track.seen)
    # A window without a sighting is filled in from its neighbours; it must not be empty.
    some = seen | ~seen.any(dim=1, keepdim=True)
    view = canonical(stacked(track.rays), some, times)
    given = Seen(
        view.points, stacked(track.visibility), stacked(track.world), stacked(track.features),
        stacked(track.has_features), seen, times, view.centre, view.size,
    )  # fmt: skip
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
