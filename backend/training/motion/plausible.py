"""Which frames a person can have made: what conversions and captures get wrong is left out."""

import numpy as np

from ...motion.rotations import axis_angle_to_quaternion
from ...motion.skeleton import JOINTS

# Degrees from REST past which a joint does not turn, with room for what conversions shift between
# a joint and its parent. The open motion has ankles, heads and wrists half a turn round, for whole
# sequences: their source's axes flipped, and no step gives it away.
_TURN = {
    "hip": 160, "spine1": 110, "spine2": 75, "spine3": 70, "knee": 165, "ankle": 95, "foot": 75,
    "neck": 75, "head": 80, "collar": 60, "shoulder": 165, "elbow": 165, "wrist": 130, "hand": 60,
}  # fmt: skip
TURN_LIMIT = np.radians([180.0] + [_TURN[name.split("_")[-1]] for name in JOINTS[1:]])

_FASTEST_TURN = 40.0  # rad/s between frames: throwing arms reach about 30 at video rates
_FASTEST_PATH = 13.0  # m/s: a sprinter's top speed


def possible_turns(poses: np.ndarray) -> np.ndarray:
    """(T,) bool: no joint of poses (T, 24, 3) turned further than joints do."""
    return (np.linalg.norm(poses, axis=-1) <= TURN_LIMIT).all(axis=1)


def possible_steps(poses: np.ndarray, trans: np.ndarray, fps: float) -> np.ndarray:
    """(T,) bool: False on both sides of a step that is faster than people."""
    turns = axis_angle_to_quaternion(poses)
    cosine = np.abs(np.sum(turns[1:] * turns[:-1], axis=-1))
    angle = 2 * np.arccos(np.minimum(cosine, 1)).max(axis=1)
    length = np.linalg.norm(np.diff(trans, axis=0), axis=-1)
    jump = (angle * fps > _FASTEST_TURN) | (length * fps > _FASTEST_PATH)
    ok = np.ones(len(poses), bool)
    ok[:-1] &= ~jump
    ok[1:] &= ~jump
    return ok
