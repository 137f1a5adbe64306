"""Rotations in torch, with gradients that stay finite: 6D, axis-angle, matrices. Radians.

`backend.motion.rotations` is the same in numpy, for what needs no gradient.
"""

import torch
from torch import Tensor
from torch.nn import functional

# Below these squares a sine over its angle is told by its series, whose error is then less than
# single precision's; the quotient itself would be 0 / 0 at zero, and its gradient with it.
_SMALL_ANGLE = 1e-2  # of an angle
_SMALL_SINE = 1e-4  # of the sine of half of it


def from_six(six: Tensor) -> Tensor:
    """(..., 6) -> (..., 3, 3) rotations: the first two rows made orthonormal (Zhou et al. 2019)."""
    first, second = six[..., :3], six[..., 3:]
    a = functional.normalize(first, dim=-1)
    b = functional.normalize(second - (a * second).sum(dim=-1, keepdim=True) * a, dim=-1)
    return torch.stack([a, b, torch.linalg.cross(a, b)], dim=-2)


def to_six(rotations: Tensor) -> Tensor:
    """(..., 3, 3) -> (..., 6): what `from_six` makes them of again."""
    return rotations[..., :2, :].flatten(-2)


def axis_angle_to_matrix(axis_angle: Tensor) -> Tensor:
    """(..., 3) -> (..., 3, 3), by Rodrigues' formula; smooth everywhere, zero included."""
    square = axis_angle.square().sum(dim=-1)[..., None, None]
    small = square < _SMALL_ANGLE
    # The branch that is not taken must be finite too, or its gradient is 0 * inf.
    angle = square.masked_fill(small, 1.0).sqrt()
    sine = torch.where(small, 1 - square / 6 * (1 - square / 20), angle.sin() / angle)
    versine = torch.where(
        small, 0.5 - square / 24 * (1 - square / 30), 0.5 * ((angle / 2).sin() / (angle / 2)) ** 2
    )
    x, y, z = axis_angle.unbind(dim=-1)
    none = torch.zeros_like(x)
    cross = torch.stack([none, -z, y, z, none, -x, -y, x, none], dim=-1).unflatten(-1, (3, 3))
    return torch.eye(3).to(axis_angle) + sine * cross + versine * (cross @ cross)


def matrix_to_axis_angle(rotations: Tensor) -> Tensor:
    """(..., 3, 3) -> (..., 3), angle in [0, pi], finite gradients at zero and at pi.

    The trace alone gives the angle (002, eq. 2), without an axis and with an infinite gradient at
    both ends. So by way of quaternions: Bar-Itzhack's four candidates, of which the one with the
    largest component is far from zero whatever the angle.
    """
    m = rotations
    m00, m11, m22 = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    x, y, z = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]
    xy, xz, yz = (m[..., a, b] + m[..., b, a] for a, b in ((0, 1), (0, 2), (1, 2)))
    diagonal = torch.stack(
        [1 + m00 + m11 + m22, 1 + m00 - m11 - m22, 1 - m00 + m11 - m22, 1 - m00 - m11 + m22], -1
    )
    w, i, j, k = diagonal.unbind(dim=-1)
    rows = [w, x, y, z, x, i, xy, xz, y, xy, j, yz, z, xz, yz, k]
    candidates = torch.stack(rows, dim=-1).unflatten(-1, (4, 4))
    best = diagonal.argmax(dim=-1)[..., None, None].expand(*diagonal.shape[:-1], 1, 4)
    quaternion = functional.normalize(candidates.gather(-2, best)[..., 0, :], dim=-1)
    quaternion = torch.where(quaternion[..., :1] < 0, -quaternion, quaternion)
    real, imaginary = quaternion[..., :1], quaternion[..., 1:]
    square = imaginary.square().sum(dim=-1, keepdim=True)
    small = square < _SMALL_SINE
    sine = square.masked_fill(small, 1.0).sqrt()
    # 2 asin(s) / s: of a unit quaternion the real part adds nothing to it.
    series = 2 + square / 3 * (1 + 9 / 20 * square)
    return imaginary * torch.where(small, series, 2 * torch.atan2(sine, real) / sine)
