"""Landmarks as the median of several looks: what is left of the jitter after one look is a third
less, for six times the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..motion.skeleton import LANDMARK_MIRROR
from .blazepose_steps import LANDMARK_CELLS
from .detector import Detection, LandmarkResult, PersonDetector, Region


@dataclass(frozen=True)
class Look:
    """How a region is looked at once more."""

    scale: float
    turn: float  # radians
    mirrored: bool


_TURN = float(np.radians(7.0))
# The first is the region itself: what has no median (mask, next region, score, image features) is
# taken from it.
LOOKS = (
    Look(1.0, 0.0, False), Look(1.1, _TURN, False), Look(0.9, -_TURN, False),
    Look(1.0, 0.0, True), Look(1.1, -_TURN, True), Look(0.9, _TURN, True),
)  # fmt: skip


class AveragedDetector:
    """PersonDetector over another one, whose landmarks it takes the median of."""

    def __init__(self, detector: PersonDetector, looks: Sequence[Look] = LOOKS) -> None:
        self._detector, self._looks = detector, looks

    def detect(self, rgb: np.ndarray, window: Region) -> list[Detection]:
        """See PersonDetector."""
        return self._detector.detect(rgb, window)

    def landmarks(self, rgb: np.ndarray, regions: Sequence[Region]) -> list[LandmarkResult]:
        """See PersonDetector."""
        if not regions:
            return []
        width = rgb.shape[1]
        straight = [look for look in self._looks if not look.mirrored]
        turned = [look for look in self._looks if look.mirrored]
        seen = self._detector.landmarks(
            rgb, [_seen_by(look, region) for region in regions for look in straight]
        )
        mirror = np.ascontiguousarray(rgb[:, ::-1])
        there = self._detector.landmarks(
            mirror,
            [_mirrored(_seen_by(look, region), width) for region in regions for look in turned],
        )
        return [
            _median(
                seen[i * len(straight) : (i + 1) * len(straight)],
                [_back(r, width) for r in there[i * len(turned) : (i + 1) * len(turned)]],
            )
            for i in range(len(regions))
        ]


def _seen_by(look: Look, region: Region) -> Region:
    return Region(region.x, region.y, region.side * look.scale, region.angle + look.turn)


def _mirrored(region: Region, width: int) -> Region:
    return Region(width - region.x, region.y, region.side, -region.angle)


def half_cell(region: Region) -> np.ndarray:
    """(2,) px by which what BlazePose finds in a region's crop is beside its place."""
    return region.to_picture(LANDMARK_CELLS)[:, :2] @ (0.5, 0.5) - 0.5


def _back(result: LandmarkResult, width: int) -> LandmarkResult:
    """What was found in the mirror, in the picture itself."""
    landmarks = result.landmarks[LANDMARK_MIRROR].copy()
    # A crop lies half a cell beside the picture's pixels; in the mirror, to the other side.
    landmarks[:, :2] -= half_cell(result.region)
    landmarks[:, 0] = width - landmarks[:, 0]
    landmarks[:, :2] += half_cell(_mirrored(result.region, width))
    world = result.world[LANDMARK_MIRROR] * np.array([-1, 1, 1], np.float32)
    return replace(
        result, landmarks=landmarks, world=world, presence=result.presence[LANDMARK_MIRROR]
    )


def _median(straight: list[LandmarkResult], mirrored: list[LandmarkResult]) -> LandmarkResult:
    every = [*straight, *mirrored]
    return replace(
        straight[0],
        landmarks=np.median([r.landmarks for r in every], axis=0).astype(np.float32),
        world=np.median([r.world for r in every], axis=0).astype(np.float32),
        presence=np.median([r.presence for r in every], axis=0).astype(np.float32),
    )
