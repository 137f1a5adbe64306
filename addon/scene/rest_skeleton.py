"""SMPL's rest skeleton as a function of the shape, standing on the floor; numpy only.

Body models hang around their origin. Here the soles are moved to z = 0 for every shape by one
linear function, so that rest joints, bone tails and shape keys stay exact sums of the betas.
"""

from dataclasses import dataclass

import numpy as np

from ...backend.motion.body import Body
from ...backend.motion.kinematics import forward_kinematics
from ...backend.motion.skeleton import JOINT, JOINTS, PARENTS

# (x, y, z) with y up, facing +z -> Blender's (x, -z, y) with z up, facing -y.
TO_BLENDER = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])

# The vertices this close to the lowest one, in metres, are the soles.
_SOLE = 0.01

# Chains have no joint at their ends: the bones there reach for the skin. Points 24 to 28.
_TIPS = ("head", "left_foot", "right_foot", "left_hand", "right_hand")

# The soles are straight below these at rest.
_FEET = ("left_ankle", "right_ankle", "left_foot", "right_foot")

# Where several chains part, the bone points along the spine.
_ALONG_THE_SPINE = {"pelvis": "spine1", "spine3": "neck"}

# Blender deletes bones of no length.
_SHORTEST = 0.01


def levelled(body: Body) -> tuple[np.ndarray, np.ndarray]:
    """Rest vertices (V, 3) and their directions (V, 3, 10), y up, with the soles at y = 0.

    The lowest vertex at betas = 0 is on the floor exactly; for other shapes the mean of the soles
    is, which leaves the lowest vertex within 2 mm of it.
    """
    vertices = np.asarray(body.v_template, np.float64).copy()
    directions = np.asarray(body.shapedirs, np.float64).copy()
    lowest = vertices[:, 1].min()
    soles = vertices[:, 1] < lowest + _SOLE
    vertices[:, 1] -= lowest
    directions[:, 1] -= directions[soles, 1].mean(axis=0)
    return vertices, directions


@dataclass(frozen=True)
class RestSkeleton:
    """24 joints and 5 tips as linear functions of the betas; metres, y up, soles at y = 0."""

    points: np.ndarray  # (29, 3) at betas = 0
    directions: np.ndarray  # (29, 3, 10) for one standard deviation of each beta

    @classmethod
    def of(cls, body: Body) -> "RestSkeleton":
        """Measure the skeleton of a body."""
        vertices, directions = levelled(body)
        joints = body.J_regressor @ vertices
        moves = np.einsum("jv,vab->jab", body.J_regressor, directions)
        tips = [_tip(body, vertices, directions, joints, moves, name) for name in _TIPS]
        return cls(
            np.concatenate([joints, [point for point, _ in tips]]),
            np.concatenate([moves, [move for _, move in tips]]),
        )

    def joints(self, betas: np.ndarray) -> np.ndarray:
        """(10,) betas -> (24, 3) rest joints, metres, y up, soles at y = 0."""
        return self._at(betas)[:24]

    def moulded(self, joints: np.ndarray, betas: np.ndarray) -> "RestSkeleton":
        """One of a fixed shape with the bones of rest joints (24, 3), metres, y up, any height.

        Its soles and tips lie from its joints as they do here with betas (10,).
        """
        own = self._at(betas)
        feet = [JOINT[name] for name in _FEET]
        joints = np.array(joints, np.float64)
        joints[:, 1] -= np.min(joints[feet, 1] - own[feet, 1])
        tips = [JOINT[name] for name in _TIPS]
        points = np.concatenate([joints, joints[tips] + own[24:] - own[tips]])
        return RestSkeleton(points, np.zeros((len(points), 3, 10)))

    def height(self, betas: np.ndarray) -> float:
        """Metres from the soles to the crown."""
        return float(self._at(betas)[24 + _TIPS.index("head"), 1])

    def bones(self, betas: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Heads (24, 3), tails (24, 3) and rest matrices (24, 3, 3) in Blender's axes.

        A matrix has the bone's x, y (head to tail) and z axes as its columns. Left and right mirror
        each other, and a positive turn about x bends spine, knees and elbows.
        """
        points = self._at(betas) @ TO_BLENDER.T
        heads = points[:24]
        along = points[TAILS] - heads
        length = np.linalg.norm(along, axis=-1, keepdims=True)
        upwards = np.array([0.0, 0.0, 1.0])
        y = np.where(length > 1e-6, along / np.maximum(length, 1e-6), upwards)
        x = _HINGES - np.sum(_HINGES * y, axis=-1, keepdims=True) * y
        x /= np.linalg.norm(x, axis=-1, keepdims=True)
        matrices = np.stack([x, y, np.cross(x, y)], axis=-1)
        return heads, heads + y * np.maximum(length, _SHORTEST), matrices

    def keep_on_floor(
        self, poses: np.ndarray, trans: np.ndarray, before: np.ndarray, after: np.ndarray
    ) -> np.ndarray:
        """trans (T, 3) for the same poses (T, 24, 3) on another shape, metres, y up.

        In every frame the lower sole keeps the height that it had: longer legs raise the pelvis,
        and a jump stays as high. The path over the ground stays where the video shows it.
        before, after: (10,) betas.
        """
        if np.array_equal(before, after):
            return np.array(trans)
        heights = [self.sole_height(poses, trans, betas) for betas in (before, after)]
        moved = np.array(trans)
        moved[:, 1] += heights[0] - heights[1]
        return moved

    def _at(self, betas: np.ndarray) -> np.ndarray:
        return self.points + self.directions @ np.asarray(betas, np.float64)

    def sole_height(self, poses: np.ndarray, trans: np.ndarray, betas: np.ndarray) -> np.ndarray:
        """(T,) height of the lowest of heels and balls of the feet."""
        rest = self.joints(betas)
        joints, rotations = forward_kinematics(poses, rest, trans)
        feet = [JOINT[name] for name in _FEET]
        # The sole is straight below these joints in the rest pose, where its height is 0.
        return np.min(joints[:, feet, 1] - rotations[:, feet, 1, 1] * rest[feet, 1], axis=1)


def blender_axes(points: np.ndarray) -> np.ndarray:
    """(..., 3) metres, y up -> (..., 3) in Blender's axes."""
    return np.asarray(points) @ TO_BLENDER.T


def _tip(body, vertices, directions, joints, moves, name):
    """The end of a chain: as far from its last joint as the skin that this joint carries reaches.

    Returns the point (3,) at betas = 0 and its directions (3, 10).
    """
    joint = JOINT[name]
    if name == "head":
        axis = np.array([0.0, 1.0, 0.0])
    else:
        axis = joints[joint] - joints[PARENTS[joint]]
        if name.endswith("foot"):
            axis[1] = 0.0  # toes lie flat, the instep that leads to them does not
        axis = axis / max(np.linalg.norm(axis), 1e-9)
    mine = np.flatnonzero(body.weights.argmax(axis=1) == joint)
    if not len(mine):
        return joints[joint] + 0.1 * axis, moves[joint]
    furthest = mine[np.argmax(vertices[mine] @ axis)]
    reach = axis @ (vertices[furthest] - joints[joint])
    stretch = axis @ (directions[furthest] - moves[joint])
    return joints[joint] + axis * reach, moves[joint] + np.outer(axis, stretch)


def _tails() -> np.ndarray:
    """(24,) the point that each bone's tail sits on: the next joint of its chain, or a tip."""
    tails = np.empty(24, int)
    for index, name in enumerate(JOINTS):
        if name in _TIPS:
            tails[index] = 24 + _TIPS.index(name)
        elif name in _ALONG_THE_SPINE:
            tails[index] = JOINT[_ALONG_THE_SPINE[name]]
        else:
            (tails[index],) = np.flatnonzero(np.equal(PARENTS, index))
    return tails


def _hinges() -> np.ndarray:
    """(24, 3) the direction, in Blender's axes, that each bone's x axis is turned towards."""
    hinges = np.tile([1.0, 0.0, 0.0], (24, 1))
    for index, name in enumerate(JOINTS):
        # Mirrored bones need opposite signs here: x is what mirroring a right-handed frame flips.
        if any(part in name for part in ("collar", "shoulder", "elbow", "wrist", "hand")):
            hinges[index] = (0.0, 0.0, -1.0 if name.startswith("left") else 1.0)
    return hinges


TAILS = _tails()
_HINGES = _hinges()
