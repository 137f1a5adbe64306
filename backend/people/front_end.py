"""Front ends: what sees the whole person in a region, in the place of BlazePose's network.

The features of the landmarks stay BlazePose's: no other front end knows where a landmark is.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from .blazepose_steps import PARTS_FEATURES, landmark_crop
from .detector import Detection, LandmarkResult, PersonDetector, Region


class FrontEnd(Protocol):
    """Crops of people -> features, of a width of its own."""

    def __call__(self, crops: Sequence[np.ndarray]) -> np.ndarray:
        """B crops as `landmark_crop` makes them, (256, 256, 3) u1 RGB -> (B, width) f4."""
        ...


class FrontEndDetector:
    """PersonDetector over another one, in whose results a front end has seen the whole person.

    The other one's results hold features.
    """

    def __init__(self, detector: PersonDetector, front_end: FrontEnd) -> None:
        self._detector, self._front_end = detector, front_end

    def detect(self, rgb: np.ndarray, window: Region) -> list[Detection]:
        """See PersonDetector."""
        return self._detector.detect(rgb, window)

    def landmarks(
        self, rgb: np.ndarray, regions: Sequence[Region], *, outlines: bool = True
    ) -> list[LandmarkResult]:
        """See PersonDetector."""
        if not regions:
            return []
        results = self._detector.landmarks(rgb, regions, outlines=outlines)
        return seen_through(self._front_end, results, [landmark_crop(rgb, r) for r in regions])


def seen_through(
    front_end: FrontEnd, results: Sequence[LandmarkResult], crops: Sequence[np.ndarray]
) -> list[LandmarkResult]:
    """The results of these crops, the front end's features in the place of the whole person's."""
    return [
        replace(result, features=np.concatenate([whole, result.features[-PARTS_FEATURES:]]))
        for result, whole in zip(results, front_end(crops), strict=True)
    ]
