"""Gravity and the floor in the camera, from standing feet and upright bodies."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from ..motion.rotations import axis_angle_to_matrix
from .contacts import phases

# People hold cameras level, less so in pitch: standard deviations in radians.
_ROLL, _PITCH = np.radians(4.0), np.radians(15.0)
_STANDING = np.radians(8.0)  # of one second of a standing body's own up
_STANDING_SECONDS = 1.0  # frames closer than this repeat the same error
_MOST_SECONDS = 6.0  # more standing than this does not make its lean any truer
_TOLD = np.radians(3.0)  # of an estimator's own gravity over a clip: its errors do not average out
_ACROSS, _DEPTH = 0.02, 0.05  # of a standing foot: metres, and a share of its distance
_SHORTEST_PHASE = 0.1  # seconds
_LEVEL = 0.12  # metres within which feet stand on one level: depth is that unsure
_ENOUGH = 0.15  # share of the standing time that makes a level the floor


@dataclass(frozen=True)
class Floor:
    """The plane up . x = offset in camera coordinates; up is a unit vector."""

    up: np.ndarray  # (3,)
    offset: float  # metres


@dataclass(frozen=True)
class Evidence:
    """What one person tells of gravity and floor, in camera coordinates."""

    feet: np.ndarray  # (T, 4, 3) m, see contacts.FOOT_LANDMARKS
    body_up: np.ndarray  # (T, 3) unit, NaN where it tells nothing
    standing: np.ndarray  # (T, 4) bool
    timestamps: np.ndarray  # (T,) s
    told_up: np.ndarray | None = None  # (K, 3) unit, gravity as a trained estimator sees it

    def steps(self) -> tuple[np.ndarray, np.ndarray]:
        """Places (N, 3) where a foot stood, and for how many seconds (N,)."""
        times = self.timestamps
        frame = float(np.median(np.diff(times))) if len(times) > 1 else _SHORTEST_PHASE
        found = [
            (np.median(self.feet[a:b, point], axis=0), times[b - 1] - times[a] + frame)
            for point, a, b in phases(self.standing)
            if times[b - 1] - times[a] + frame >= _SHORTEST_PHASE
        ]
        places = np.array([place for place, _ in found]).reshape(-1, 3)
        return places, np.array([seconds for _, seconds in found])

    def lean(self) -> tuple[np.ndarray, float]:
        """What the body says of up (3,), and its weight: more standing, up to a point, is surer."""
        if self.told_up is not None:
            return _geometric_median(self.told_up), float(_STANDING / _TOLD)
        upright = self.body_up[np.isfinite(self.body_up[:, 0])]
        if not len(upright):
            return np.array([0.0, -1.0, 0.0]), 0.0
        frame = float(np.median(np.diff(self.timestamps))) if len(self.timestamps) > 1 else 0.1
        seconds = np.clip(len(upright) * frame, 0.1, _MOST_SECONDS)
        return _geometric_median(upright), float(np.sqrt(seconds / _STANDING_SECONDS))


def find_floor(people: list[Evidence]) -> Floor:
    """One robust fit of three kinds of evidence: cameras are held level, bodies stand upright on
    average, and each person's feet stand on one level.

    Levels are each person's own (one may stand on a roof), and a step far off its level counts
    for nothing. The floor is the lowest level that feet stand on for a good share of the time.
    """
    steps, seconds = zip(*(person.steps() for person in people), strict=True)
    leans = [person.lean() for person in people]

    def up_of(angles: np.ndarray) -> np.ndarray:
        return axis_angle_to_matrix(np.array([angles[0], 0.0, angles[1]])) @ [0.0, -1.0, 0.0]

    def of_bodies(angles: np.ndarray) -> np.ndarray:
        up = up_of(angles)
        parts = [np.cross(up, lean) / _STANDING * weight for lean, weight in leans]
        return np.concatenate([[angles[0] / _PITCH, angles[1] / _ROLL], *parts])

    # The bodies alone first: from there, a step on another level is an outlier and stays one.
    angles = least_squares(of_bodies, np.zeros(2)).x
    first_up = up_of(angles)
    sigmas = [np.hypot(np.abs(places @ first_up) * _DEPTH, _ACROSS) for places in steps]

    def of_everything(unknown: np.ndarray) -> np.ndarray:
        up = up_of(unknown[:2])
        parts = [
            (places @ up - level) / sigma
            for level, places, sigma in zip(unknown[2:], steps, sigmas, strict=True)
        ]
        strayed = np.concatenate(parts)
        robust = np.sign(strayed) * np.sqrt(np.log1p(strayed**2))  # Cauchy's cost, for steps alone
        return np.concatenate([of_bodies(unknown[:2]), robust])

    levels = [_usual(places @ first_up) for places in steps]
    up = up_of(least_squares(of_everything, [*angles, *levels]).x[:2])
    heights = np.concatenate([places @ up for places in steps])
    if not len(heights):
        return Floor(up, min(float(np.quantile(person.feet @ up, 0.05)) for person in people))
    return Floor(up, _lowest_level(heights, np.concatenate(seconds)))


def _usual(heights: np.ndarray) -> float:
    """The height that most others lie near."""
    if not len(heights):
        return 0.0
    near = np.abs(heights[:, None] - heights[None]) < _LEVEL
    return float(np.median(heights[near[np.argmax(near.sum(axis=1))]]))


def _lowest_level(heights: np.ndarray, seconds: np.ndarray) -> float:
    """The lowest level with enough of the standing time, metres along up."""
    for height in np.sort(heights):
        near = np.abs(heights - height) < _LEVEL
        if seconds[near].sum() >= _ENOUGH * seconds.sum():
            # The level's own middle, not its lowest step.
            return _usual(heights[np.abs(heights - height) < 2 * _LEVEL])
    return float(np.median(heights))


def _geometric_median(directions: np.ndarray) -> np.ndarray:
    """The unit vector with the smallest mean distance to unit vectors (N, 3) (Weiszfeld)."""
    centre = directions.mean(axis=0)
    for _ in range(20):
        weight = 1 / np.maximum(np.linalg.norm(directions - centre, axis=-1), 1e-3)
        centre = (directions * weight[:, None]).sum(axis=0) / weight.sum()
    return centre / np.linalg.norm(centre)
