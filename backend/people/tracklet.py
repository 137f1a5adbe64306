"""A stretch of one person's frames without doubt about who it is: what the tracker builds."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from .detector import LandmarkResult, Region
from .steady import SteadyRegion

COLOUR_BINS = 6  # a channel; enough to tell shirts apart, few enough to forgive shade
COLOUR_RANGE = [0, 256, 64, 192, 64, 192]  # of L, a and b; nothing is dyed further out
COLOUR_CELLS = 64
SAME_POSE = 0.06  # of the region's side: limbs of two results this near are one person's
SAME_OUTLINE = 0.6  # intersection over union of two silhouettes
NEAR = 0.5  # of the region's side: hips further apart are not compared by outline
HIPS, SHOULDERS = [23, 24], [11, 12]
LIMBS = [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]


@dataclass
class Tracklet:
    """Consecutive sightings of one person. One entry a frame in every list."""

    frames: list[int] = field(default_factory=list)  # index in the video, without gaps
    times: list[float] = field(default_factory=list)  # s
    landmarks: list[np.ndarray] = field(default_factory=list)  # (33, 3) f4 px, visibility
    world: list[np.ndarray] = field(default_factory=list)  # (33, 3) f4 m
    scores: list[float] = field(default_factory=list)
    regions: list[np.ndarray] = field(default_factory=list)  # (4,) f4 x, y, side, angle
    masks: list[np.ndarray] = field(default_factory=list)  # packed bits; empty when not kept
    features: list[np.ndarray] = field(default_factory=list)  # (F,) f2; empty when not kept
    support: list[float] = field(default_factory=list)  # detector's score, 0 for a miss; per run
    colours: list[np.ndarray] = field(default_factory=list)  # (3, bins^3) f2, `colours_of`
    mean_colours: np.ndarray | None = None  # (3, bins^3) f4
    last: LandmarkResult | None = None  # of the newest frame
    following: Region | None = None  # where to look next
    steady: SteadyRegion = field(default_factory=SteadyRegion)

    def add(
        self,
        frame: int,
        time: float,
        result: LandmarkResult,
        colours: np.ndarray | None,
        *,
        mask: bool = False,
        features: bool = False,
    ) -> None:
        """One more frame; without colours they are as before. mask, features: keep the result's."""
        if colours is None:
            colours = self.colours[-1].astype(np.float32)
        self.frames.append(frame)
        self.times.append(time)
        self.landmarks.append(result.landmarks)
        self.world.append(result.world)
        self.scores.append(result.score)
        seen = result.region
        self.regions.append(np.array([seen.x, seen.y, seen.side, seen.angle], np.float32))
        if mask:
            self.masks.append(np.packbits(result.mask, axis=-1))
        if features:
            self.features.append(result.features.astype(np.float16))
        self.colours.append(colours.astype(np.float16))
        if self.mean_colours is None:
            self.mean_colours = colours.copy()
        else:
            self.mean_colours += (colours - self.mean_colours) / len(self.colours)
        self.last = result
        self.following = self.steady(result.following, time)

    def part(self, first: int, end: int) -> "Tracklet":
        """Sightings first..end - 1 alone, with the whole's evidence from the detector."""
        lists = {name: getattr(self, name)[first:end] for name in _PER_FRAME}
        mean = np.mean(lists["colours"], axis=0, dtype=np.float32)
        return Tracklet(**lists, support=self.support, mean_colours=mean)

    def hips(self) -> np.ndarray:
        """(T, 2) px: the hips' midpoint."""
        return np.array(self.landmarks)[:, HIPS, :2].mean(1)

    def predicted(self, time: float) -> np.ndarray:
        """(33, 2) px where the landmarks are expected: constant velocity, damped."""
        now = self.landmarks[-1][:, :2]
        if len(self.frames) < 2:
            return now
        # Nobody keeps a speed for long: no more than two steps of it.
        steps = (time - self.times[-1]) / (self.times[-1] - self.times[-2])
        return now + (now - self.landmarks[-2][:, :2]).mean(0) * min(steps, 2)

    def prepend(self, past: "Tracklet") -> None:
        """Put the sightings of `past`, which runs backwards from the first one, before them."""
        for name in _PER_FRAME:
            setattr(self, name, getattr(past, name)[:0:-1] + getattr(self, name))


_PER_FRAME = (
    "frames", "times", "landmarks", "world", "scores", "regions", "masks", "features", "colours",
)  # fmt: skip


def colours_of(rgb: np.ndarray, result: LandmarkResult) -> np.ndarray | None:
    """(3, bins^3) f4: colour histograms of head, trunk and legs, each summing to 1 (0: unseen).

    None where the result has no mask.
    """
    if result.mask is None:
        return None
    crop = result.region.crop(rgb, COLOUR_CELLS)
    mask = cv2.resize(result.mask.view(np.uint8), (COLOUR_CELLS, COLOUR_CELLS))
    to_crop = cv2.invertAffineTransform(result.region.to_picture(COLOUR_CELLS))
    shoulders, hips = (
        int(np.clip(to_crop[1, :2] @ place + to_crop[1, 2], 0, COLOUR_CELLS))
        for place in (result.landmarks[SHOULDERS, :2].mean(0), result.landmarks[HIPS, :2].mean(0))
    )
    lab = cv2.cvtColor(crop, cv2.COLOR_RGB2Lab)
    bands = (slice(0, shoulders), slice(shoulders, max(shoulders, hips)), slice(hips, None))
    found = np.zeros((len(bands), COLOUR_BINS**3), np.float32)
    for band, rows in enumerate(bands):
        if mask[rows].any():
            counts = cv2.calcHist(
                [lab[rows]], [0, 1, 2], mask[rows], [COLOUR_BINS] * 3, COLOUR_RANGE
            )
            found[band] = counts.ravel() / max(counts.sum(), 1)
    return found


def colour_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Hellinger distance of two `colours_of`, 0 (same) to 1; bands that one lacks do not count."""
    both = (a.sum(1) > 0) & (b.sum(1) > 0)
    if not both.any():
        return 0.5
    return float(np.sqrt(np.clip(1 - np.sqrt(a[both] * b[both]).sum(1), 0, 1)).mean())


def same_person(a: LandmarkResult, b: LandmarkResult) -> bool:
    """Whether two results of one picture show one person: the same limbs, or the same outline.

    Both have masks.
    """
    if pose_distance(a.landmarks, b.landmarks, a.region.side) < SAME_POSE:
        return True
    apart = np.hypot(a.following.x - b.following.x, a.following.y - b.following.y)
    if apart > NEAR * max(a.region.side, b.region.side):
        return False
    # Limbs may be found at two sizes on one body; its outline is the same.
    cells = a.mask.shape[0]
    across = np.vstack([b.region.to_picture(cells), [0, 0, 1]])
    here = np.vstack([a.region.to_picture(cells), [0, 0, 1]])
    # 1 outside, 2 inside the silhouette, 0 where b did not look.
    other = cv2.warpAffine(
        b.mask.view(np.uint8) + np.uint8(1),
        (np.linalg.inv(here) @ across)[:2],
        (cells, cells),
        flags=cv2.INTER_NEAREST,
    )
    both, either = (a.mask & (other == 2)).sum(), ((a.mask & (other > 0)) | (other == 2)).sum()
    return bool(both > SAME_OUTLINE * max(1, either))


def pose_distance(a: np.ndarray, b: np.ndarray, side: float) -> float:
    """Mean distance of the limb joints of two (33, 2+) poses, in units of a region's side."""
    return float(np.linalg.norm(a[LIMBS, :2] - b[LIMBS, :2], axis=1).mean() / side)
