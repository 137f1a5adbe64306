"""What the papers' networks see of a person, and how it becomes their input."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...motion.skeleton import JOINT, LANDMARK
from ...people.blazepose_steps import PART_FEATURES, WHOLE_FEATURES
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
    """`Seen` with `features` (B, T, 2736): all image features as BlazePose's network gives them."""

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
    """One vector a frame: image features, landmarks, or both; and the box."""

    def __init__(self, *, image: bool = True, landmarks: bool = True) -> None:
        super().__init__()
        self.image, self.landmarks = image, landmarks
        self.width = WHOLE_FEATURES * image + 33 * LANDMARK_NUMBERS * landmarks + BOX_NUMBERS
        self.standard = Standard(self.width)

    def raw(self, given: Observed) -> Tensor:
        """(B, T, width) as they come."""
        parts = [given.box()]
        if self.landmarks:
            parts.append(given.landmarks().flatten(2))
        if self.image:
            parts.append(given.features[..., :WHOLE_FEATURES].float())
        return torch.cat(parts, dim=-1)

    def forward(self, given: Observed) -> Tensor:
        """(B, T, width); zero, the training set's mean, where nobody was seen."""
        return self.standard(self.raw(given)) * given.seen[..., None]


class JointInputs(nn.Module):
    """A vector of 128 a joint, by a fixed projection: PARE's part features, from BlazePose.

    A joint has the 48 image features at its landmarks (Kocabas et al. 2021, "PARE", pools 128 so),
    the landmarks themselves, and what all joints share: the whole picture's features through a
    fixed projection of their own, since 48 numbers of a shallow map see less of the body around
    than PARE's do; and the box.
    """

    SHARED = 64  # of the whole picture's features

    def __init__(self, width: int = 128, seed: int = 0) -> None:
        super().__init__()
        self.width = width
        numbers = PART_FEATURES + LANDMARK_NUMBERS + BOX_NUMBERS
        self.whole, self.parts = Standard(WHOLE_FEATURES), Standard(24 * numbers)
        near = torch.zeros(24, 33)
        for name, landmarks in _NEAR.items():
            near[JOINT[name], [LANDMARK[each] for each in landmarks]] = 1 / len(landmarks)
        random = torch.Generator().manual_seed(seed)
        # Rows of unit variance stay so: neither projection is learnt.
        self.register_buffer("near", near, persistent=False)
        self.register_buffer(
            "squeeze", _projection(WHOLE_FEATURES, self.SHARED, random), persistent=False
        )
        self.register_buffer(
            "spread", _projection(numbers + self.SHARED, width, random), persistent=False
        )

    def raw(self, given: Observed) -> Tensor:
        """(B, T, 24, 59) of each joint, as they come."""
        pooled = given.features[..., WHOLE_FEATURES:].float().unflatten(-1, (33, PART_FEATURES))
        own = torch.cat([pooled, given.landmarks()], dim=-1)
        box = given.box()[:, :, None].expand(-1, -1, 24, -1)
        return torch.cat([self.near @ own, box], dim=-1)

    def fit(self, given: Observed) -> None:
        """Means and deviations, from a part of the training set."""
        self.whole.fit(given.features[..., :WHOLE_FEATURES].float())
        self.parts.fit(self.raw(given).flatten(2))

    def forward(self, given: Observed) -> Tensor:
        """(B, T, 24, 128) f_i; zero where nobody was seen."""
        own = self.parts(self.raw(given).flatten(2)).unflatten(-1, (24, -1))
        whole = self.whole(given.features[..., :WHOLE_FEATURES].float()) @ self.squeeze
        whole = whole[:, :, None].expand(-1, -1, 24, -1)
        return torch.cat([own, whole], dim=-1) @ self.spread * given.seen[..., None, None]


def _projection(inputs: int, outputs: int, random: torch.Generator) -> Tensor:
    """(inputs, outputs) with orthonormal rows or columns, whichever are fewer."""
    matrix = torch.randn(max(inputs, outputs), min(inputs, outputs), generator=random)
    q, _ = torch.linalg.qr(matrix)
    return q if inputs >= outputs else q.T
