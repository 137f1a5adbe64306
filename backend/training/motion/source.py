"""What every reader does last: onto the floor, and what cannot be is marked."""

import numpy as np

from ...errors import OneTakeError
from ...motion.kinematics import forward_kinematics
from ...motion.skeleton import JOINT, JOINTS, REST
from .contacts import clearance
from .open_data import sequence_weight
from .plausible import possible_steps, possible_turns
from .sequence import Motion

_FLOOR_PERCENTILE = 2  # of the lowest joint's height that is the floor: noise dips, jumps rise
_STILL = 1e-3  # radians within which a joint that was captured does not stay
_CAPTURED = [
    JOINT[name]
    for name in JOINTS
    if name.split("_")[-1] in ("ankle", "foot", "neck", "head", "elbow", "wrist", "knee")
]


def finished(key: str, name: str, fps: float, poses: np.ndarray, trans: np.ndarray) -> Motion:
    """A motion out of poses (T, 24, 3) and trans (T, 3) already scaled to REST's legs, y up.

    name: of the file, for the user. Raises OneTakeError when the numbers are no motion.
    """
    if not len(poses):
        raise OneTakeError("bad_motion", f"{name} has no frames.")
    if not (np.isfinite(poses).all() and np.isfinite(trans).all()):
        raise OneTakeError("bad_motion", f"{name} is damaged: not all of it is numbers.")
    if not (np.isfinite(fps) and 1 <= fps <= 1000):
        raise OneTakeError("bad_motion", f"{name} says it has {fps:g} frames a second.")
    joints, _ = forward_kinematics(poses, REST, trans)
    floor = np.percentile(clearance(joints).min(axis=1), _FLOOR_PERCENTILE)
    trans = trans - [0, floor, 0]
    reach = np.ptp(poses[:, _CAPTURED], axis=0).max(axis=1)
    return Motion(
        key=key,
        fps=fps,
        poses=poses.astype(np.float32),
        trans=trans.astype(np.float32),
        ok=possible_steps(poses, trans, fps) & possible_turns(poses),
        weight=sequence_weight(len(poses) / fps),
        complete=bool((reach > _STILL).all()),
    )
