"""Limb rotations in torch against the same construction in numpy."""

import numpy as np
import torch

from backend.body import load_body
from backend.estimators.ik.analytic import analytic_pose
from backend.estimators.ik.observations import observe
from backend.estimators.ik.points import PointModel
from backend.estimators.onetake.limbs import limb_rotations
from backend.estimators.onetake.skeleton import Skeleton
from backend.motion.rotations import axis_angle_to_matrix
from backend.motion.skeleton import JOINT, LIMB_JOINTS


def test_torch_agrees_with_numpy_and_with_the_pose(own_home):
    body = load_body()
    rng = np.random.default_rng(0)
    local = axis_angle_to_matrix(rng.normal(size=(40, 24, 3)) * 0.35)
    model = PointModel.from_body(body)
    points = model.pose(local, np.tile([0.0, 0, 4], (40, 1)), np.zeros(10)).landmarks
    world = points - points[:, 23:25].mean(axis=1, keepdims=True)
    rest = Skeleton(**vars(model)).rest
    found = limb_rotations(torch.as_tensor(world).float(), rest).numpy()
    landmarks = np.concatenate([points[..., :2] / points[..., 2:], np.ones((40, 33, 1))], -1)
    seen = observe(landmarks, world, np.ones(40, bool), np.arange(40) / 30, np.eye(3))
    expected = analytic_pose(model, seen)
    # The spine's and neck's parts of a turn are made another way there.
    same = [j for j in range(24) if j not in (3, 6, 9, 12, 15)]
    turn = seen.turn  # what `observe` turned the world landmarks by: the viewing ray
    assert np.abs(found[:, same[1:]] - expected[:, same[1:]]).max() < 1e-3
    assert np.abs(turn @ found[:, 0] - expected[:, 0]).max() < 1e-3
    # Where limbs bend, what was put in comes out.
    elbows = [JOINT["left_elbow"], JOINT["right_elbow"]]
    angle = np.arccos(np.clip((np.trace(found, axis1=-2, axis2=-1) - 1) / 2, -1, 1))
    true = np.arccos(np.clip((np.trace(local, axis1=-2, axis2=-1) - 1) / 2, -1, 1))
    assert np.corrcoef(angle[:, elbows].ravel(), true[:, elbows].ravel())[0, 1] > 0.6
    assert np.allclose(np.linalg.det(found[:, list(LIMB_JOINTS)]), 1, atol=1e-4)
