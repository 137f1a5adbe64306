"""A take on the official SMPL body: its rotations carry over, its shape is fitted; numpy only."""

from dataclasses import replace

import numpy as np

from ...backend.motion.body import Body
from ...backend.motion.skeleton import PARENTS
from ...backend.motion.take import Take
from .rest_skeleton import RestSkeleton

# m^2 a squared standard deviation: 24 joints cannot tell ten directions of the skin apart; those
# that they say nothing of stay near the average.
_PRIOR = 1e-5


def on_smpl(take: Take, ours: Body, smpl: Body) -> Take:
    """The same motion on an SMPL body (`backend.body.smpl_file`) with bones of the same lengths.

    ours: the body that the take was made with. Rest directions are alike, so rotations stay; the
    feet keep their height over the floor.
    """
    betas = fit_bones(smpl, take.rest)
    poses, trans = (np.asarray(array, float) for array in (take.poses, take.trans))
    before = RestSkeleton.of(ours).sole_height(poses, trans, take.betas)
    trans[:, 1] += before - RestSkeleton.of(smpl).sole_height(poses, trans, betas)
    rest = smpl.rest_joints(betas).astype(np.float32)
    moved = replace(take, body=smpl.name, betas=betas.astype(np.float32), rest=rest)
    return moved.with_motion(poses, trans)


def fit_bones(body: Body, rest: np.ndarray) -> np.ndarray:
    """(10,) betas that give a body the bones of rest joints (24, 3), metres."""
    joints = body.J_regressor @ body.v_template
    moves = np.einsum("jv,vab->jab", body.J_regressor, body.shapedirs)
    child, parent = np.arange(1, 24), PARENTS[1:]
    slopes = (moves[child] - moves[parent]).reshape(-1, moves.shape[2])
    lacking = (rest[child] - rest[parent] - joints[child] + joints[parent]).ravel()
    return np.linalg.solve(slopes.T @ slopes + _PRIOR * np.eye(slopes.shape[1]), slopes.T @ lacking)
