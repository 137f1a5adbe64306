"""Every number of the fit, with its reason."""

from dataclasses import dataclass

import numpy as np

from ...motion.skeleton import LANDMARK

# Standard deviation of BlazePose's landmarks around ours, metres at the person's depth, where the
# landmark is plainly visible. Hips and shoulders are ideas, eyes and toes are things.
_LANDMARK_SIGMA = {
    "nose": 0.02, "eye": 0.02, "ear": 0.025, "mouth": 0.02, "shoulder": 0.035, "elbow": 0.03,
    "wrist": 0.03, "pinky": 0.04, "index": 0.04, "thumb": 0.04, "hip": 0.045, "knee": 0.03,
    "ankle": 0.025, "heel": 0.03, "foot_index": 0.03,
}  # fmt: skip


def _sigma(name: str) -> float:
    if name.endswith("foot_index"):
        return _LANDMARK_SIGMA["foot_index"]
    return next(value for part, value in _LANDMARK_SIGMA.items() if part in name)


# Pairs of landmarks whose 3D direction BlazePose's world landmarks tell, with the standard
# deviation of that direction in radians.
_DIRECTIONS = (
    ("left_shoulder", "left_elbow", 0.25), ("left_elbow", "left_wrist", 0.3),
    ("right_shoulder", "right_elbow", 0.25), ("right_elbow", "right_wrist", 0.3),
    ("left_hip", "left_knee", 0.2), ("left_knee", "left_ankle", 0.25),
    ("right_hip", "right_knee", 0.2), ("right_knee", "right_ankle", 0.25),
    ("right_hip", "left_hip", 0.25), ("right_shoulder", "left_shoulder", 0.2),
    ("left_hip", "left_shoulder", 0.15), ("right_hip", "right_shoulder", 0.15),
    ("left_heel", "left_foot_index", 0.3), ("right_heel", "right_foot_index", 0.3),
    ("left_wrist", "left_index", 0.5), ("right_wrist", "right_index", 0.5),
    ("left_pinky", "left_index", 0.7), ("right_pinky", "right_index", 0.7),
    ("right_ear", "left_ear", 0.25), ("left_ear", "nose", 0.25), ("right_ear", "nose", 0.25),
    ("mouth_left", "left_eye", 0.4), ("mouth_right", "right_eye", 0.4),
)  # fmt: skip

LANDMARK_SIGMA = np.array([_sigma(name) for name in LANDMARK])
DIRECTION_FROM = np.array([LANDMARK[a] for a, _, _ in _DIRECTIONS])
DIRECTION_TO = np.array([LANDMARK[b] for _, b, _ in _DIRECTIONS])
DIRECTION_SIGMA = np.array([sigma for _, _, sigma in _DIRECTIONS])


@dataclass(frozen=True)
class IKConfig:
    window: int = 160  # frames solved together: the banded solve grows linearly, memory too
    overlap: int = 24  # shared by neighbouring windows and cross-faded, so no seam shows
    shape_frames: int = 64  # well-seen frames, spread over the clip, that decide the shape
    iterations: int = 12  # Gauss-Newton steps; the last ones change poses by under 0.1 degrees
    shape_iterations: int = 15
    tolerance: float = 1e-3  # relative fall of the cost under which a window is done
    robust_landmark: float = 3.0  # Cauchy scale in standard deviations: swaps and jumps fade out
    robust_direction: float = 2.5
    prior_weight: float = 0.5  # of the pose prior's Mahalanobis distance, once a frame
    limit_sigma: float = 0.09  # radians that a joint may pass its range at one standard deviation
    # Standard deviations of accelerations that the fit takes for real.
    joint_acceleration: float = 60.0  # rad/s^2
    root_acceleration: float = 40.0  # rad/s^2
    trans_acceleration: float = 12.0  # m/s^2: a jump's take-off is two or three g
    depth_acceleration: float = 6.0  # m/s^2: one camera sees depth badly
    shape_sigma: float = 0.8  # of each beta, once a frame; betas are in standard deviations
