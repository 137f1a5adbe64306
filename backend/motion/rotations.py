"""Rotations in numpy: axis-angle, quaternions (w, x, y, z), matrices. Radians throughout."""

import numpy as np

_TINY = 1e-12


def axis_angle_to_quaternion(axis_angle: np.ndarray) -> np.ndarray:
    """(..., 3) radians -> (..., 4) unit quaternions, w first."""
    axis_angle = np.asarray(axis_angle)
    angle = np.linalg.norm(axis_angle, axis=-1, keepdims=True)
    # sinc keeps sin(a/2)/a finite at zero.
    return np.concatenate(
        [np.cos(angle / 2), 0.5 * np.sinc(angle / (2 * np.pi)) * axis_angle], axis=-1
    )


def quaternion_to_axis_angle(quaternion: np.ndarray) -> np.ndarray:
    """(..., 4) unit quaternions, w first -> (..., 3) radians, angle in [0, pi]."""
    quaternion = np.asarray(quaternion)
    quaternion = np.where(quaternion[..., :1] < 0, -quaternion, quaternion)
    sine = np.linalg.norm(quaternion[..., 1:], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, quaternion[..., :1])
    scale = np.where(sine > _TINY, angle / np.maximum(sine, _TINY), 2.0)
    return quaternion[..., 1:] * scale


def axis_angle_to_matrix(axis_angle: np.ndarray) -> np.ndarray:
    """(..., 3) radians -> (..., 3, 3) rotation matrices."""
    return quaternion_to_matrix(axis_angle_to_quaternion(axis_angle))


def quaternion_to_matrix(quaternion: np.ndarray) -> np.ndarray:
    """(..., 4) unit quaternions, w first -> (..., 3, 3)."""
    w, x, y, z = np.moveaxis(np.asarray(quaternion), -1, 0)
    rows = [
        1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
        2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
    ]  # fmt: skip
    return np.stack(rows, axis=-1).reshape(*w.shape, 3, 3)


def matrix_to_quaternion(matrix: np.ndarray) -> np.ndarray:
    """(..., 3, 3) rotations -> (..., 4) unit quaternions, w first and not negative.

    Bar-Itzhack's four candidates; the one with the largest component is used, so no angle is
    singular.
    """
    m = np.asarray(matrix)
    m00, m11, m22 = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    candidates = np.stack(
        [
            np.stack([1 + m00 + m11 + m22, m[..., 2, 1] - m[..., 1, 2],
                      m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]], -1),
            np.stack([m[..., 2, 1] - m[..., 1, 2], 1 + m00 - m11 - m22,
                      m[..., 1, 0] + m[..., 0, 1], m[..., 0, 2] + m[..., 2, 0]], -1),
            np.stack([m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] + m[..., 0, 1],
                      1 - m00 + m11 - m22, m[..., 2, 1] + m[..., 1, 2]], -1),
            np.stack([m[..., 1, 0] - m[..., 0, 1], m[..., 0, 2] + m[..., 2, 0],
                      m[..., 2, 1] + m[..., 1, 2], 1 - m00 - m11 + m22], -1),
        ],
        axis=-2,
    )  # fmt: skip
    best = np.argmax(np.stack([candidates[..., i, i] for i in range(4)], -1), axis=-1)
    quaternion = np.take_along_axis(candidates, best[..., None, None], axis=-2)[..., 0, :]
    quaternion = quaternion / np.linalg.norm(quaternion, axis=-1, keepdims=True)
    return np.where(quaternion[..., :1] < 0, -quaternion, quaternion)


def matrix_to_axis_angle(matrix: np.ndarray) -> np.ndarray:
    """(..., 3, 3) rotations -> (..., 3) radians, angle in [0, pi]."""
    return quaternion_to_axis_angle(matrix_to_quaternion(matrix))


def multiply_quaternions(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Hamilton product of (..., 4) quaternions: the rotation b, then a."""
    aw, ax, ay, az = np.moveaxis(np.asarray(a), -1, 0)
    bw, bx, by, bz = np.moveaxis(np.asarray(b), -1, 0)
    return np.stack(
        [
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ],
        axis=-1,
    )


def conjugate(quaternion: np.ndarray) -> np.ndarray:
    """The inverse of (..., 4) unit quaternions."""
    return np.asarray(quaternion) * np.array([1.0, -1.0, -1.0, -1.0])


def continuous_quaternions(quaternion: np.ndarray) -> np.ndarray:
    """(T, ..., 4) with signs chosen so that successive frames never flip.

    q and -q are one rotation; key frames that jump between them would spin in between.
    """
    quaternion = np.asarray(quaternion)
    if len(quaternion) < 2:
        return quaternion.copy()
    dots = np.sum(quaternion[1:] * quaternion[:-1], axis=-1)
    signs = np.cumprod(np.where(dots < 0, -1.0, 1.0), axis=0)
    signs = np.concatenate([np.ones_like(signs[:1]), signs])
    return quaternion * signs[..., None]


def rotation_between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The smallest rotation, as (..., 3, 3), that turns unit vectors a (..., 3) into b (..., 3)."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    w = 1 + np.sum(a * b, axis=-1, keepdims=True)
    # Opposite vectors have no single smallest rotation: turn about any axis across a.
    helper = np.where(np.abs(a[..., :1]) < 0.9, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    opposite = w < 1e-9
    axis = np.where(opposite, np.cross(a, helper), np.cross(a, b))
    quaternion = np.concatenate([np.where(opposite, 0.0, w), axis], axis=-1)
    quaternion /= np.linalg.norm(quaternion, axis=-1, keepdims=True)
    return quaternion_to_matrix(quaternion)


def geodesic_angle(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Angle in radians, (...), between rotation matrices (..., 3, 3)."""
    relative = np.swapaxes(a, -1, -2) @ b
    return np.linalg.norm(matrix_to_axis_angle(relative), axis=-1)
