"""Drawing a mesh with OpenCV: the painter's algorithm, one shade a face.

Camera axes: x right, y down, z forward, metres. A picture's coordinates run from 0 at its left and
top edge, so pixel k covers k to k + 1.
"""

import cv2
import numpy as np

from .mesh import as_quads

NEAR = 0.05  # metres; what is nearer, or behind the camera, is not drawn
LIGHT = np.array([-0.4, -0.7, -0.6]) / np.linalg.norm([-0.4, -0.7, -0.6])  # over the left shoulder
AMBIENT = 0.35
FRACTION_BITS = 4  # of a pixel's fraction that OpenCV's polygons keep
_FAR_OUT = 20_000.0  # pixels; beyond, OpenCV's fixed-point numbers overflow


def project(points: np.ndarray, K: np.ndarray) -> np.ndarray:
    """(..., 3) in camera axes -> (..., 2) in the picture; NaN where nearer than NEAR."""
    z = points[..., 2:]
    with np.errstate(invalid="ignore", divide="ignore"):
        xy = np.where(z > NEAR, points / z, np.nan) @ K[:2].T
    return xy


def _corners(xy: np.ndarray) -> np.ndarray:
    """OpenCV's fixed-point corners; its coordinates are 0 at the middle of the first pixel."""
    clipped = np.clip(xy, -_FAR_OUT, _FAR_OUT)
    return np.round((clipped - 0.5) * (1 << FRACTION_BITS)).astype(np.int32)


def render_shade(
    vertices: np.ndarray, faces: np.ndarray, K: np.ndarray, size: tuple[int, int]
) -> tuple[np.ndarray, tuple[slice, slice]]:
    """The lit mesh: uint8 (H, W), 0 where it is not and 1 to 255 by Lambert's law where it is.

    vertices (V, 3) in camera axes; faces (F, 3 or 4), counter-clockwise from outside; K (3, 3)
    pixels; size (H, W). Also the part of the picture that holds it all.
    """
    image = np.zeros(size, np.uint8)
    _, polygons, lit = visible_faces(vertices, faces, K)
    if not len(polygons):
        return image, (slice(0, 0), slice(0, 0))
    for polygon, shade in zip(polygons, (1 + 254 * lit).astype(int).tolist(), strict=True):
        cv2.fillConvexPoly(image, polygon, shade, cv2.LINE_8, FRACTION_BITS)
    low = np.maximum(polygons.min(axis=(0, 1)) // (1 << FRACTION_BITS) - 1, 0)
    high = polygons.max(axis=(0, 1)) // (1 << FRACTION_BITS) + 3
    return image, (slice(low[1], max(high[1], 0)), slice(low[0], max(high[0], 0)))


def visible_faces(
    vertices: np.ndarray, faces: np.ndarray, K: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The faces that look at the camera, from far to near, ready for cv2.fillConvexPoly.

    Returns their indices (N,), corners (N, 4, 2) i4 in FRACTION_BITS fixed point, and Lambert
    light (N,) from AMBIENT to 1. Arguments as of `render_shade`.
    """
    xy = project(vertices, K)
    quads = as_quads(faces)
    a, b, c, d = (xy[quads[:, k]] for k in range(4))
    across, down = c - a, d - b
    # Counter-clockwise from outside turns clockwise in a picture whose y points down. NaN, for a
    # corner behind the camera, is never in front.
    area = across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0]
    front = np.flatnonzero(area < 0)
    front = front[np.argsort(-vertices[:, 2][quads[front]].sum(axis=1))]
    quads = quads[front]
    corners = vertices[quads]
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    lit = AMBIENT + (1 - AMBIENT) * np.maximum(normal @ LIGHT, 0)
    return front, _corners(xy[quads]), lit


def render_mask(
    vertices: np.ndarray, faces: np.ndarray, K: np.ndarray, size: tuple[int, int]
) -> np.ndarray:
    """The silhouette of a mesh: bool (H, W).

    vertices (V, 3) m in camera axes; faces (F, 3 or 4), either side; K (3, 3) pixels; size (H, W).
    Faces with a corner behind the camera are left out.
    """
    mask = np.zeros(size, np.uint8)
    polygons = project(vertices, K)[as_quads(faces)]
    for polygon in _corners(polygons[np.isfinite(polygons).all(axis=(1, 2))]):
        cv2.fillConvexPoly(mask, polygon, 1, cv2.LINE_8, FRACTION_BITS)
    return mask.astype(bool)
