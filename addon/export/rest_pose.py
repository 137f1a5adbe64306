"""A T-pose or A-pose as another rest: what turns the body's own rest into it; numpy only.

Blender's axes: z up, facing -y, left = +x. The trunk, the collar bones and the head keep the way
they are; arms are straight, legs plumb, feet point ahead with their soles as level as they were.
"""

import numpy as np

from ...backend.motion.rotations import rotation_between
from ...backend.motion.skeleton import JOINT, PARENTS

_DOWN = np.array([0.0, 0.0, -1.0])
_FORWARD = np.array([0.0, -1.0, 0.0])
# Of the arms below the level, degrees: a T has 0, UE's mannequin about 45.
_ARM_ANGLES = {"t_pose": 0.0, "a_pose": 45.0}


def change_of_rest(joints: np.ndarray, pose: str) -> np.ndarray:
    """(24, 4, 4) the rigid motion of each joint's part of the body from its rest to `pose`.

    joints: (24, 3) at rest, metres, Blender's axes. pose: "body" (nothing moves), "t_pose" or
    "a_pose". The feet stay as high as they were.
    """
    change = np.tile(np.eye(4), (24, 1, 1))
    if pose == "body":
        return change
    change[:, :3, :3] = _turns(joints, np.radians(_ARM_ANGLES[pose]))
    places = np.array(joints, float)
    for joint, parent in enumerate(PARENTS):
        if parent >= 0:
            offset = joints[joint] - joints[parent]
            places[joint] = places[parent] + change[parent, :3, :3] @ offset
    feet = [JOINT["left_foot"], JOINT["right_foot"]]
    places[:, 2] -= np.mean(places[feet, 2] - joints[feet, 2])
    change[:, :3, 3] = places - np.einsum("jab,jb->ja", change[:, :3, :3], joints)
    return change


def _turns(joints: np.ndarray, below: float) -> np.ndarray:
    """(24, 3, 3) turn of each part, seen from the world; below: radians of the arms."""
    turns = np.tile(np.eye(3), (24, 1, 1))

    def along(first: str, second: str) -> np.ndarray:
        limb = joints[JOINT[second]] - joints[JOINT[first]]
        return limb / np.linalg.norm(limb)

    for side, outwards in (("left", 1.0), ("right", -1.0)):
        arm = np.array([outwards * np.cos(below), 0.0, -np.sin(below)])
        for first, second in (("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "hand")):
            turn = rotation_between(along(f"{side}_{first}", f"{side}_{second}"), arm)
            turns[JOINT[f"{side}_{first}"]] = turns[JOINT[f"{side}_{second}"]] = turn
        for first, second in (("hip", "knee"), ("knee", "ankle")):
            limb = along(f"{side}_{first}", f"{side}_{second}")
            turns[JOINT[f"{side}_{first}"]] = rotation_between(limb, _DOWN)
        foot = along(f"{side}_ankle", f"{side}_foot") * [1, 1, 0]  # only its heading changes
        ahead = rotation_between(foot / np.linalg.norm(foot), _FORWARD)
        turns[JOINT[f"{side}_ankle"]] = turns[JOINT[f"{side}_foot"]] = ahead
    return turns


def unposed(vertices: np.ndarray, weights: np.ndarray, change: np.ndarray) -> np.ndarray:
    """(V, 3) the skin in the new rest.

    Such that the new rig, posed into the old rest, has the vertices (V, 3) there exactly; weights
    (V, 24), their rows summing to 1, or to 0 for what no joint moves.
    """
    back = np.einsum("vj,jab->vab", weights, np.linalg.inv(change))
    free = weights.sum(axis=1) < 1e-6
    back[free] = np.eye(4)
    return np.linalg.solve(back[:, :3, :3], (vertices - back[:, :3, 3])[..., None])[..., 0]
