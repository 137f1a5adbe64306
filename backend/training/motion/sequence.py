"""A recorded sequence of one person, and the windows that are cut out of it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...motion.rotations import axis_angle_to_quaternion, quaternion_to_axis_angle

_STRAIGHT = 1e-6  # sine of an angle below which slerp's quotient is left to its limit


@dataclass(frozen=True)
class Window:
    """N frames of one person; axis-angle in radians, metres, y up, floor at y = 0."""

    poses: np.ndarray  # (N, 24, 3) f4, parent-relative, relative to REST; joint 0 in the world
    trans: np.ndarray  # (N, 3) f4 pelvis joint
    key: str  # of the sequence that root and legs come from


@dataclass(frozen=True)
class Motion:
    """T frames of one person; axis-angle in radians, metres, y up, floor at y = 0."""

    key: str
    fps: float
    poses: np.ndarray  # (T, 24, 3) f4, parent-relative, relative to REST; joint 0 in the world
    trans: np.ndarray  # (T, 3) f4 pelvis joint, scaled to REST's legs
    ok: np.ndarray  # (T,) bool, False beside an implausible step
    weight: float  # how often it is drawn, relative to others
    complete: bool  # False where some joints were not captured (daz wrists and toes, KayKit arms)

    def __post_init__(self) -> None:
        frames = len(self.poses)
        for name, shape in (("poses", (frames, 24, 3)), ("trans", (frames, 3)), ("ok", (frames,))):
            actual = getattr(self, name).shape
            assert actual == shape, f"{self.key}: {name} is {actual}, not {shape}"

    @property
    def seconds(self) -> float:
        return len(self.poses) / self.fps

    @cached_property
    def runs(self) -> np.ndarray:
        """(R, 2) first frame and one past the last of every run of ok frames."""
        padded = np.concatenate([[False], self.ok, [False]]).astype(np.int8)
        edges = np.flatnonzero(np.diff(padded))
        return edges.reshape(-1, 2)

    def draw(
        self,
        rng: np.random.Generator,
        frames: int,
        fps: float,
        speed: float = 1.0,
        around: int | None = None,
    ) -> Window:
        """`frames` frames at `fps` from a random start inside one run of ok frames.

        speed > 1 plays faster; around: an ok frame that is to be among them. A run that is too
        short is played to its end and back again.
        """
        step = self.fps / fps * speed
        needed = (frames - 1) * step
        if around is not None:
            run = np.searchsorted(self.runs[:, 1], around, side="right")
            first, last = self.runs[run, 0], self.runs[run, 1] - 1
            start = around - first - rng.random() * needed
            start = int(np.clip(start, 0, max(last - first - np.ceil(needed), 0)))
            return self.cut(first, last, start + step * np.arange(frames))
        spare = self.runs[:, 1] - self.runs[:, 0] - needed  # starts that fit into each run
        fits = np.floor(np.maximum(spare, 0))
        lengths = fits if fits.any() else self.runs[:, 1] - self.runs[:, 0]
        run = np.searchsorted(np.cumsum(lengths), rng.random() * lengths.sum(), side="right")
        first, last = self.runs[run, 0], self.runs[run, 1] - 1
        start = rng.integers(int(lengths[run]))
        return self.cut(first, last, start + step * np.arange(frames))

    def cut(self, first: int, last: int, offsets: np.ndarray) -> Window:
        """Frames first + offsets (N,), which may lie between frames, going back at `last`."""
        length = last - first
        if length:
            offsets = length - np.abs(np.mod(offsets, 2 * length) - length)
        else:
            offsets = np.zeros_like(offsets)
        low = min(int(offsets.min()), max(length - 1, 0))
        span = slice(first + low, first + int(np.ceil(offsets.max())) + 1)
        offsets = offsets - low
        trans = self.trans[span]
        before = offsets.astype(int)
        after = np.minimum(before + 1, len(trans) - 1)
        share = (offsets - before).astype(np.float32)
        if not share.any():  # nothing to interpolate: the very same numbers
            return Window(self.poses[span][before], trans[before], self.key)
        turns = axis_angle_to_quaternion(self.poses[span])
        poses = quaternion_to_axis_angle(slerp(turns[before], turns[after], share[:, None, None]))
        weight = share[:, None]
        trans = trans[before] * (1 - weight) + trans[after] * weight
        return Window(poses.astype(np.float32), trans.astype(np.float32), self.key)


def slerp(a: np.ndarray, b: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """Quaternions `share` of the way from a to b (..., 4), the short way round (Shoemake 1985)."""
    cosine = np.sum(a * b, axis=-1, keepdims=True)
    b = np.where(cosine < 0, -b, b)
    angle = np.arccos(np.minimum(np.abs(cosine), 1.0))
    sine = np.sin(angle)
    safe = np.maximum(sine, _STRAIGHT)
    straight = sine < _STRAIGHT
    from_a = np.where(straight, 1 - share, np.sin((1 - share) * angle) / safe)
    from_b = np.where(straight, share, np.sin(share * angle) / safe)
    mixed = from_a * a + from_b * b
    return mixed / np.linalg.norm(mixed, axis=-1, keepdims=True)
