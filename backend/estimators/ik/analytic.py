"""The start of the fit: rotations read off BlazePose's world landmarks, limb by limb.

Each joint's frame is built twice from the same two directions, once in the rest and once as
observed; the rotation between the two is the joint's. Bend planes give the twist of upper arms
and thighs, hands and feet that of forearms and shins, the face that of the head.
"""

import numpy as np

from ...motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle, rotation_between
from ...motion.skeleton import JOINT, LANDMARK, LANDMARK_JOINT, PARENTS
from .observations import Observations
from .points import PointModel

# A limb bent less than this much (sine) does not tell its bend plane; more than that, fully.
_BEND_UNSURE, _BEND_SURE = 0.15, 0.5


def _unit(v: np.ndarray) -> np.ndarray:
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9)


def _frame(main: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(..., 3, 3) with columns along `main`, across it towards `second`, and across both."""
    x = _unit(main)
    y = _unit(second - np.sum(second * x, axis=-1, keepdims=True) * x)
    return np.stack([x, y, np.cross(x, y)], axis=-1)


class _Reader:
    """Differences of named landmarks, in the rest and as observed."""

    def __init__(self, model: PointModel, world: np.ndarray) -> None:
        self.rest = model.joints[LANDMARK_JOINT] + model.offsets
        self.world = world

    def __call__(self, *names: str) -> tuple[np.ndarray, np.ndarray]:
        """Mean of the named landmarks: rest (3,), observed (T, 3)."""
        index = [LANDMARK[name] for name in names]
        return self.rest[index].mean(axis=0), self.world[:, index].mean(axis=1)


def _minus(a: tuple, b: tuple) -> tuple:
    return a[0] - b[0], a[1] - b[1]


def _align(main: tuple, second: tuple) -> np.ndarray:
    """Global rotation (T, 3, 3) that takes the rest pair of directions to the observed pair."""
    return _frame(main[1], second[1]) @ _frame(main[0], second[0]).T


def _hinge_limb(upper: tuple, lower: tuple, hinge: np.ndarray, parent: np.ndarray) -> tuple:
    """Global rotations of a limb's two segments, the twist from the plane in which it bends."""
    before = parent @ _unit(upper[0])
    swing = rotation_between(before, _unit(upper[1]))
    carried = (swing @ (parent @ hinge)[..., None])[..., 0]
    normal = np.cross(_unit(upper[1]), _unit(lower[1]))
    bend = np.linalg.norm(normal, axis=-1, keepdims=True)
    sure = np.clip((bend - _BEND_UNSURE) / (_BEND_SURE - _BEND_UNSURE), 0, 1)
    # A knee that seems to bend forwards is noise in depth: keep the plane the swing gives.
    sure = sure * (np.sum(_unit(normal) * carried, axis=-1, keepdims=True) > -0.2)
    plane = _unit(sure * _unit(normal) + (1 - sure) * carried)
    return tuple(_align(segment, (hinge, plane)) for segment in (upper, lower))


def analytic_pose(model: PointModel, observations: Observations) -> np.ndarray:
    """Local rotations (T, 24, 3, 3), joint 0 from the rest to the camera."""
    at = _Reader(model, observations.world)
    frames = len(observations)
    world = np.tile(np.eye(3), (frames, 24, 1, 1))

    up = _minus(at("left_shoulder", "right_shoulder"), at("left_hip", "right_hip"))
    pelvis = _align(_minus(at("left_hip"), at("right_hip")), up)
    chest = _align(_minus(at("left_shoulder"), at("right_shoulder")), up)
    ears = at("left_ear", "right_ear")
    head = _align(_minus(at("left_ear"), at("right_ear")), _minus(at("nose"), ears))
    third = axis_angle_to_matrix(matrix_to_axis_angle(np.swapaxes(pelvis, -1, -2) @ chest) / 3)
    world[:, 0] = pelvis
    world[:, 3] = pelvis @ third
    world[:, 6] = world[:, 3] @ third
    world[:, [9, 13, 14]] = chest[:, None]
    half = axis_angle_to_matrix(matrix_to_axis_angle(np.swapaxes(chest, -1, -2) @ head) / 2)
    world[:, 12], world[:, 15] = chest @ half, head

    for side, sign in (("left", 1.0), ("right", -1.0)):
        shoulder, elbow, wrist = (at(f"{side}_{n}") for n in ("shoulder", "elbow", "wrist"))
        hip, knee, ankle = (at(f"{side}_{n}") for n in ("hip", "knee", "ankle"))
        knuckles = at(f"{side}_index", f"{side}_pinky")
        across = _minus(at(f"{side}_index"), at(f"{side}_pinky"))
        arm, forearm = _hinge_limb(
            _minus(elbow, shoulder), _minus(wrist, elbow), np.array([0.0, -sign, 0.0]), chest
        )
        thigh, shin = _hinge_limb(
            _minus(knee, hip), _minus(ankle, knee), np.array([1.0, 0.0, 0.0]), pelvis
        )
        foot = _align(_minus(at(f"{side}_foot_index"), at(f"{side}_heel")), _minus(knee, ankle))
        hand = _align(_minus(knuckles, wrist), across)
        for name, rotation in (
            ("shoulder", arm), ("elbow", forearm), ("wrist", hand), ("hand", hand),
            ("hip", thigh), ("knee", shin), ("ankle", foot), ("foot", foot),
        ):  # fmt: skip
            world[:, JOINT[f"{side}_{name}"]] = rotation

    local = world.copy()
    local[:, 1:] = np.swapaxes(world[:, PARENTS[1:]], -1, -2) @ world[:, 1:]
    return local


def starting_translation(
    model: PointModel, local: np.ndarray, betas: np.ndarray, observations: Observations
) -> np.ndarray:
    """Pelvis in the camera (T, 3), metres: the linear least squares of the landmarks' rays.

    (X + tx) = u (Z + tz) for each landmark, weighted; a tiny pull to the mean distance keeps
    frames without landmarks solvable.
    """
    frames = len(observations)
    points = model.pose(local, np.zeros((frames, 3)), betas).landmarks
    weight = np.sqrt(observations.trust)[..., None]
    u = observations.rays
    matrix = np.zeros((frames, 33, 2, 3))
    matrix[..., 0, 0] = matrix[..., 1, 1] = 1.0
    matrix[..., 2] = -u
    target = u * points[..., 2:] - points[..., :2]
    matrix = (matrix * weight[..., None]).reshape(frames, -1, 3)
    target = (target * weight).reshape(frames, -1, 1)
    normal = np.swapaxes(matrix, -1, -2) @ matrix
    right = np.swapaxes(matrix, -1, -2) @ target
    seen = observations.trust.sum(axis=1) > 0
    trans = np.zeros((frames, 3))
    trans[:, 2] = 3.0
    if seen.any():
        solved = np.linalg.solve(normal[seen] + 1e-9 * np.eye(3), right[seen])[..., 0]
        depth = np.median(solved[:, 2][solved[:, 2] > 0]) if (solved[:, 2] > 0).any() else 3.0
        # A start behind the camera or far off would never come back.
        wild = (solved[:, 2] < 0.2 * depth) | (solved[:, 2] > 5 * depth)
        solved[wild] *= (depth / solved[wild, 2])[:, None]
        index = np.arange(frames)
        trans = np.stack([np.interp(index, index[seen], solved[:, a]) for a in range(3)], axis=-1)
    return trans
