"""What `measure` judges silhouettes and FBX files by is what Blender has."""

import bpy
import numpy as np
import pytest
from onetake.addon.scene.build import import_take
from onetake.backend.motion.skeleton import JOINTS

from tests.blender.synthetic import random_take
from tests.engines.blender_view import every_frame, through_camera


@pytest.mark.parametrize("moving_camera", [False, True])
def test_the_body_lands_on_the_pinholes_pixels(context, cubes, moving_camera):
    context.scene.frame_start = 11
    times = np.cumsum(np.random.default_rng(3).uniform(0.02, 0.05, 40))
    take = random_take(cubes, timestamps=times, fps=25.0, moving_camera=moving_camera)
    character = import_take(context, take, cubes)
    chosen = [0, 7, 20, 39]
    found = through_camera(character, take.timestamps[chosen])
    skin = cubes.skin(take.poses, take.betas, take.trans)[chosen]
    R = np.broadcast_to(take.camera_R, (40, 3, 3))[chosen]
    t = np.broadcast_to(take.camera_t, (40, 3))[chosen]
    seen = np.einsum("tab,tvb->tva", R, skin) + t[:, None]
    pixels = seen @ take.camera_K.T
    assert found["size"].tolist() == [1280, 720]
    assert np.abs(found["depth"] - seen[..., 2]).max() < 1e-3
    assert np.abs(found["picture"] - pixels[..., :2] / pixels[..., 2:]).max() < 0.05


@pytest.mark.parametrize(("fps", "rate"), [(5.0, 30), (24.0, 24), (60.0, 60), (29.97, 0)])
def test_every_frame_of_the_action(context, cubes, fps, rate):
    take = random_take(cubes, 20, fps)
    character = import_take(context, take, cubes)
    found = every_frame(character)
    assert found["rate"] == rate
    assert found["times"] == pytest.approx(np.arange(20) / fps, abs=1e-4)
    assert found["skin"].shape == (20, len(cubes.v_template), 3)
    heads = found["heads"] @ np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])  # y up again
    assert heads.shape == (20, len(JOINTS), 3)
    assert np.abs(heads - take.joints).max() < 1e-3
    assert found["name"] == bpy.data.actions[0].name
