"""SMPL forward kinematics in numpy."""

import numpy as np

from .rotations import axis_angle_to_matrix
from .skeleton import LEVELS, PARENTS


def forward_kinematics(
    poses: np.ndarray, rest: np.ndarray, trans: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Joint positions and global rotations.

    poses: (T, 24, 3) axis-angle, parent-relative, or (T, 24, 3, 3) matrices; joint 0 in the world.
    rest: (24, 3) or (T, 24, 3) rest joints, metres. trans: (T, 3) pelvis joint in the world.
    Returns joints (T, 24, 3) in metres and rotations (T, 24, 3, 3) from rest to world.
    """
    poses = np.asarray(poses)
    local = poses if poses.shape[-2:] == (3, 3) else axis_angle_to_matrix(poses)
    assert local.shape[1:] == (24, 3, 3), f"poses are {poses.shape}, not (T, 24, 3)"
    rest = np.broadcast_to(rest, (len(local), 24, 3))
    rotations = np.empty_like(local)
    joints = np.empty(local.shape[:-1], dtype=local.dtype)
    rotations[:, 0] = local[:, 0]
    joints[:, 0] = trans
    for level in LEVELS[1:]:
        children = list(level)
        parents = PARENTS[children]
        rotations[:, children] = rotations[:, parents] @ local[:, children]
        offsets = rest[:, children] - rest[:, parents]
        joints[:, children] = joints[:, parents] + np.einsum(
            "tjab,tjb->tja", rotations[:, parents], offsets
        )
    return joints, rotations
