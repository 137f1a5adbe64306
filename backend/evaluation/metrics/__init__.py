"""Metrics of human motion, as VIBE, WHAM and GVHMR compute them.

Joints are (T, 24, 3) in SMPL's order, metres, NaN where the truth does not know one; `joints`
selects which count. Each function returns one number per sample (frame and joint), so that
`pooled` can average over the frames of many sequences at once. Sequences come at 30 fps: see
`resample` and `resample_poses`.
"""

from .angles import (
    LIMBS,
    TWISTS,
    angle_errors,
    gravity_error,
    joint_angles,
    limb_angles,
    limb_directions,
    twist_errors,
)
from .movement import (
    Amplitude,
    acceleration_errors,
    accelerations,
    amplitude,
    jitter,
    lag,
    relative_acceleration,
)
from .positions import (
    HIPS,
    align,
    centred,
    mpjpe,
    pa_mpjpe,
    pve,
    similarity,
)
from .sequences import (
    FPS,
    frame_times,
    pooled,
    resample,
    resample_poses,
)
from .without_truth import (
    left_right_flips,
    silhouette_iou,
)
from .world import (
    STANDING,
    floor_depth,
    foot_skate,
    rte,
    w_mpjpe,
    wa_mpjpe,
)

__all__ = [
    "FPS",
    "HIPS",
    "LIMBS",
    "STANDING",
    "TWISTS",
    "Amplitude",
    "acceleration_errors",
    "accelerations",
    "align",
    "amplitude",
    "angle_errors",
    "centred",
    "floor_depth",
    "foot_skate",
    "frame_times",
    "gravity_error",
    "jitter",
    "joint_angles",
    "lag",
    "left_right_flips",
    "limb_angles",
    "limb_directions",
    "mpjpe",
    "pa_mpjpe",
    "pooled",
    "pve",
    "relative_acceleration",
    "resample",
    "resample_poses",
    "rte",
    "silhouette_iou",
    "similarity",
    "twist_errors",
    "w_mpjpe",
    "wa_mpjpe",
]
