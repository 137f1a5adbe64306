"""Every number of the fit, with its reason."""

from dataclasses import dataclass

import numpy as np

from ...motion.skeleton import LANDMARK

# Pairs of landmarks whose 3D difference BlazePose's world landmarks report.
_LIMBS = (
    ("left_shoulder", "left_elbow"), ("right_shoulder", "right_elbow"),
    ("left_elbow", "left_wrist"), ("right_elbow", "right_wrist"),
    ("left_hip", "left_knee"), ("right_hip", "right_knee"),
    ("left_knee", "left_ankle"), ("right_knee", "right_ankle"),
    ("right_hip", "left_hip"), ("right_shoulder", "left_shoulder"),
    ("left_hip", "left_shoulder"), ("right_hip", "right_shoulder"),
    ("left_heel", "left_foot_index"), ("right_heel", "right_foot_index"),
    ("left_wrist", "left_index"), ("right_wrist", "right_index"),
    ("left_pinky", "left_index"), ("right_pinky", "right_index"),
    ("right_ear", "left_ear"), ("left_ear", "nose"), ("right_ear", "nose"),
    ("mouth_left", "left_eye"), ("mouth_right", "right_eye"),
)  # fmt: skip
LIMB_FROM = np.array([LANDMARK[a] for a, _ in _LIMBS])
LIMB_TO = np.array([LANDMARK[b] for _, b in _LIMBS])


@dataclass(frozen=True)
class IKConfig:
    window: int = 160  # frames solved together: the banded solve grows linearly, memory too
    overlap: int = 24  # shared by neighbouring windows and cross-faded, so no seam shows
    shape_frames: int = 64  # well-seen frames, spread over the clip, that decide the shape
    iterations: int = 12  # Gauss-Newton steps; the last ones change poses by under 0.1 degrees
    shape_iterations: int = 15
    tolerance: float = 1e-3  # relative fall of the cost under which a window is done
    robust_landmark: float = 3.0  # Cauchy scale in standard deviations: swaps and jumps fade out
    robust_limb: float = 2.5
    # How much of the landmarks' offsets, found on rendered people, is believed of photographs:
    # silhouettes of real people agree with all of them, triangulated joints of one with little.
    landmark_model_share: float = 0.5
    # Real photographs stray further than the rendered people that the landmark model is from.
    landmark_sigma_scale: float = 1.5
    limb_sigma_scale: float = 1.3
    prior_weight: float = 0.2  # of the pose prior's Mahalanobis distance, once a frame
    limit_sigma: float = 0.09  # radians that a joint may pass its range at one standard deviation
    # Standard deviations of accelerations that the fit takes for real.
    joint_acceleration: float = 30.0  # rad/s^2
    root_acceleration: float = 20.0  # rad/s^2
    trans_acceleration: float = 12.0  # m/s^2: a jump's take-off is two or three g
    depth_acceleration: float = 6.0  # m/s^2: one camera sees depth badly
    shape_sigma: float = 0.8  # of each beta, once a frame; betas are in standard deviations
