"""A take carried over to a body with a shape space of its own, as the official SMPL body has."""

from dataclasses import replace

import numpy as np
import pytest
from onetake.addon.scene.build import import_take
from onetake.addon.scene.carry import fit_bones
from onetake.addon.scene.official_body import on_smpl
from onetake.addon.scene.rest_skeleton import RestSkeleton
from onetake.backend.motion.skeleton import JOINT

from tests.blender.evaluated import evaluate
from tests.blender.synthetic import random_take, small_body


@pytest.fixture(scope="module")
def smpl():
    """Another body of cubes, with other directions."""
    return replace(small_body(seed=5), name="smpl", beta_names=(), quads=None)


def test_the_bones_are_found_again(smpl):
    betas = np.array([1.0, -0.5, 0.8, 0.3, -1.2, 0.0, 0.6, -0.4, 1.1, 0.2])
    found = fit_bones(RestSkeleton.of(smpl), smpl.rest_joints(betas))
    assert np.abs(found - betas).max() < 0.15


def test_the_motion_carries_over(context, cubes, smpl):
    take = random_take(cubes, betas=np.array([1.5, *np.zeros(9)]))
    carried = on_smpl(take, cubes, smpl)
    assert carried.body == "smpl" and np.array_equal(carried.poses, take.poses)

    def lengths(joints):
        return np.linalg.norm(joints[[4, 5, 7, 8, 18, 19]] - joints[[1, 2, 4, 5, 16, 17]], axis=-1)

    assert lengths(carried.rest) == pytest.approx(lengths(take.rest), abs=0.01)
    character = import_take(context, carried, smpl)
    heads, _ = evaluate(character, range(1, 49))
    assert np.abs(heads[..., 2] - carried.joints[..., 1]).max() < 1e-4
    feet = [JOINT[f"{side}_{part}"] for side in ("left", "right") for part in ("ankle", "foot")]
    lowest = [joints[:, feet, 1].min(axis=1) for joints in (take.joints, carried.joints)]
    assert np.abs(lowest[0] - lowest[1]).max() < 0.03
