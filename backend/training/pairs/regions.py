"""Where BlazePose is told to look: as a tracker tells it, or near the truth."""

from dataclasses import dataclass

import numpy as np

from ...motion.skeleton import LANDMARK
from ...people.blazepose_steps import REGION_MARGIN
from ...people.detector import LandmarkResult, Region
from ...people.steady import SteadyRegion

TRACKED_SHARE = 0.75  # of clips
FOUND = 0.5  # score below which the tracker loses the person
DRIFT = 0.3  # of the true region's side that the centre may be off
GROWTH = 1.8  # that the side may be off
_HIPS = [LANDMARK["left_hip"], LANDMARK["right_hip"]]
_SHOULDERS = [LANDMARK["left_shoulder"], LANDMARK["right_shoulder"]]


def true_region(pixels: np.ndarray) -> Region:
    """The region BlazePose was trained to ask for: around the circle from the hips over the body.

    pixels (33, 2): the landmarks' true places.
    """
    hips, shoulders = pixels[_HIPS].mean(axis=0), pixels[_SHOULDERS].mean(axis=0)
    radius = np.linalg.norm(pixels - hips, axis=1).max() * 1.08
    up = shoulders - hips
    up = up / max(np.linalg.norm(up), 1e-6)
    return Region.between(hips, hips + REGION_MARGIN * radius * up)


def disturbed(region: Region, scale: float, shift: np.ndarray, turn: float) -> Region:
    """The region with errors: scale, shift (2,) of its side, turn in radians."""
    return Region(
        region.x + region.side * shift[0],
        region.y + region.side * shift[1],
        region.side * scale,
        region.angle + turn,
    )


@dataclass
class Following:
    """The product's tracker for one person: the region that follows the last result, steadied."""

    rng: np.random.Generator
    fps: float
    _steady: SteadyRegion | None = None
    _next: Region | None = None
    _time: float = 0.0

    def region(self, truth: Region) -> Region:
        """Where to look in the next frame."""
        self._time += 1 / self.fps
        if self._next is None or self._steady is None:
            self._steady = SteadyRegion()
            noise = self.rng.normal(size=4) * [0.05, 0.03, 0.03, 0.07]
            self._next = disturbed(truth, float(np.exp(noise[0])), noise[1:3], noise[3])
        return self._steady(self._next, self._time)

    def took(self, result: LandmarkResult, truth: Region) -> bool:
        """Whether the tracker keeps the person; otherwise it finds him anew."""
        follow = result.following
        off = np.hypot(follow.x - truth.x, follow.y - truth.y)
        ratio = follow.side / truth.side
        kept = bool(
            result.score >= FOUND and off < DRIFT * truth.side and 1 / GROWTH < ratio < GROWTH
        )
        self._next = follow if kept else None
        return kept


@dataclass
class NearTruth:
    """A region near the truth whose errors change slowly."""

    rng: np.random.Generator
    fps: float
    _error: np.ndarray | None = None

    def region(self, truth: Region) -> Region:
        """Where to look in the next frame."""
        spread = np.array([0.06, 0.035, 0.035, 0.08])
        fresh = self.rng.normal(size=4) * spread
        if self._error is None:
            self._error = fresh
        keep = np.exp(-2.0 / self.fps)  # half a second
        self._error = keep * self._error + np.sqrt(1 - keep**2) * fresh
        scale, x, y, turn = np.clip(self._error, -0.15 * 2, 0.15 * 2)
        return disturbed(truth, float(np.clip(np.exp(scale), 0.85, 1.15)), np.array([x, y]), turn)

    def took(self, result: LandmarkResult, truth: Region) -> bool:
        """Whether there is a person in the region."""
        return result.score >= FOUND
