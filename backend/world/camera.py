"""Intrinsics: from the user, from the file, or a stated default."""

import math
from dataclasses import dataclass

import numpy as np

from ..errors import OneTakeError
from ..video import VideoInfo

# The main camera of phones is a 26 mm equivalent, of which stabilised video crops some 15 %;
# mirrorless cameras and webcams sit around it. In units of the picture's diagonal (43.27 mm on
# full frame).
DEFAULT_FOCAL = 31.0 / 43.27


@dataclass(frozen=True)
class Camera:
    """A pinhole with square pixels and its axis through the middle of the picture."""

    focal: float  # pixels
    source: str  # "user", "metadata" or "default"
    width: int
    height: int

    @property
    def K(self) -> np.ndarray:
        """(3, 3), pixels. Pixel centres are at half integers: the middle is (w/2, h/2)."""
        return np.array(
            [[self.focal, 0, self.width / 2], [0, self.focal, self.height / 2], [0, 0, 1.0]]
        )

    @classmethod
    def of(
        cls, info: VideoInfo, focal_px: float | None = None, fov_degrees: float | None = None
    ) -> "Camera":
        """The user's focal length (pixels) or horizontal field of view, else the file's."""
        if fov_degrees is not None:
            if not 1 <= fov_degrees <= 170:
                raise OneTakeError(
                    "bad_fov",
                    f"A field of view of {fov_degrees:g}° is not possible; give 1 to 170.",
                )
            focal = info.width / 2 / math.tan(math.radians(fov_degrees) / 2)
            return cls(focal, "user", info.width, info.height)
        if focal_px is not None:
            if not 0.1 * info.width <= focal_px <= 100 * info.width:
                raise OneTakeError(
                    "bad_focal",
                    f"A focal length of {focal_px:g} pixels does not fit a picture {info.width} "
                    "pixels wide; give it in pixels, or use --fov in degrees.",
                )
            return cls(float(focal_px), "user", info.width, info.height)
        if info.focal_px:
            return cls(float(info.focal_px), "metadata", info.width, info.height)
        diagonal = math.hypot(info.width, info.height)
        return cls(DEFAULT_FOCAL * diagonal, "default", info.width, info.height)
