"""The visible surface: which of MakeHuman's vertices make our mesh, and operators on it."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, diags, identity
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from . import makehuman

GROUPS = ("body", "helper-l-eye", "helper-r-eye")

# A vertex in MakeHuman's nipples and navel, and a radius in metres: each disc is replaced by a
# smooth patch, so that the body is modest and a shirt's colour lies flat.
FLATTENED = {1778: 0.032, 8450: 0.032, 4121: 0.03}


@dataclass(frozen=True)
class Skin:
    """V vertices; `index` says which of MakeHuman's they are."""

    index: np.ndarray  # (V,)
    quads: np.ndarray  # (Q, 4)
    uv: np.ndarray  # (M, 2)
    quads_uv: np.ndarray  # (Q, 4) texture coordinate of each corner
    mirror: np.ndarray  # (V,) the vertex on the other side
    neighbours: csr_matrix  # (V, V), 1 where an edge joins two vertices

    def local(self, vertices: np.ndarray) -> np.ndarray:
        """MakeHuman's vertex numbers -> ours, all of which must be on the skin."""
        place = np.searchsorted(self.index, vertices)
        assert (self.index[place] == vertices).all(), "not all of these are on the skin"
        return place

    def symmetric(self, field: np.ndarray) -> np.ndarray:
        """The mean of a (V, 3, ...) vector field and its mirror image."""
        flip = np.array([-1.0, 1.0, 1.0]).reshape(3, *[1] * (field.ndim - 2))
        return (field + flip * field[self.mirror]) / 2


def _compact(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    used, inverse = np.unique(numbers, return_inverse=True)
    return used, inverse.reshape(numbers.shape)


@lru_cache(maxsize=1)
def skin() -> Skin:
    """The body and both eyeballs, without helper geometry."""
    mesh = makehuman.base_mesh()
    index, quads = _compact(np.concatenate([mesh.quads[name] for name in GROUPS]))
    uv_index, quads_uv = _compact(np.concatenate([mesh.quads_uv[name] for name in GROUPS]))
    vertices = mesh.vertices[index]
    distance, mirror = cKDTree(vertices).query(vertices * [-1, 1, 1])
    assert distance.max() < 1e-6, "MakeHuman's base mesh is not symmetric"
    edges = np.concatenate([quads[:, [corner, (corner + 1) % 4]] for corner in range(4)])
    neighbours = coo_matrix(
        (np.ones(2 * len(edges)), (edges.ravel(), edges[:, ::-1].ravel())),
        shape=(len(index),) * 2,
    ).tocsr()
    neighbours.data[:] = 1
    return Skin(index, quads, mesh.uv[uv_index], quads_uv, mirror, neighbours)


def laplacian(vertices: np.ndarray, neighbours: csr_matrix) -> csr_matrix:
    """(V, V) minus Laplace operator per square metre, from edge lengths.

    On a regular grid of quads this is the five-point stencil, so widths below are true lengths.
    """
    pairs = neighbours.tocoo()
    length = np.linalg.norm(vertices[pairs.row] - vertices[pairs.col], axis=1)
    weight = coo_matrix((1 / np.maximum(length, 1e-3) ** 2, (pairs.row, pairs.col)), pairs.shape)
    return (diags(np.asarray(weight.sum(1)).ravel()) - weight).tocsr()


def diffuse(
    field: np.ndarray, width: np.ndarray | float, vertices: np.ndarray, neighbours: csr_matrix
) -> np.ndarray:
    """Spread a (V, ...) field over `width` metres, (V,) or one number: implicit heat flow."""
    spread = diags(np.broadcast_to(np.square(width) / 2, len(vertices)))
    system = identity(len(vertices)) + spread @ laplacian(vertices, neighbours)
    return splu(system.tocsc()).solve(np.ascontiguousarray(field, float))


def normals(vertices: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """(V, 3) unit normals, outwards, of vertices (V, 3) and quads (Q, 4)."""
    a, b, c, d = (vertices[quads[:, corner]] for corner in range(4))
    face = np.cross(c - a, d - b)
    total = np.zeros_like(vertices)
    for corner in range(4):
        np.add.at(total, quads[:, corner], face)
    return total / np.linalg.norm(total, axis=1, keepdims=True)


def _thin_plate(sites: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(P, S) matrix: values at 2D sites (S, 2) -> the thin plate spline's at places (P, 2).

    Bookstein 1989; it needs no mesh, so crowded rings of vertices do not leave a dimple.
    """

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        squared = np.sum((a[:, None] - b) ** 2, axis=-1)
        return squared * np.log(np.maximum(squared, 1e-18))

    affine = np.pad(sites, ((0, 0), (1, 0)), constant_values=1)
    zero = np.zeros((3, 3))
    system = np.block([[kernel(sites, sites), affine], [affine.T, zero]])
    at_places = np.hstack(
        [kernel(places, sites), np.pad(places, ((0, 0), (1, 0)), constant_values=1)]
    )
    return np.linalg.solve(system, at_places.T).T[:, : len(sites)]


@lru_cache(maxsize=1)
def _patches() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """For each flattened disc: its vertices, those around it, and the matrix between them."""
    surface = skin()
    vertices = makehuman.base_mesh().vertices[surface.index]
    patches = []
    for middle, radius in FLATTENED.items():
        offset = vertices - vertices[surface.local(np.array([middle]))[0]]
        distance = np.linalg.norm(offset, axis=1)
        inside = np.flatnonzero(distance < radius)
        around = np.flatnonzero((distance >= radius) & (distance < 1.7 * radius))
        plane = np.linalg.svd(offset[around] - offset[around].mean(0))[2][:2].T
        patches.append(
            (inside, around, _thin_plate(offset[around] @ plane, offset[inside] @ plane))
        )
    return patches


def flatten(vertices: np.ndarray) -> np.ndarray:
    """(V, 3) with nipples and navel replaced by smooth patches (linear in the vertices)."""
    result = vertices.copy()
    for inside, around, matrix in _patches():
        result[inside] = matrix @ vertices[around]
    return result
