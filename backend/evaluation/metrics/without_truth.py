"""What can be said of any clip, without truth."""

import numpy as np

from ...motion.skeleton import JOINT
from .positions import centred

FLIP = 0.1  # metres a frame: limbs move less between two frames, unless they change sides


def silhouette_iou(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """(...,) overlap over union of boolean masks (..., H, W); two empty masks agree."""
    overlap = (predicted & true).sum(axis=(-1, -2))
    union = (predicted | true).sum(axis=(-1, -2))
    return np.where(union > 0, overlap / np.maximum(union, 1), 1.0)


def left_right_flips(joints: np.ndarray) -> np.ndarray:
    """(T-1, 2) bool: between which frames the two arms, and the two legs, change sides.

    joints (T, 24, 3) m. A flip: elbows and wrists (knees and ankles) jump by more than FLIP on
    average, and would jump less than half as far with left and right exchanged. Legs that pass
    each other in a stride are a hip's width apart, so that exchanging them explains little.
    """
    points = centred(joints)
    found = []
    for names in (("elbow", "wrist"), ("knee", "ankle")):
        left, right = (
            points[:, [JOINT[f"{side}_{name}"] for name in names]] for side in ("left", "right")
        )
        pair, crossed = np.concatenate([left, right], axis=1), np.concatenate([right, left], axis=1)
        kept, swapped = (
            np.linalg.norm(after[1:] - pair[:-1], axis=-1).mean(axis=1) for after in (pair, crossed)
        )
        found.append((kept > FLIP) & (swapped < kept / 2))
    return np.stack(found, axis=1)
