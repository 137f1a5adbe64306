"""The answer of networks without rotations: `multimodal_depth` and `temporal_lifter`."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Points:
    """B windows of T frames, metres from the pelvis joint, in the canonical view's axes."""

    joints: Tensor  # (B, T, 24, 3) SMPL's
    landmarks: Tensor  # (B, T, 33, 3) BlazePose's, on our body: what a twist is seen by
