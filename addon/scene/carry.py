"""A take carried over to another skeleton of SMPL's joints; numpy only.

Limb directions at rest are alike, so rotations stay as they are. The path is scaled, and the feet
keep their height over the floor.
"""

from dataclasses import replace

import numpy as np

from ...backend.motion.skeleton import JOINT, PARENTS
from ...backend.motion.take import Take
from .rest_skeleton import RestSkeleton

# m^2 a squared standard deviation: 24 joints cannot tell ten directions of the skin apart; those
# that they say nothing of stay near the average.
_PRIOR = 1e-5

_LEGS = tuple(
    (JOINT[f"{side}_{end}"], JOINT[f"{side}_{start}"])
    for side in ("left", "right")
    for start, end in (("hip", "knee"), ("knee", "ankle"))
)


def carry(
    take: Take,
    before: RestSkeleton,
    after: RestSkeleton,
    betas: np.ndarray,
    body: str,
    *,
    scale: float = 1.0,
    rest: np.ndarray | None = None,
) -> Take:
    """The same motion on the skeleton `after` with the shape betas (10,), which belong to `body`.

    before: the skeleton of the take's body. scale: of the path, the jumps' height and the camera's
    distance, so that the camera sees the same. rest: (24, 3) rest joints, where they do not hang
    with the soles at y = 0.
    """
    poses, trans = (np.asarray(array, float) for array in (take.poses, take.trans))
    soles = scale * before.sole_height(poses, trans, take.betas)
    trans = scale * trans
    trans[:, 1] += soles - after.sole_height(poses, trans, betas)
    rest = after.joints(betas) if rest is None else rest
    moved = replace(
        take,
        body=body,
        betas=np.asarray(betas, np.float32),
        rest=rest.astype(np.float32),
        camera_t=(scale * take.camera_t).astype(np.float32),
    )
    return moved.with_motion(poses, trans)


def leg_length(joints: np.ndarray) -> float:
    """Mean length of both legs from hip to ankle; rest joints (24, 3), in their unit."""
    return float(sum(np.linalg.norm(joints[end] - joints[start]) for end, start in _LEGS) / 2)


def fit_bones(skeleton: RestSkeleton, rest: np.ndarray) -> np.ndarray:
    """(10,) betas that give a skeleton the bones of rest joints (24, 3), metres."""
    joints, moves = skeleton.points[:24], skeleton.directions[:24]
    child, parent = np.arange(1, 24), PARENTS[1:]
    slopes = (moves[child] - moves[parent]).reshape(-1, moves.shape[2])
    lacking = (rest[child] - rest[parent] - joints[child] + joints[parent]).ravel()
    return np.linalg.solve(slopes.T @ slopes + _PRIOR * np.eye(slopes.shape[1]), slopes.T @ lacking)
