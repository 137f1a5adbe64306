"""Vertices as the shaders take them, and simple solids: tubes around a body, boxes, capsules."""

from dataclasses import dataclass

import numpy as np

WORLD = 24  # the bone that never moves


@dataclass(frozen=True)
class Mesh:
    """V vertices and F triangles, at rest."""

    position: np.ndarray  # (V, 3) metres
    normal: np.ndarray  # (V, 3)
    template: np.ndarray  # (V, 3) metres: where patterns are painted
    joints: np.ndarray  # (V, 4) bones
    weights: np.ndarray  # (V, 4)
    colour: np.ndarray  # (V, 3) linear light
    kind: np.ndarray  # (V, 2) material, metres inside the border: negative is not drawn
    faces: np.ndarray  # (F, 3)

    def packed(self) -> np.ndarray:
        """(V, 22) f4 in the order of the vertex shader's attributes."""
        columns = (
            self.position, self.normal, self.template, self.colour, self.joints, self.weights,
            self.kind,
        )  # fmt: skip
        return np.concatenate(columns, axis=1).astype(np.float32)


def joined(meshes: list[Mesh]) -> Mesh:
    """All in one."""
    starts = np.cumsum([0] + [len(mesh.position) for mesh in meshes])
    faces = np.concatenate([m.faces + s for m, s in zip(meshes, starts[:-1], strict=True)])
    names = ("position", "normal", "template", "joints", "weights", "colour", "kind")
    return Mesh(*(np.concatenate([getattr(m, n) for m in meshes]) for n in names), faces=faces)


def normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V, 3) unit normals of triangles (F, 3), counter-clockwise from outside."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    total = np.stack(
        [
            np.bincount(faces.ravel(), np.repeat(face[:, axis], 3), minlength=len(vertices))
            for axis in range(3)
        ],
        axis=1,
    )
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)


def triangles(quads: np.ndarray) -> np.ndarray:
    """(2 Q, 3) of (Q, 4)."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def sheet(rows: int, columns: int) -> np.ndarray:
    """(Q, 4) of a grid of vertices, row by row."""
    k = np.arange(rows * columns).reshape(rows, columns)
    return np.stack([k[:-1, :-1], k[:-1, 1:], k[1:, 1:], k[1:, :-1]], -1).reshape(-1, 4)


def bound(
    grid: np.ndarray,
    joints: np.ndarray,
    weights: np.ndarray,
    colour: np.ndarray,
    material: int,
    template: np.ndarray | None = None,
) -> Mesh:
    """A sheet (R, C, 3) hung on four bones: joints (4,) and weights (R, C, 4)."""
    rows, columns = grid.shape[:2]
    points = grid.reshape(-1, 3)
    faces = triangles(sheet(rows, columns))
    count = len(points)
    return Mesh(
        position=points,
        normal=normals(points, faces),
        template=points if template is None else template.reshape(-1, 3),
        joints=np.broadcast_to(joints, (count, 4)),
        weights=weights.reshape(-1, 4),
        colour=np.broadcast_to(colour, (count, 3)),
        kind=np.tile([material, 1.0], (count, 1)),
        faces=faces,
    )


def _standing(points, quads, colour, material):
    count = len(points)
    faces = triangles(quads)
    weights = np.zeros((count, 4))
    weights[:, 0] = 1
    return Mesh(
        points, normals(points, faces), points, np.full((count, 4), WORLD), weights,
        np.broadcast_to(colour, (count, 3)), np.tile([material, 1.0], (count, 1)),
        faces,
    )  # fmt: skip


def box(
    middle: np.ndarray, size: np.ndarray, turn: np.ndarray, colour: np.ndarray, material: int
) -> Mesh:
    """A box that stands still: middle (3,), size (3,) m, turn (3, 3) to the world."""
    corners = []
    for axis in range(3):
        for sign in (-1, 1):
            u, v = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
            n = sign * np.eye(3)[axis]
            corners += [n - u - sign * v, n + u - sign * v, n + u + sign * v, n - u + sign * v]
    points = (np.array(corners) * np.asarray(size) / 2) @ np.asarray(turn).T + middle
    return _standing(points, np.arange(24).reshape(6, 4), colour, material)


def capsule(
    start: np.ndarray, end: np.ndarray, radii: tuple[float, float], colour, material: int
) -> Mesh:
    """A limb that stands still, from start to end (3,), with a radius at each, metres."""
    axis = end - start
    length = np.linalg.norm(axis)
    axis = axis / length
    side = np.cross(axis, np.eye(3)[np.argmin(np.abs(axis))])
    side /= np.linalg.norm(side)
    other = np.cross(axis, side)
    rows, columns = 9, 13
    s = np.linspace(0, 1, rows)
    radius = np.interp(s, [0, 1], radii) * np.sqrt(np.clip(1 - (2 * s - 1) ** 8, 0, 1))
    angle = np.linspace(0, 2 * np.pi, columns)
    ring = np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * other
    grid = start + s[:, None, None] * length * axis + radius[:, None, None] * ring
    return _standing(grid.reshape(-1, 3), sheet(rows, columns), colour, material)
