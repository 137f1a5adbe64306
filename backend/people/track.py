"""One person through a clip, as the estimators get it."""

from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np

from ..motion.npz import save_npz
from .detector import Region


@dataclass
class PersonTrack:
    """T frames from a person's first to last sighting, none left out. Pixels of the upright video.

    Where `seen` is False the person was lost: landmarks, world_landmarks, box and regions are
    interpolated, visibility and score are 0, and so are masks and image features.
    """

    person_id: int  # 1 is the most prominent person
    frame_index: np.ndarray  # (T,) i4 index in the video
    timestamps: np.ndarray  # (T,) f8 s from the video's first frame
    landmarks: np.ndarray  # (T, 33, 3) f4 x, y px, visibility 0..1; order: skeleton.LANDMARKS
    world_landmarks: np.ndarray  # (T, 33, 3) f4 m from the hips' midpoint, x right, y down, z away
    score: np.ndarray  # (T,) f4 0..1
    seen: np.ndarray  # (T,) bool
    box: np.ndarray  # (T, 4) f4 x0, y0, x1, y1 px around the visible landmarks
    regions: np.ndarray  # (T, 4) f4 Region's x, y, side, angle in which the person was looked at
    masks: np.ndarray | None = None  # (T, C, C / 8) u1: C x C bits of each region, zero if not seen
    # (T, F) f2 of the whole person, then 33 x 48 of the landmarks; zero if not seen. F is 2736,
    # or what a front end makes it.
    image_features: np.ndarray | None = None

    def silhouette(self, i: int, size: tuple[int, int]) -> np.ndarray:
        """bool (H, W): the person's outline in frame i of the track. size: (H, W) of the video.

        Raises ValueError when the track was made without masks.
        """
        if self.masks is None:
            raise ValueError("this track was made without masks")
        cells = self.masks.shape[1]
        bits = np.unpackbits(self.masks[i], axis=-1) * np.uint8(255)
        to_picture = Region(*map(float, self.regions[i])).to_picture(cells)
        # Cell k covers k..k+1 of the crop; warpAffine speaks of its centre.
        to_picture[:, 2] += to_picture[:, :2] @ (0.5, 0.5) - 0.5
        return cv2.warpAffine(bits, to_picture, size[::-1], flags=cv2.INTER_LINEAR) > 127

    def save(self, path: str | Path) -> None:
        """Write an npz without pickles, under a temporary name first."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self)}
        save_npz(Path(path), {key: value for key, value in arrays.items() if value is not None})

    @classmethod
    def load(cls, path: str | Path) -> "PersonTrack":
        """Read what `save` wrote. Raises OSError, KeyError or ValueError for another file."""
        with np.load(path, allow_pickle=False) as file:
            arrays = {f.name: file[f.name] for f in fields(cls) if f.name in file}
        arrays["person_id"] = int(arrays["person_id"])
        return cls(**arrays)


def fill_gaps(
    values: np.ndarray, known: np.ndarray, times: np.ndarray, all_times: np.ndarray
) -> np.ndarray:
    """Values (K, ...) at `times` -> (T, ...) f4 at `all_times`, linear between the known ones.

    known (K,) are the places of `times` in `all_times`: those stay as they are.
    """
    right = np.clip(np.searchsorted(times, all_times), 1, max(1, len(times) - 1))
    if len(times) == 1:
        return np.repeat(values, len(all_times), 0).astype(np.float32)
    left = right - 1
    share = (all_times - times[left]) / (times[right] - times[left])
    share = np.clip(share, 0, 1).reshape(-1, *[1] * (values.ndim - 1))
    filled = values[left] * (1 - share) + values[right] * share
    filled[known] = values
    return filled.astype(np.float32)
