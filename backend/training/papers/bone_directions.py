"""Forward or backward: which way bones point in depth (001's FBI, after Shi et al. 2018)."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from ...motion.skeleton import JOINT

# The paper says 14 bones and not which: those of Human3.6M's skeleton, the trunk and the head one
# bone each. From the inner joint to the outer.
BONES = (
    ("pelvis", "left_hip"), ("pelvis", "right_hip"), ("left_hip", "left_knee"),
    ("right_hip", "right_knee"), ("left_knee", "left_ankle"), ("right_knee", "right_ankle"),
    ("pelvis", "neck"), ("neck", "head"), ("neck", "left_shoulder"), ("neck", "right_shoulder"),
    ("left_shoulder", "left_elbow"), ("right_shoulder", "right_elbow"),
    ("left_elbow", "left_wrist"), ("right_elbow", "right_wrist"),
)  # fmt: skip
FORWARD, BACKWARD, PARALLEL = 0, 1, 2
# The paper's labels were drawn by people who could not tell; ours come from truth. Of bones that
# point anywhere alike, a third is within asin(1/3) = 19.5 degrees of the picture's plane, and
# nobody sees less: three kinds, equally many.
PARALLEL_WITHIN = math.radians(20.0)

_INNER = [JOINT[inner] for inner, _ in BONES]
_OUTER = [JOINT[outer] for _, outer in BONES]


def bone_directions(joints: Tensor) -> Tensor:
    """(..., 24, 3) joints in the axes of the camera (z away from it) -> (..., 14) of 0, 1, 2."""
    assert joints.shape[-2:] == (24, 3), f"joints are {tuple(joints.shape)}"
    bones = joints[..., _OUTER, :] - joints[..., _INNER, :]
    # z over the length is the sine of the angle to the picture's plane.
    steep = bones[..., 2] / torch.linalg.vector_norm(bones, dim=-1).clamp(min=1e-9)
    labels = torch.where(steep < 0, FORWARD, BACKWARD)
    return labels.masked_fill(steep.abs() < math.sin(PARALLEL_WITHIN), PARALLEL)


def direction_loss(logits: Tensor, directions: Tensor) -> Tensor:
    """Cross entropy of logits (..., 14, 3) against `bone_directions` (..., 14)."""
    assert logits.shape == (*directions.shape, 3), f"logits are {tuple(logits.shape)}"
    return functional.cross_entropy(logits.flatten(0, -2), directions.flatten())
