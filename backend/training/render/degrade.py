"""What a camera, a codec and the crop's bilinear sampling do to a picture."""

from dataclasses import dataclass

import cv2
import numpy as np

from ...people.detector import Region

LEAST_SIDE = 24  # pixels of a person's region


@dataclass(frozen=True)
class Degradation:
    """One clip's camera and codec; applied to each crop."""

    detail: float  # share of the nominal resolution that lens, focus and codec leave
    quality: int  # of the JPEG that stands for the codec
    noise: float  # standard deviation, levels of 255
    gain: np.ndarray  # (3,) of the colours
    contrast: float
    lift: float  # levels
    blurs: bool  # exposed long enough for motion to smear

    @classmethod
    def sample(cls, rng: np.random.Generator) -> "Degradation":
        """A phone's, a webcam's, an old camera's, or a good one's."""
        return cls(
            detail=float(np.clip(np.exp(rng.normal(-0.25, 0.35)), 0.2, 1)),
            quality=int(rng.integers(25, 96)),
            noise=float(rng.choice([0, 2, 5, 9], p=[0.3, 0.35, 0.25, 0.1]) * rng.random()),
            gain=np.exp(rng.normal(size=3) * 0.05),
            contrast=float(np.exp(rng.normal() * 0.12)),
            lift=float(rng.normal() * 8),
            blurs=bool(rng.random() < 0.15),
        )

    def apply(
        self,
        picture: np.ndarray,
        region: Region,
        size: tuple[int, int],
        rng: np.random.Generator,
    ) -> np.ndarray:
        """The crop (cells, cells, 3) u1 of a region in a picture of size (width, height)."""
        cells = len(picture)
        levels = np.arange(256)[:, None]
        curve = ((levels - 128) * self.contrast + 128 + self.lift) * self.gain
        table = np.clip(curve, 0, 255).astype(np.uint8)[:, None]
        out = cv2.LUT(picture, np.ascontiguousarray(table.transpose(1, 0, 2)))
        side = int(np.clip(region.side * self.detail, LEAST_SIDE, cells))
        if side < cells:
            out = cv2.resize(out, (side, side), interpolation=cv2.INTER_AREA)
        if self.noise:
            grain = np.empty(out.shape, np.int16)
            cv2.randn(grain, 0, self.noise)
            out = np.clip(out + grain, 0, 255).astype(np.uint8)
        # A larger picture's blocks are smaller than the crop's pixels: a finer JPEG.
        quality = int(np.clip(self.quality * max(1.0, region.side / 400) ** 0.5, 15, 97))
        coded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        out = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        if side < cells:
            out = cv2.resize(out, (cells, cells), interpolation=cv2.INTER_LINEAR)
        return replicated(out, region, size)


def replicated(picture: np.ndarray, region: Region, size: tuple[int, int]) -> np.ndarray:
    """The crop with what is outside the picture (width, height) taken from its border."""
    cells = len(picture)
    forward = region.to_picture(cells)
    corners = np.array([[0, 0, 1], [cells, 0, 1], [0, cells, 1], [cells, cells, 1]])
    reach = corners @ forward.T
    limit = np.array(size, float) - 1
    if (reach >= 0).all() and (reach <= limit).all():
        return picture
    index = np.arange(cells, dtype=np.float32)
    u = forward[0, 0] * index + forward[0, 1] * index[:, None] + forward[0, 2]
    v = forward[1, 0] * index + forward[1, 1] * index[:, None] + forward[1, 2]
    u, v = np.clip(u, 0, limit[0]), np.clip(v, 0, limit[1])
    back = cv2.invertAffineTransform(forward)
    x = back[0, 0] * u + back[0, 1] * v + back[0, 2]
    y = back[1, 0] * u + back[1, 1] * v + back[1, 2]
    return cv2.remap(
        picture, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
