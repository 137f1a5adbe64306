"""Keeps a person's region from trembling: what the network sees decides how its answer trembles."""

import numpy as np

from .detector import Region

# mediapipe 0.10.21, pose_landmark_filtering, auxiliary landmarks; speeds in region sides a second.
MIN_CUTOFF, SPEED_RESPONSE, SPEED_CUTOFF = 0.01, 10.0, 1.0


class SteadyRegion:
    """1€ filter (Casiez et al. 2012) on the region's centre and the middle of its upper edge."""

    def __init__(self) -> None:
        self._time: float | None = None
        self._raw = self._points = self._speed = np.zeros((2, 2))

    def __call__(self, region: Region, time: float) -> Region:
        """The region to use for one found at `time` s, on the grid; times may run backwards."""
        raw = region.points()
        if self._time is None or time == self._time:
            self._raw = self._points = raw
        else:
            interval = abs(time - self._time)
            speed = (raw - self._raw) / (interval * region.side)
            self._speed = self._speed + _share(SPEED_CUTOFF, interval) * (speed - self._speed)
            cutoff = MIN_CUTOFF + SPEED_RESPONSE * np.abs(self._speed)
            self._points = self._points + _share(cutoff, interval) * (raw - self._points)
            self._raw = raw
        self._time = time
        return Region.between(*self._points).on_grid()


def _share(cutoff: np.ndarray | float, interval: float) -> np.ndarray | float:
    """How much of a new value a first-order low-pass of this cut-off (Hz) takes."""
    return 1 / (1 + 1 / (2 * np.pi * cutoff * interval))
