"""Rotations against hand-made cases and scipy."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.motion.rotations import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion,
    conjugate,
    continuous_quaternions,
    geodesic_angle,
    matrix_to_axis_angle,
    matrix_to_quaternion,
    multiply_quaternions,
    quaternion_to_axis_angle,
    quaternion_to_matrix,
    rotation_between,
)


@pytest.fixture
def vectors():
    """Random rotation vectors, with the angles where formulas break."""
    rng = np.random.default_rng(0)
    axes = rng.normal(size=(400, 3))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    angles = rng.uniform(0, 3.1, 400)
    angles[:8] = [0, 1e-12, 1e-8, 1e-4, np.pi, np.pi - 1e-8, np.pi - 1e-4, np.pi / 2]
    return axes * angles[:, None]


def test_matrices_are_scipys(vectors):
    expected = Rotation.from_rotvec(vectors).as_matrix()
    assert np.abs(axis_angle_to_matrix(vectors) - expected).max() < 1e-12


def test_a_quarter_turn_about_z_takes_x_to_y():
    matrix = axis_angle_to_matrix(np.array([0, 0, np.pi / 2]))
    assert matrix @ [1, 0, 0] == pytest.approx([0, 1, 0])


def test_there_and_back(vectors):
    matrices = axis_angle_to_matrix(vectors)
    back = matrix_to_axis_angle(matrices)
    assert np.abs(axis_angle_to_matrix(back) - matrices).max() < 1e-9
    small = np.linalg.norm(vectors, axis=1) < 3
    assert np.abs(back - vectors)[small].max() < 1e-7
    quaternions = matrix_to_quaternion(matrices)
    assert np.abs(quaternion_to_matrix(quaternions) - matrices).max() < 1e-9
    assert (quaternions[:, 0] >= 0).all()


def test_many_turns_fold_to_half_a_turn_at_most():
    folded = quaternion_to_axis_angle(axis_angle_to_quaternion(np.array([0, 7.0, 0])))
    assert folded == pytest.approx([0, 7 - 2 * np.pi, 0])


def test_the_product_turns_by_the_right_one_first():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 10, 3))
    product = multiply_quaternions(axis_angle_to_quaternion(a), axis_angle_to_quaternion(b))
    expected = axis_angle_to_matrix(a) @ axis_angle_to_matrix(b)
    assert np.abs(quaternion_to_matrix(product) - expected).max() < 1e-12
    undone = multiply_quaternions(product, conjugate(product))
    assert np.abs(undone - [1, 0, 0, 0]).max() < 1e-12


def test_signs_do_not_jump():
    angles = np.linspace(0, 6 * np.pi, 200)
    folded = axis_angle_to_quaternion(np.outer(angles % (2 * np.pi), [0, 1, 0]))
    assert np.abs(np.diff(folded, axis=0)).max() > 1  # it would jump
    smooth = continuous_quaternions(folded)
    assert np.abs(np.diff(smooth, axis=0)).max() < 0.1
    assert np.abs(quaternion_to_matrix(smooth) - quaternion_to_matrix(folded)).max() < 1e-12
    assert continuous_quaternions(folded[:1]) == pytest.approx(folded[:1])


def test_smallest_rotation_between_directions():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 50, 3))
    a, b = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (a, b))
    b[0], b[1] = a[0], -a[1]
    matrices = rotation_between(a, b)
    assert np.abs(np.einsum("nij,nj->ni", matrices, a) - b).max() < 1e-9
    assert np.abs(np.linalg.det(matrices) - 1).max() < 1e-9
    angles = np.arccos(np.clip((a * b).sum(axis=1), -1, 1))
    assert geodesic_angle(np.eye(3), matrices) == pytest.approx(angles, abs=1e-6)


def test_geodesic_angle_by_hand():
    a = axis_angle_to_matrix(np.array([0.3, 0, 0]))
    b = axis_angle_to_matrix(np.array([1.0, 0, 0]))
    assert geodesic_angle(a, b) == pytest.approx(0.7)
