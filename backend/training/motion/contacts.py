"""Where a body is near the floor, and which feet stand on it, from true joints."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...motion.skeleton import JOINT, JOINTS

# Flesh between a joint and the floor it rests on, metres.
_RADIUS = {
    "pelvis": 0.10, "hip": 0.09, "knee": 0.055, "ankle": 0.075, "foot": 0.02, "spine1": 0.10,
    "spine2": 0.11, "spine3": 0.12, "neck": 0.06, "head": 0.10, "collar": 0.08, "shoulder": 0.06,
    "elbow": 0.04, "wrist": 0.03, "hand": 0.02,
}  # fmt: skip
RADIUS = np.array([_RADIUS[name.split("_")[-1]] for name in JOINTS], np.float32)

_SOLES = [JOINT[name] for name in ("left_ankle", "left_foot", "right_ankle", "right_foot")]
_SMOOTH_SECONDS = 0.05  # of the path before its speed is measured, as for landmarks
_STILL = 0.35  # m/s, as backend.world.contacts: slower is standing
_NEAR = 0.05  # m over its usual height at which a foot can no longer stand on the floor


def clearance(joints: np.ndarray) -> np.ndarray:
    """Height of the flesh under each joint over the floor, (..., 24) of joints (..., 24, 3), m."""
    return joints[..., 1] - RADIUS


def contacts(joints: np.ndarray, fps: float) -> np.ndarray:
    """Which of left heel, left toe, right heel, right toe stand still on the floor, (T, 4) bool.

    joints (T, 24, 3), metres, floor at y = 0; the ankle stands for the heel and the foot joint for
    the toe. The meaning is that of `Take.contacts`.
    """
    feet = joints[:, _SOLES]
    near = clearance(joints)[:, _SOLES] < _NEAR
    if len(feet) < 2:
        return near
    path = gaussian_filter1d(feet, _SMOOTH_SECONDS * fps, axis=0, mode="nearest")
    speed = np.linalg.norm(np.gradient(path, axis=0), axis=-1) * fps
    return near & (speed < _STILL)
