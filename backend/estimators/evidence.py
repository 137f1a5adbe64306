"""How far a joint is seen, from the landmarks that tell of it."""

import numpy as np

from ..motion.skeleton import LANDMARK

_TORSO = ("left_hip", "right_hip", "left_shoulder", "right_shoulder")
# The landmarks that tell of each joint, in SMPL's order.
_EVIDENCE: tuple[tuple[str, ...], ...] = (
    ("left_hip", "right_hip"), ("left_hip", "left_knee"), ("right_hip", "right_knee"), _TORSO,
    ("left_knee", "left_ankle"), ("right_knee", "right_ankle"), _TORSO,
    ("left_ankle", "left_foot_index"), ("right_ankle", "right_foot_index"), _TORSO,
    ("left_foot_index",), ("right_foot_index",), ("left_shoulder", "right_shoulder", "nose"),
    ("left_shoulder",), ("right_shoulder",), ("nose", "left_ear", "right_ear"),
    ("left_shoulder", "left_elbow"), ("right_shoulder", "right_elbow"),
    ("left_elbow", "left_wrist"), ("right_elbow", "right_wrist"),
    ("left_wrist", "left_index"), ("right_wrist", "right_index"), ("left_index",), ("right_index",),
)  # fmt: skip


def trust_of(visibility: np.ndarray) -> np.ndarray:
    """Visibility 0..1 -> trust 0..1: limbs out of the frame are made up at visibility under 0.2."""
    return np.clip((visibility - 0.1) / 0.6, 0.0, 1.0)


def joint_trust(trust: np.ndarray) -> np.ndarray:
    """(T, 33) trust in landmarks -> (T, 24) 0..1, the mean of those that tell of each joint."""
    columns = [trust[:, [LANDMARK[name] for name in names]].mean(axis=1) for names in _EVIDENCE]
    return np.stack(columns, axis=-1).astype(np.float32)
