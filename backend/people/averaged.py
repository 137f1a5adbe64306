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
class Variant:
    """How a region is looked at once more."""

    scale: float
    turn: float  # radians
    mirrored: bool


_TURN = float(np.radians(7.0))
# The first is the region itself: what has no median (mask, next region, score, image features) is
# taken from it.
VARIANTS = (
    Variant(1.0, 0.0, False), Variant(1.1, _TURN, False), Variant(0.9, -_TURN, False),
    Variant(1.0, 0.0, True), Variant(1.1, -_TURN, True), Variant(0.9, _TURN, True),
)  # fmt: skip


class AveragedDetector:
    """PersonDetector over another one, whose landmarks it takes the median of."""

    def __init__(self, detector: PersonDetector) -> None:
        self._detector = detector

    def detect(self, rgb: np.ndarray, window: Region) -> list[Detection]:
        """See PersonDetector."""
        return self._detector.detect(rgb, window)

    def landmarks(
        self, rgb: np.ndarray, regions: Sequence[Region], *, outlines: bool = True
    ) -> list[LandmarkResult]:
        """See PersonDetector."""
        if not regions:
            return []
        width = rgb.shape[1]
        straight = [variant for variant in VARIANTS[1:] if not variant.mirrored]
        turned = [variant for variant in VARIANTS[1:] if variant.mirrored]
        firsts = self._detector.landmarks(rgb, regions, outlines=outlines)
        seen = self._detector.landmarks(
            rgb, [_seen_by(v, region) for region in regions for v in straight], outlines=False
        )
        there = self._detector.landmarks(
            np.ascontiguousarray(rgb[:, ::-1]),
            [_mirrored(_seen_by(v, region), width) for region in regions for v in turned],
            outlines=False,
        )
        return [
            _median(
                [
                    first,
                    *seen[i * len(straight) : (i + 1) * len(straight)],
                    *(_back(r, width) for r in there[i * len(turned) : (i + 1) * len(turned)]),
                ]
            )
            for i, first in enumerate(firsts)
        ]


def _seen_by(variant: Variant, region: Region) -> Region:
    return Region(region.x, region.y, region.side * variant.scale, region.angle + variant.turn)


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


def _median(results: list[LandmarkResult]) -> LandmarkResult:
    return replace(
        results[0],
        landmarks=np.median([r.landmarks for r in results], axis=0).astype(np.float32),
        world=np.median([r.world for r in results], axis=0).astype(np.float32),
        presence=np.median([r.presence for r in results], axis=0).astype(np.float32),
    )
