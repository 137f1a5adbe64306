"""The fit after the network: it moves a body onto its landmarks, and only that."""

from dataclasses import replace

import numpy as np
import pytest

from backend.body.make import body_arrays
from backend.estimators.ik.points import PointModel
from backend.motion.body import Body
from backend.motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from backend.refine import PolishConfig, polish

KEYS = ("v_template", "shapedirs", "J_regressor", "weights", "f", "landmark_regressor")
CONFIG = PolishConfig(landmark_model_share=0.0, window=1.4, overlap=0.4)
FRAMES = 60
ERROR = np.full((FRAMES, 24), 0.15)  # metres that each joint is thought to be off


@pytest.fixture(scope="module")
def body() -> Body:
    arrays = body_arrays()
    return Body("onetake", **{key: arrays[key] for key in KEYS})


@pytest.fixture(scope="module")
def truth(body):
    """Rotations, translation, rays and times of somebody who moves slowly before the camera."""
    rng = np.random.default_rng(0)
    times = np.arange(FRAMES) / 30
    swing = rng.normal(size=(24, 3)) * 0.3
    poses = np.sin(times[:, None, None] * 2 + rng.uniform(0, 6, (24, 3))) * swing
    poses[:, 0] += [np.pi, 0, 0]
    local, trans = axis_angle_to_matrix(poses), np.tile([0.2, 0.1, 4.0], (FRAMES, 1))
    points = PointModel.from_body(body).pose(local, trans, np.zeros(10)).landmarks
    return local, trans, points[..., :2] / points[..., 2:], times


def off(rays, body, local, trans) -> float:
    """Mean distance of the body's landmarks from rays, metres at the person."""
    points = PointModel.from_body(body).pose(local, trans, np.zeros(10)).landmarks
    gap = (points[..., :2] / points[..., 2:] - rays) * trans[:, None, 2:]
    return float(np.linalg.norm(gap, axis=-1).mean())


def test_a_wrong_pose_moves_onto_the_landmarks(body, truth):
    local, trans, rays, times = truth
    rng = np.random.default_rng(1)
    wrong = local @ axis_angle_to_matrix(np.tile(rng.normal(size=(24, 3)) * 0.08, (FRAMES, 1, 1)))
    shifted = trans + [0.04, -0.03, 0.1]
    spread = np.full((FRAMES, 33), 0.02)
    found, place = polish(body, wrong, shifted, np.zeros(10), ERROR, rays, spread, times, CONFIG)
    assert off(rays, body, found, place) < 0.15 * off(rays, body, wrong, shifted)
    assert off(rays, body, found, place) < 0.008


def test_what_fits_already_stays(body, truth):
    local, trans, rays, times = truth
    found, place = polish(
        body, local, trans, np.zeros(10), ERROR, rays, np.full((FRAMES, 33), 0.02), times, CONFIG
    )
    assert np.abs(found - local).max() < 1e-4 and np.abs(place - trans).max() < 1e-4


def test_jitter_of_the_landmarks_stays_out(body, truth):
    local, trans, rays, times = truth
    noise = np.random.default_rng(2).normal(size=rays.shape) * 0.03 / 4
    found, _ = polish(
        body,
        local,
        trans,
        np.zeros(10),
        ERROR,
        rays + noise,
        np.full((FRAMES, 33), 0.02),
        times,
        CONFIG,
    )
    turned = matrix_to_axis_angle(np.swapaxes(local, -1, -2) @ found)
    assert np.degrees(np.abs(turned)).mean() < 1.0
    # The correction moves by a fraction of itself from frame to frame.
    assert np.abs(np.diff(turned, axis=0)).mean() < 0.5 * np.abs(turned).mean()


def test_an_unseen_limb_keeps_the_networks_pose_and_outliers_count_little(body, truth):
    local, trans, rays, times = truth
    wild = rays.copy()
    wild[:, 15] += 0.3  # the left wrist, thrown away from the body
    spread = np.full((FRAMES, 33), 0.02)
    robust, _ = polish(body, local, trans, np.zeros(10), ERROR, wild, spread, times, CONFIG)
    spread[:, 15] = np.inf
    blind, _ = polish(body, local, trans, np.zeros(10), ERROR, wild, spread, times, CONFIG)
    for found, most in ((robust, 6.0), (blind, 0.1)):
        turned = matrix_to_axis_angle(np.swapaxes(local, -1, -2) @ found)
        assert np.degrees(np.linalg.norm(turned, axis=-1)).max() < most


@pytest.mark.parametrize("fps", [30, 120])
def test_windows_leave_no_seam(body, truth, fps):
    """Errors that last are corrected alike by two windows and by one, at any frame rate."""
    local, trans, rays, _ = truth
    times = np.arange(FRAMES) / fps
    rng = np.random.default_rng(3)
    drift = np.cumsum(rng.normal(size=rays.shape), axis=0) * 0.004 / 4
    spread = np.full((FRAMES, 33), 0.02)
    window = 24 / fps
    parts = replace(CONFIG, window=window, overlap=window / 3, seconds=window / 12)
    whole = replace(parts, window=10.0)
    a, place = polish(body, local, trans, np.zeros(10), ERROR, rays + drift, spread, times, parts)
    b, there = polish(body, local, trans, np.zeros(10), ERROR, rays + drift, spread, times, whole)
    turned = np.degrees(matrix_to_axis_angle(np.swapaxes(b, -1, -2) @ a))
    assert np.abs(turned).max() < 1.0 and np.abs(place - there).max() < 0.01


def test_one_frame_is_a_clip(body, truth):
    local, trans, rays, times = truth
    found, place = polish(
        body, local[:1], trans[:1] + 0.02, np.zeros(10), ERROR[:1], rays[:1],
        np.full((1, 33), 0.02), times[:1], CONFIG,
    )  # fmt: skip
    assert off(rays[:1], body, found, place) < 0.01
