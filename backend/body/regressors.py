"""Sparse rows that give joints and landmarks from the skin: non-negative, summing to 1."""

import numpy as np
from scipy.optimize import nnls

from ..motion.skeleton import JOINT, LANDMARK, MIRROR, PARENTS
from . import makehuman
from .rest import LIMBS, Rest, along_bones
from .skin import Skin

# The vertices that may carry a joint or a landmark: enough to surround it on every side.
JOINT_CANDIDATES = 700
POINT_CANDIDATES = 120

# In a row of the joint regressor, how much more the mean shape counts than one deviation, and the
# metres of error that a vertex of foreign joints is worth.
MEAN = 5.0
FOREIGN = 0.05

ROUNDS = 8  # of fitting rows and bone lengths in turns; later ones change less than 0.1 mm

# What landmarks are on the left side, and nose: means of MakeHuman's vertices ...
SURFACE = {
    "nose": (5054,),
    "left_eye_inner": (6851,), "left_eye_outer": (6807,), "left_ear": (12333,),
    "mouth_left": (7188,), "left_heel": (12442, 12453, 12464), "left_foot_index": (11551,),
}  # fmt: skip

# ... knuckles inside the hand, as MakeHuman's cubes ...
KNUCKLES = {
    "left_pinky": "l-finger-5-1", "left_index": "l-finger-2-1", "left_thumb": "l-finger-1-2",
}  # fmt: skip

# ... or joints. Where BlazePose sees them instead, training.landmark_model measures.
JOINT_LANDMARKS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")

# Keeps the vertices of a landmark near it: metres of error that the farthest one is worth.
RELUCTANCE = 0.003


def _convex(points: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """Weights (K,) >= 0, summing to 1, that make goal (D,) of points (K, D) in least squares.

    Non-negative least squares needs no more points than it has equations: D + 1.
    """
    # The sum is an equation like the others, weighted to hold to rounding.
    system = np.concatenate([points - goal, np.full((len(points), 1), 10.0)], axis=1).T
    weights = nnls(system, np.append(np.zeros(len(goal)), 10.0), maxiter=20 * len(points))[0]
    return weights / weights.sum()


def _near_convex(points: np.ndarray, goal: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """The same, with points (K, 3) taken rather from where reach (K,) is small."""
    costs = RELUCTANCE * reach[:, None] / reach.max()
    return _convex(np.concatenate([points, costs], axis=1), np.append(goal, 0.0))


def _row(surface: Skin, index: np.ndarray, weights: np.ndarray, middle: bool) -> np.ndarray:
    """A dense row (V,); one in the middle of the body is made symmetric."""
    row = np.zeros(len(surface.index))
    row[index] = weights
    return (row + row[surface.mirror]) / 2 if middle else row


def _joint_rows(
    surface: Skin, fields: np.ndarray, goals: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """(24, V) rows that nearly make goals (24, 3, 11) of the skin's fields (V, 3, 11)."""
    importance = np.array([MEAN] + [1.0] * 10)
    rows = np.zeros((24, len(fields)))
    for joint, mirrored in enumerate(MIRROR):
        if joint > mirrored:
            rows[joint] = rows[mirrored][surface.mirror]
            continue
        offset = fields[:, :, 0] - goals[joint, :, 0]
        near = np.argsort(np.linalg.norm(offset, axis=1), kind="stable")[:JOINT_CANDIDATES]
        points = (fields[near] * importance).reshape(len(near), -1)
        goal = (goals[joint] * importance).ravel()
        if joint in LIMBS:
            # A row whose vertices move with the joint or its parent alone, and which has the joint
            # in the middle of those that move with it, gives the joint of a posed skin too.
            share = weights[near, joint]
            others = FOREIGN * (1 - share - weights[near, PARENTS[joint]])
            points = np.column_stack([points, share[:, None] * offset[near], others])
            goal = np.append(goal, np.zeros(4))
        rows[joint] = _row(surface, near, _convex(points, goal), middle=joint == mirrored)
    return rows


def joint_regressor(
    surface: Skin, vertices: np.ndarray, shapedirs: np.ndarray,
    joints: np.ndarray, joint_dirs: np.ndarray, weights: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """(24, V): joints (24, 3) and their change with each beta from the skin.

    vertices (V, 3), shapedirs (V, 3, 10), skin weights (V, 24); joint_dirs (24, 3, 10) is the
    first guess. What matters is that every beta only lengthens bones: rows and lengths are fitted
    in turns.
    """
    fields = np.concatenate([vertices[..., None], shapedirs], axis=2)
    for _ in range(ROUNDS):
        goals = np.concatenate([joints[..., None], joint_dirs], axis=2)
        rows = _joint_rows(surface, fields, goals, weights)
        found = np.einsum("jv,vak->jak", rows, shapedirs)
        joint_dirs = np.stack([along_bones(found[..., k]) for k in range(10)], axis=-1)
    return rows


def landmark_regressor(
    surface: Skin, vertices: np.ndarray, joint_rows: np.ndarray,
    makehuman_vertices: np.ndarray, rest: Rest, shift: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """(33, V): BlazePose's landmarks, in the order of skeleton.LANDMARKS, from the skin.

    vertices (V, 3) of the rest; makehuman_vertices (N, 3), of the same person, reach it by `rest`
    and a shift (3,).
    """
    rows = {}
    for name, numbers in SURFACE.items():
        place = surface.local(np.sort(numbers))
        rows[name] = _row(surface, place, 1 / len(numbers), middle=name == "nose")
    for name, cube in KNUCKLES.items():
        middle = makehuman_vertices[makehuman.cube(cube)].mean(0)
        point = rest.carry(middle, JOINT["left_wrist"]) + shift
        distance = np.linalg.norm(vertices - point, axis=1)
        near = np.argsort(distance, kind="stable")[:POINT_CANDIDATES]
        weights = _near_convex(vertices[near], point, distance[near])
        rows[name] = _row(surface, near, weights, middle=False)
    ball = surface.local(np.unique(makehuman.base_mesh().quads["helper-l-eye"]))
    front = ball[np.argsort(-vertices[ball, 2], kind="stable")[:4]]
    rows["left_eye"] = _row(surface, front, 0.25, middle=False)
    for part in JOINT_LANDMARKS:
        rows[f"left_{part}"] = joint_rows[JOINT[f"left_{part}"]]
    regressor = np.zeros((33, len(vertices)))
    for name, row in rows.items():
        regressor[LANDMARK[name]] = row
        if "left" in name:
            regressor[LANDMARK[name.replace("left", "right")]] = row[surface.mirror]
    return regressor
