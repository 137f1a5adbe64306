"""The second view of a preview: the people from their side, on a floor with a half-metre grid."""

from collections.abc import Sequence

import cv2
import numpy as np

from ..motion.take import Take
from .figure import Figure
from .raster import project

TURN = np.radians(75)  # from the video's view: depth becomes width, and faces still show
RISE = np.radians(12)  # the camera looks down a little, so that the grid is a floor
FIELD = np.radians(30)  # vertical field of view: long enough a lens to leave limbs their length
HEIGHT = 2.5  # metres of the picture at the person
GRID = 0.5  # metres
CALM = 1.0  # seconds over which the view follows a person who walks
BACKGROUND, LINES = (34, 37, 43), (92, 98, 110)


class SideView:
    """A camera that orbits to the side of where the people are, and follows them calmly."""

    def __init__(self, takes: Sequence[Take], size: tuple[int, int]) -> None:
        """size: (H, W) pixels."""
        self._background = np.full((*size, 3), BACKGROUND, np.uint8)
        self._times = np.unique(np.concatenate([take.timestamps for take in takes]))
        present = np.full((len(takes), len(self._times), 3), np.nan)
        for places, take in zip(present, takes, strict=True):
            inside = (self._times >= take.timestamps[0]) & (self._times <= take.timestamps[-1])
            for axis in range(3):
                track = np.interp(self._times[inside], take.timestamps, take.trans[:, axis])
                places[inside, axis] = track
        self._centres = _calm(np.nanmean(present, axis=0), self._times)
        apart = np.linalg.norm((present - self._centres)[..., [0, 2]], axis=-1)
        reach = float(np.nanmax(apart))
        height = max(HEIGHT, 2 * (reach + 0.6) * size[0] / size[1])
        self._distance = height / (2 * np.tan(FIELD / 2))
        focal = size[0] / (2 * np.tan(FIELD / 2))
        self.K = np.array([[focal, 0, size[1] / 2], [0, focal, size[0] / 2], [0, 0, 1]])
        R = takes[0].camera_R
        forward = (R if R.ndim == 2 else R[0])[2].astype(float)
        heading = np.arctan2(forward[0], forward[2]) + TURN
        forward = np.array(
            [np.sin(heading) * np.cos(RISE), -np.sin(RISE), np.cos(heading) * np.cos(RISE)]
        )
        right = np.cross(forward, [0, 1, 0])
        right /= np.linalg.norm(right)
        self.R = np.stack([right, np.cross(forward, right), forward])

    def draw(self, timestamp: float, figures: Sequence[tuple[Figure, int]]) -> np.ndarray:
        """RGB (H, W, 3) of the figures, each at its own frame, at a time in s."""
        image = self._background.copy()
        t = self._translation(timestamp)
        self._draw_floor(image, t)
        # The farthest first.
        for figure, index in sorted(
            figures, key=lambda item: -self.R[2] @ item[0].take.trans[item[1]]
        ):
            figure.draw(image, index, self.R, t, self.K, body=1.0)
        return image

    def at(self, timestamp: float, points: np.ndarray) -> np.ndarray:
        """Where points (..., 3) of the world are in the picture, (..., 2) pixels."""
        return project(points @ self.R.T + self._translation(timestamp), self.K)

    def _translation(self, timestamp: float) -> np.ndarray:
        centre = [np.interp(timestamp, self._times, track) for track in self._centres.T]
        # The floor stays where it is when someone jumps: the view aims at a fixed height.
        centre[1] = 0.42 * HEIGHT
        return self._distance * np.array([0.0, 0.0, 1.0]) - self.R @ centre

    def _draw_floor(self, image: np.ndarray, t: np.ndarray) -> None:
        reach = np.ceil(0.6 * self._distance / GRID) * GRID
        eye = -self.R.T @ t
        x, z = np.round((eye + self._distance * self.R[2])[[0, 2]] / GRID) * GRID
        for offset in np.arange(-reach, reach + GRID / 2, GRID):
            for ends in (
                [[x + offset, 0, z - reach], [x + offset, 0, z + reach]],
                [[x - reach, 0, z + offset], [x + reach, 0, z + offset]],
            ):
                xy = project(np.array(ends) @ self.R.T + t, self.K)
                if np.isfinite(xy).all():
                    start, end = np.round(xy * 16).astype(int).tolist()
                    cv2.line(image, start, end, LINES, 1, cv2.LINE_AA, 4)


def _calm(path: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(T, 3) averaged over CALM seconds around each time, sampled evenly so that rates may vary."""
    even = np.linspace(times[0], times[-1], max(2, int((times[-1] - times[0]) * 30) + 1))
    half = int(CALM * 15)
    calm = []
    for axis in range(path.shape[1]):
        track = np.interp(even, times, path[:, axis])
        padded = np.pad(track, half, mode="edge")
        mean = np.convolve(padded, np.full(2 * half + 1, 1 / (2 * half + 1)), mode="valid")
        calm.append(np.interp(times, even, mean))
    return np.stack(calm, axis=1)
