"""A given height fixes the scale of a clip."""

import numpy as np

from backend.body.make import body_arrays
from backend.estimators import CameraMotion
from backend.motion.body import Body
from backend.motion.kinematics import forward_kinematics
from backend.motion.rotations import axis_angle_to_matrix
from backend.world.scale import body_height, scaled_to_height

KEYS = ("v_template", "shapedirs", "J_regressor", "weights", "f")


def test_a_height_scales_everybody_and_leaves_the_picture_as_it_is():
    arrays = body_arrays()
    body = Body("onetake", **{key: arrays[key] for key in KEYS})
    rng = np.random.default_rng(0)
    local = axis_angle_to_matrix(rng.normal(size=(5, 24, 3)) * 0.2)
    motions = [
        CameraMotion(local, np.tile([0.3, 0.1, 4.0], (5, 1)), betas, np.ones((5, 24)))
        for betas in (np.zeros(10), rng.normal(size=10) * 0.5)
    ]
    first, second = scaled_to_height(motions, body, 1.95)
    assert abs(body_height(body, first.betas) - 1.95) < 1e-4
    factor = 1.95 / body_height(body, np.zeros(10))
    ratio = body_height(body, second.betas) / body_height(body, motions[1].betas)
    assert abs(ratio - factor) < 1e-4
    for before, after in zip(motions, (first, second), strict=True):
        places = []
        for motion in (before, after):
            rest = body.rest_joints(motion.betas).astype(float)
            joints, _ = forward_kinematics(motion.local, rest, motion.trans)
            places.append(joints[..., :2] / joints[..., 2:])
        assert np.abs(places[0] - places[1]).max() < 2e-3  # of the distance
