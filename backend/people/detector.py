"""What the tracker asks of a detector, and the square region that both speak of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

GRID = 256  # steps of a region's centre in half its side, of its side in an octave, in a radian


@dataclass(frozen=True)
class Region:
    """A rotated square in the picture that holds one person."""

    x: float  # px, centre
    y: float
    side: float  # px
    angle: float  # radians, clockwise on screen; 0 for a person who stands upright

    @classmethod
    def between(cls, centre: np.ndarray, edge: np.ndarray) -> "Region":
        """From its centre (2,) and the middle of its upper edge (2,), px."""
        right, down = (float(v) for v in edge - centre)
        return cls(
            float(centre[0]), float(centre[1]), 2 * np.hypot(right, down), np.arctan2(right, -down)
        )

    def points(self) -> np.ndarray:
        """(2, 2) px: what `between` takes."""
        half = self.side / 2
        edge = self.x + half * np.sin(self.angle), self.y - half * np.cos(self.angle)
        return np.array([(self.x, self.y), edge])

    def on_grid(self) -> "Region":
        """The nearest of the regions that lie apart by a 512th of their side, or a quarter degree.

        Networks that run elsewhere answer a thousandth of a pixel otherwise; the next region
        follows from the answer, and in a crop that is a little aside they answer millimetres
        otherwise. Of rounded regions nearly all are the same wherever the networks run. Coarser
        steps, of a 64th, made people tremble.
        """
        side = 2.0 ** (round(float(np.log2(max(self.side, 1.0))) * GRID) / GRID)
        step = side / 2 / GRID
        return Region(
            round(self.x / step) * step,
            round(self.y / step) * step,
            side,
            round(self.angle * GRID) / GRID,
        )

    def to_picture(self, cells: int) -> np.ndarray:
        """(2, 3) f8 affine map from a cells x cells crop to picture pixels."""
        scale = self.side / cells
        c, s = np.cos(self.angle) * scale, np.sin(self.angle) * scale
        half = cells / 2
        return np.array([[c, -s, self.x - half * (c - s)], [s, c, self.y - half * (s + c)]])

    def crop(self, rgb: np.ndarray, cells: int, border: int = cv2.BORDER_REPLICATE) -> np.ndarray:
        """uint8 (cells, cells, 3), sampled from the picture."""
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(
            rgb, self.to_picture(cells), (cells, cells), flags=flags, borderMode=border
        )

    def inside(self, height: int, width: int, cells: int) -> np.ndarray:
        """(cells, cells) bool: which cells of a crop lie in a picture of this size."""
        m = self.to_picture(cells)
        row, column = np.arange(cells)[:, None] + 0.5, np.arange(cells) + 0.5
        x = m[0, 0] * column + m[0, 1] * row + m[0, 2]
        y = m[1, 0] * column + m[1, 1] * row + m[1, 2]
        return (x >= 0) & (x < width) & (y >= 0) & (y < height)


@dataclass(frozen=True)
class Detection:
    """A person found in a whole picture."""

    score: float  # 0..1
    region: Region  # where to look for the landmarks


@dataclass(frozen=True)
class LandmarkResult:
    """The landmarks found in one region."""

    landmarks: np.ndarray  # (33, 3) f4 x, y in px of the whole picture, visibility 0..1
    world: np.ndarray  # (33, 3) f4 m from the hips' midpoint, x right, y down, z away
    presence: np.ndarray  # (33,) f4 0..1: the landmark lies in the picture
    score: float  # 0..1: there is a person in the region
    region: Region  # where it was looked for
    following: Region  # where to look in the next frame
    # (cells, cells) bool in the region's crop: silhouette, within the picture; where asked for.
    mask: np.ndarray | None
    features: np.ndarray | None = None  # (F,) f4 what was seen, where asked for: see front_end


class PersonDetector(Protocol):
    """Finds people and their BlazePose landmarks; backend.people.blazepose is the default one."""

    def detect(self, rgb: np.ndarray, window: Region) -> list[Detection]:
        """People in an upright window of a uint8 RGB (H, W, 3) picture, best first."""
        ...

    def landmarks(
        self, rgb: np.ndarray, regions: Sequence[Region], *, outlines: bool = True
    ) -> list[LandmarkResult]:
        """One result a region, in order. outlines: whether they have masks, which take time."""
        ...
