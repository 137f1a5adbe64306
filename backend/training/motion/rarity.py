"""How rare each pose of a library is: captures hold hours of walking and seconds of all else."""

from collections.abc import Sequence

import numpy as np

from ...motion.kinematics import forward_kinematics
from ...motion.skeleton import JOINT, REST
from .sequence import Motion

_SECONDS = 0.25  # between two anchors
_NEAR = 0.12  # metres, mean over the joints, at which poses begin to be different
_COMPARED = 2000  # poses that stand for the whole library
_ROWS = 4096  # poses that are compared at a time, to bound memory


def anchors(motion: Motion) -> np.ndarray:
    """(A,) frames of a motion around which windows are cut: every quarter of a second of its ok
    frames, at least one of every run of them.
    """
    step = max(1, round(_SECONDS * motion.fps))
    return np.concatenate([np.arange(a + (b - a - 1) % step // 2, b, step) for a, b in motion.runs])


def rarity(
    motions: Sequence[Motion], frames: Sequence[np.ndarray], weights: np.ndarray
) -> np.ndarray:
    """(A,) one over the density of poses about each anchor; `frames` (A_i,) of each motion.

    weights (A,): how often each anchor would be drawn without it. Poses are compared by their
    joints, whichever way the person faces.
    """
    shapes = np.concatenate([_shape(m.poses[f]) for m, f in zip(motions, frames, strict=True)])
    rng = np.random.default_rng(0)
    known = shapes[rng.choice(len(shapes), _COMPARED, p=weights / weights.sum())]
    lengths = np.square(known).sum(axis=1)
    density = np.empty(len(shapes))
    for start in range(0, len(shapes), _ROWS):
        some = shapes[start : start + _ROWS]
        square = np.square(some).sum(axis=1)[:, None] + lengths - 2 * some @ known.T
        density[start : start + _ROWS] = np.exp(-square / (2 * _NEAR**2)).mean(axis=1)
    # What is like nothing else counts as a pose that was met once.
    return 1 / (density + 1 / _COMPARED)


def _shape(poses: np.ndarray) -> np.ndarray:
    """(F, 72) joints about the pelvis by the root of their number: distances are means of joints'.

    poses (F, 24, 3); turned about the vertical so that the hips' line has no share of z.
    """
    origin = np.zeros((len(poses), 3), np.float32)
    joints = forward_kinematics(poses, REST.astype(np.float32), origin)[0]
    across = joints[:, JOINT["left_hip"]] - joints[:, JOINT["right_hip"]]
    length = np.maximum(np.hypot(across[:, 0], across[:, 2]), 1e-6)
    c, s = across[:, 0] / length, across[:, 2] / length
    x, z = joints[..., 0], joints[..., 2]
    turned = np.stack(
        [x * c[:, None] + z * s[:, None], joints[..., 1], z * c[:, None] - x * s[:, None]], axis=-1
    )
    return (turned / np.sqrt(joints.shape[1])).reshape(len(poses), -1)
