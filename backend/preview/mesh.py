"""A lighter body for drawing: fewer vertices, the same skeleton, shape and skinning."""

from dataclasses import replace

import numpy as np

from ..motion.body import Body

CELL = 0.012  # metres; about three pixels of a person who fills a 720-line picture


def as_quads(faces: np.ndarray) -> np.ndarray:
    """(F, 3 or 4) -> (F, 4); a triangle repeats its last corner."""
    return faces if faces.shape[1] == 4 else np.concatenate([faces, faces[:, -1:]], axis=1)


def decimate(body: Body, cell: float = CELL) -> Body:
    """A Body whose vertices are some of body's, about one in each cube of `cell` metres.

    Vertices that move with different joints never merge, so fingers, lips and thighs stay apart
    from what they touch. Its `quads` (Q, 4) may repeat a corner; `f` and landmarks are left out.
    """
    place = np.floor(body.v_template / cell).astype(np.int64)
    key = np.column_stack([place, body.weights.argmax(axis=1)])
    _, group = np.unique(key, axis=0, return_inverse=True)
    group = group.ravel()
    count = group.max() + 1
    sizes = np.bincount(group, minlength=count)
    middle = np.stack(
        [np.bincount(group, body.v_template[:, k], count) / sizes for k in range(3)], axis=1
    )
    # The vertex nearest to the middle stands for its group, with its own weights and shapes.
    distance = np.linalg.norm(body.v_template - middle[group], axis=1)
    order = np.lexsort((distance, group))
    chosen = order[np.r_[0, np.flatnonzero(np.diff(group[order])) + 1]]
    # Joints are regressed from vertices of their own.
    regressed = np.setdiff1d(np.flatnonzero((body.J_regressor != 0).any(axis=0)), chosen)
    keep = np.concatenate([chosen, regressed])

    quads = group[as_quads(body.f if body.quads is None else body.quads)]
    corners = np.sort(quads, axis=1)
    solid = (np.diff(corners, axis=1) > 0).sum(axis=1) >= 2
    _, first = np.unique(corners[solid], axis=0, return_index=True)
    return replace(
        body,
        v_template=body.v_template[keep],
        shapedirs=body.shapedirs[keep],
        J_regressor=body.J_regressor[:, keep],
        weights=body.weights[keep],
        posedirs=None if body.posedirs is None else body.posedirs[keep],
        quads=quads[solid][np.sort(first)],
        f=np.empty((0, 3), int),
        landmark_regressor=None,
        extra={},
    )
