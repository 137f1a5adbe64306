"""Sparse rows that give joints and landmarks from the skin: non-negative, summing to 1."""

import numpy as np
from scipy.optimize import nnls

from ..motion.skeleton import JOINT, LANDMARK, LANDMARKS, MIRROR
from . import makehuman
from .rest import Rest, along_bones
from .skin import Skin

# The vertices that may carry a joint or a landmark: enough to surround it on every side.
JOINT_CANDIDATES = 700
POINT_CANDIDATES = 24

ROUNDS = 8  # of fitting rows and bone lengths in turns; later ones change less than 0.1 mm

# Points on the surface, as MakeHuman vertices (on the left) of equal weight.
SURFACE = {
    "nose": (5054,),
    "left_eye_inner": (6851,), "left_eye_outer": (6807,), "left_ear": (12333,),
    "mouth_left": (7188,), "left_heel": (12442, 12453, 12464), "left_foot_index": (11551,),
}  # fmt: skip

# Knuckles inside the hand, as MakeHuman's cubes: BlazePose names the first knuckle of the little
# and the index finger and the second of the thumb.
KNUCKLES = {
    "left_pinky": "l-finger-5-1", "left_index": "l-finger-2-1", "left_thumb": "l-finger-1-3",
}  # fmt: skip

JOINT_LANDMARKS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")


def _other_side(name: str) -> str:
    return name.replace("left", "right")


def _convex(points: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """Weights (K,) >= 0, summing to 1, that make goal (D,) of points (K, D) in least squares."""
    # The sum is an equation like the others, weighted to hold to rounding.
    system = np.concatenate([points - goal, np.full((len(points), 1), 10.0)], axis=1).T
    weights = nnls(system, np.append(np.zeros(len(goal)), 10.0), maxiter=20 * len(points))[0]
    return weights / weights.sum()


def _row(surface: Skin, index: np.ndarray, weights: np.ndarray, middle: bool) -> np.ndarray:
    """A dense row (V,); one in the middle of the body is made symmetric."""
    row = np.zeros(len(surface.index))
    row[index] = weights
    return (row + row[surface.mirror]) / 2 if middle else row


def _joint_rows(surface: Skin, fields: np.ndarray, goals: np.ndarray) -> np.ndarray:
    """(24, V) rows that make goals (24, 3, 11) of the skin's fields (V, 3, 11), as near as can be.

    Non-negative least squares needs no more vertices than it has equations: 34 a row.
    """
    rows = np.zeros((24, len(fields)))
    for joint, mirrored in enumerate(MIRROR):
        if joint > mirrored:
            rows[joint] = rows[mirrored][surface.mirror]
            continue
        distance = np.linalg.norm(fields[:, :, 0] - goals[joint, :, 0], axis=1)
        near = np.argsort(distance, kind="stable")[:JOINT_CANDIDATES]
        weights = _convex(fields[near].reshape(len(near), -1), goals[joint].ravel())
        rows[joint] = _row(surface, near, weights, middle=joint == mirrored)
    return rows


def joint_regressor(
    surface: Skin, vertices: np.ndarray, shapedirs: np.ndarray,
    joints: np.ndarray, joint_dirs: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """(24, V): joints (24, 3) and their change with each beta from the skin.

    vertices (V, 3), shapedirs (V, 3, 10); joint_dirs (24, 3, 10) is the first guess. What matters
    is that every beta only lengthens bones: rows and lengths are fitted in turns.
    """
    fields = np.concatenate([vertices[..., None], shapedirs], axis=2)
    for _ in range(ROUNDS):
        goals = np.concatenate([joints[..., None], joint_dirs], axis=2)
        rows = _joint_rows(surface, fields, goals)
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
    rows = np.zeros((33, len(vertices)))
    for name, numbers in SURFACE.items():
        row = _row(surface, surface.local(np.sort(numbers)), 1 / len(numbers), name == "nose")
        rows[LANDMARK[name]] = row
    for name, cube in KNUCKLES.items():
        middle = makehuman_vertices[makehuman.cube(cube)].mean(0)
        point = rest.carry(middle, JOINT["left_wrist"]) + shift
        near = np.argsort(np.linalg.norm(vertices - point, axis=1))[:POINT_CANDIDATES]
        rows[LANDMARK[name]] = _row(surface, near, _convex(vertices[near], point), False)
    ball = surface.local(np.unique(makehuman.base_mesh().quads["helper-l-eye"]))
    front = ball[np.argsort(-vertices[ball, 2])[:4]]
    rows[LANDMARK["left_eye"]] = _row(surface, front, 0.25, False)
    for part in JOINT_LANDMARKS:
        rows[LANDMARK[f"left_{part}"]] = joint_rows[JOINT[f"left_{part}"]]
    for name in LANDMARKS:
        if "left" in name:
            rows[LANDMARK[_other_side(name)]] = rows[LANDMARK[name]][surface.mirror]
    return rows
