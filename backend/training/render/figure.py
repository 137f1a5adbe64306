"""The body's surface as the wardrobe and the renderer need it, and its pose as bone matrices."""

import numpy as np

from ...motion.body import Body
from ...motion.kinematics import forward_kinematics
from ...motion.skeleton import JOINT, REST

HEAD_TOP_VERTICES = 8  # enough to say where the head ends
SAMPLES = 600  # vertices that stand for the whole surface

# A region's crop shows a whole person in 256 cells, so its pixels are about a centimetre: vertices
# of one cell of this size (metres) are drawn as one. Fingers and toes are half of the mesh.
CELL, CELL_HEAD = 0.011, 0.007


def _legs(joints: np.ndarray) -> float:
    """Metres from hip over knee to ankle."""
    return float(np.linalg.norm(joints[4] - joints[1]) + np.linalg.norm(joints[7] - joints[4]))


class Figure:
    """What of a Body does not change with its shape or pose.

    D of its V vertices are drawn: `rows` (D,), joined by `faces` (F, 3); `template` (D, 3),
    `joints` and `weights` (D, 4), the masks of `region` and `head` (D,) speak of these.
    """

    def __init__(self, body: Body) -> None:
        self.body = body
        self.rows, self.faces = _simplified(body)
        self.template = body.v_template[self.rows]
        weights = body.weights[self.rows]
        order = np.argsort(-weights, axis=1)[:, :4]
        self.joints = order.astype(np.float32)
        self.weights = np.take_along_axis(weights, order, axis=1).astype(np.float32)
        names = [str(name) for name in body.extra["region_names"]]
        region = body.extra["region"][self.rows]
        self.region = {name: region == k for k, name in enumerate(names)}
        self.head = weights[:, JOINT["head"]] > 0.5
        rows = body.landmark_regressor
        assert rows is not None, "the body has no landmarks"
        self._near = np.flatnonzero(rows.any(axis=0))
        self._landmark_rows = rows[:, self._near]
        soles = [
            body.extra[f"sole_{side}_{end}"]
            for side in ("left", "right")
            for end in ("heel", "toe")
        ]
        top = np.argsort(-body.v_template[:, 1])[:HEAD_TOP_VERTICES]
        spread = np.random.default_rng(0).choice(len(body.v_template), SAMPLES, replace=False)
        self._samples = np.unique(np.concatenate([top, spread, *soles]))

    def shaped(self, betas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rest vertices (V, 3) and joints (24, 3), metres."""
        vertices = self.body.rest_vertices(betas)
        return vertices, self.body.J_regressor @ vertices

    def bones(
        self, poses: np.ndarray, trans: np.ndarray, rest: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(N, 24, 3, 4) rest -> world, and joints (N, 24, 3), of poses (N, 24, 3), trans (N, 3)."""
        joints, rotations = forward_kinematics(poses, rest, trans)
        shifts = joints - np.einsum("njab,jb->nja", rotations, rest)
        return np.concatenate([rotations, shifts[..., None]], axis=-1), joints

    def sampled(self, bones: np.ndarray, vertices: np.ndarray) -> np.ndarray:
        """(N, S, 3): where some of the shaped vertices (V, 3) are, soles included."""
        return self._skinned(bones, vertices, self._samples)

    def landmarks(self, bones: np.ndarray, vertices: np.ndarray) -> np.ndarray:
        """(N, 33, 3): BlazePose's landmarks on our body, metres in the world."""
        return np.einsum(
            "ks,nsa->nka", self._landmark_rows, self._skinned(bones, vertices, self._near)
        )

    def _skinned(self, bones, vertices, rows):
        blended = np.einsum("sj,njab->nsab", self.body.weights[rows], bones)
        return np.einsum("nsab,sb->nsa", blended[..., :3], vertices[rows]) + blended[..., 3]


def _simplified(body: Body) -> tuple[np.ndarray, np.ndarray]:
    """Vertices that stand for all, and the faces that they leave."""
    points = body.v_template
    head = body.weights[:, JOINT["head"]] > 0.5
    cells = np.floor(points / np.where(head, CELL_HEAD, CELL)[:, None]).astype(int)
    key = np.column_stack([cells, body.extra["region"], np.argmax(body.weights, axis=1)])
    cluster = np.unique(key, axis=0, return_inverse=True)[1].ravel()
    count = np.bincount(cluster)
    middle = np.stack([np.bincount(cluster, points[:, k]) / count for k in range(3)], axis=1)
    distance = np.linalg.norm(points - middle[cluster], axis=1)
    order = np.lexsort([distance, cluster])
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    rows = order[first]  # the vertex nearest to each cluster's middle
    faces = cluster[body.f]
    a, b, c = faces.T
    return rows, faces[(a != b) & (b != c) & (c != a)]


def to_body(trans: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """trans (N, 3) of the project's rest skeleton -> for legs of this rest (24, 3)."""
    return trans * (_legs(rest) / _legs(REST))
