"""What the papers' networks see of a person, and how it becomes their input."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ...errors import OneTakeError
from ...motion.skeleton import JOINT, LANDMARK
from ...people.blazepose_steps import PART_FEATURES, PARTS_FEATURES, WHOLE_FEATURES
from ..onetake.network import Seen

LANDMARK_NUMBERS = 6  # place (2), visibility, place in the world (3)
BOX_NUMBERS = 5  # the region's turn as cosine and sine, place in the picture (2), size

# The landmarks in whose middle a joint lies; where none is near, those of its neighbours.
_SHOULDERS, _HIPS = ("left_shoulder", "right_shoulder"), ("left_hip", "right_hip")
_NEAR: dict[str, tuple[str, ...]] = {
    "pelvis": _HIPS, "spine1": _HIPS, "spine2": _HIPS + _SHOULDERS, "spine3": _SHOULDERS,
    "neck": (*_SHOULDERS, "mouth_left", "mouth_right"), "head": ("nose", "left_ear", "right_ear"),
} | {
    f"{side}_{joint}": tuple(f"{side}_{part}" for part in parts)
    for side in ("left", "right")
    for joint, parts in {
        "hip": ("hip",), "knee": ("knee",), "ankle": ("ankle", "heel"), "foot": ("foot_index",),
        "collar": ("shoulder",), "shoulder": ("shoulder",), "elbow": ("elbow",),
        "wrist": ("wrist",), "hand": ("index", "pinky", "thumb"),
    }.items()
}  # fmt: skip


@dataclass(frozen=True)
class Observed(Seen):
    """`Seen` with `features` (B, T, F): of the whole person, then 33 x 48 of the landmarks.

    F is 2736 where both are BlazePose's; another front end gives as many of the person as it likes.
    """

    angle: Tensor  # (B, T) radians: how far the region was turned, to which features are relative

    def box(self) -> Tensor:
        """(B, T, 5) where in the picture, how large and how turned."""
        size = self.size.log()[:, None, None].expand(*self.seen.shape, 1)
        turn = torch.stack([self.angle.cos(), self.angle.sin()], dim=-1)
        return torch.cat([turn, self.centre, size], dim=-1)

    def landmarks(self) -> Tensor:
        """(B, T, 33, 6)."""
        parts = [self.points.clamp(-4, 4), self.visibility[..., None], self.world.clamp(-2, 2)]
        return torch.cat(parts, dim=-1)


class Standard(nn.Module):
    """Numbers less their mean by their deviation on the training set, both kept with the weights.

    Until `fit` has been called it changes nothing.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("deviation", torch.ones(width))

    def fit(self, values: Tensor) -> None:
        """values (..., width)."""
        flat = values.flatten(0, -2)
        self.mean.copy_(flat.mean(dim=0))
        # What hardly ever changes in training must not blow up where it does.
        spread = flat.std(dim=0)
        self.deviation.copy_(spread.clamp(min=1e-2 * float(spread.mean()) + 1e-6))

    def forward(self, values: Tensor) -> Tensor:
        """(..., width), within ten deviations."""
        return ((values - self.mean) / self.deviation).clamp(-10, 10)

    def inverse(self, values: Tensor) -> Tensor:
        """Back from standardised numbers."""
        return values * self.deviation + self.mean


class FrameInputs(nn.Module):
    """One vector a frame: image features, landmarks, or both; and the box.

    whole: how many image features there are of the person, by which a front end is known.
    """

    def __init__(
        self, whole: int = WHOLE_FEATURES, *, image: bool = True, landmarks: bool = True
    ) -> None:
        super().__init__()
        self.whole, self.image, self.landmarks = whole, image, landmarks
        self.width = whole * image + 33 * LANDMARK_NUMBERS * landmarks + BOX_NUMBERS
        self.standard = Standard(self.width)

    def raw(self, given: Observed) -> Tensor:
        """(B, T, width) as they come; OneTakeError other_front_end where they are not as many."""
        parts = [given.box()]
        if self.landmarks:
            parts.append(given.landmarks().flatten(2))
        if self.image:
            seen = given.features[..., :-PARTS_FEATURES]
            if seen.shape[-1] != self.whole:
                raise _other_front_end(self.whole, seen.shape[-1])
            parts.append(seen.float())
        return torch.cat(parts, dim=-1)

    def forward(self, given: Observed) -> Tensor:
        """(B, T, width); zero, the training set's mean, where nobody was seen."""
        return self.standard(self.raw(given)) * given.seen[..., None]


class JointInputs(nn.Module):
    """A vector of 128 a joint, by a fixed projection of what lies there.

    The 48 image features at the joint's landmarks, as Kocabas et al. 2021, "PARE", pool 128; the
    landmarks themselves, and the box.
    """

    def __init__(self, width: int = 128, seed: int = 0) -> None:
        super().__init__()
        self.width = width
        numbers = PART_FEATURES + LANDMARK_NUMBERS + BOX_NUMBERS
        self.standard = Standard(24 * numbers)
        near = torch.zeros(24, 33)
        for name, landmarks in _NEAR.items():
            near[JOINT[name], [LANDMARK[each] for each in landmarks]] = 1 / len(landmarks)
        random = torch.Generator().manual_seed(seed)
        self.register_buffer("near", near, persistent=False)
        self.register_buffer("spread", _projection(numbers, width, random), persistent=False)

    def raw(self, given: Observed) -> Tensor:
        """(B, T, 24 x 59) of each joint, as they come."""
        pooled = given.features[..., -PARTS_FEATURES:].float().unflatten(-1, (33, PART_FEATURES))
        own = torch.cat([pooled, given.landmarks()], dim=-1)
        box = given.box()[:, :, None].expand(-1, -1, 24, -1)
        return torch.cat([self.near @ own, box], dim=-1).flatten(2)

    def forward(self, given: Observed) -> Tensor:
        """(B, T, 24, 128); zero where nobody was seen."""
        own = self.standard(self.raw(given)).unflatten(-1, (24, -1))
        return own @ self.spread * given.seen[..., None, None]


def from_settings(network: Callable, config: Callable) -> Callable:
    """For `load_network`: a network that `whole` is told from what its weights say of it.

    Weights that do not say it are of before there was another front end than BlazePose's.
    """

    def build(whole: int = WHOLE_FEATURES, **said: Any) -> nn.Module:
        return network(config(**said), whole)

    return build


def _other_front_end(wanted: int, given: int) -> OneTakeError:
    if wanted == WHOLE_FEATURES:
        return OneTakeError(
            "other_front_end",
            f"The network's weights want BlazePose's own {wanted} features of a person, not "
            f"{given}: leave out --front-end.",
        )
    return OneTakeError(
        "other_front_end",
        f"The network's weights want {wanted} features of a person, not {given}: name the front "
        "end that they were trained with by --front-end.",
    )


def _projection(inputs: int, outputs: int, random: torch.Generator) -> Tensor:
    """(inputs, outputs) with orthonormal rows or columns, whichever are fewer."""
    matrix = torch.randn(max(inputs, outputs), min(inputs, outputs), generator=random)
    q, _ = torch.linalg.qr(matrix)
    return q if inputs >= outputs else q.T
