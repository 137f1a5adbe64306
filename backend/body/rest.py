"""From MakeHuman's pose to the project's rest.

MakeHuman sculpts a relaxed A-pose. Each limb is turned so that its joint centres get exactly the
directions of `skeleton.REST`, elbows and knees hinge where a person's do and palms look down. The
skin of the rest is the one that linear blend skinning turns back into MakeHuman's sculpture: so
arms that hang, which is where most poses have them, are shaped as the artist shaped them.
"""

from dataclasses import dataclass

import numpy as np

from ..motion.rotations import rotation_between
from ..motion.skeleton import JOINT, JOINTS, MIRROR, PARENTS, REST
from .makehuman import cube

# The cube of MakeHuman's at the centre of each joint on the left and in the middle. Spine joints
# stand here only as pivots for the lean; their final places come from `rest_joints`.
CENTRES = {
    "pelvis": "pelvis", "spine1": "spine-4", "spine2": "spine-3", "spine3": "spine-2",
    "neck": "neck", "head": "head", "left_hip": "l-upper-leg", "left_knee": "l-knee",
    "left_ankle": "l-ankle", "left_foot": "l-foot-1", "left_collar": "l-clavicle",
    "left_shoulder": "l-shoulder", "left_elbow": "l-elbow", "left_wrist": "l-hand",
    "left_hand": "l-finger-3-1",
}  # fmt: skip

# MakeHuman's leg turns about a point in the neck of the femur, 11 cm out. Harrington et al. 2007
# put the centre of the hip 0.33 pelvis widths + 7 mm out: 8.7 cm for this body.
HIP_INWARDS = 0.8

# MakeHuman's knee bends 52 cm above the floor, over the kneecap; the axis through the condyles lies
# at 0.285 of the stature (Winter 2009): 2 cm down the shin.
KNEE_DOWN = 0.045

# REST's collar bones are those of level arms; in SMPL motion captured at CMU they stand 0.3 degrees
# above it when an arm is level (median) and 15.6 below it when it hangs. MakeHuman's arms are half
# way between.
COLLAR_LIFT = np.radians(9.0)

DIRECTIONS = REST - REST[np.maximum(PARENTS, 0)]
LENGTHS = np.linalg.norm(DIRECTIONS, axis=1)
DIRECTIONS[1:] /= LENGTHS[1:, None]

LIMBS = [
    JOINT[f"{side}_{part}"]
    for part in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist", "hand")
    for side in ("left", "right")
]


def joint_centres(vertices: np.ndarray) -> np.ndarray:
    """Joint centres (24, 3) of MakeHuman vertices (N, 3), in their pose."""
    centres = np.empty((24, 3))
    for name, place in CENTRES.items():
        centres[JOINT[name]] = vertices[cube(place)].mean(0)
        if name.startswith("left"):
            right = vertices[cube(place.replace("l-", "r-", 1))].mean(0)
            centres[MIRROR[JOINT[name]]] = right
    centres[[JOINT["left_hip"], JOINT["right_hip"]], 0] *= HIP_INWARDS
    for side in ("left", "right"):
        knee, ankle = JOINT[f"{side}_knee"], JOINT[f"{side}_ankle"]
        centres[knee] += KNEE_DOWN * (centres[ankle] - centres[knee])
    return centres


def _frame(along: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Columns: along, what is left of across, and their cross product; all unit."""
    along = along / np.linalg.norm(along)
    across = across - along * (along @ across)
    across /= np.linalg.norm(across)
    return np.stack([along, across, np.cross(along, across)], axis=1)


def _turn_x(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def _turn_z(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def _limb_rotations(centres: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """(24, 3, 3): where arms and legs turn from MakeHuman's pose; identity elsewhere."""
    rotations = np.tile(np.eye(3), (24, 1, 1))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        shoulder, elbow, wrist, hand, hip, knee, ankle, foot = (
            JOINT[f"{side}_{part}"]
            for part in ("shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "foot")
        )
        rotations[JOINT[f"{side}_collar"]] = _turn_z(sign * COLLAR_LIFT)
        # The elbow bends forwards: its hinge, seen from the front of a T-pose, is vertical.
        upper, lower = centres[elbow] - centres[shoulder], centres[wrist] - centres[elbow]
        hinge, vertical = np.cross(upper, lower), np.array([0.0, -sign, 0.0])
        rotations[shoulder] = _frame(DIRECTIONS[elbow], vertical) @ _frame(upper, hinge).T
        rotations[elbow] = _frame(DIRECTIONS[wrist], vertical) @ _frame(lower, hinge).T
        # Palm down: the row of knuckles is level.
        knuckles = [vertices[cube(f"{side[0]}-finger-{finger}-1")].mean(0) for finger in (2, 5)]
        along, row = centres[hand] - centres[wrist], knuckles[0] - knuckles[1]
        level = np.array([0.0, 0.0, 1.0])
        rotations[wrist] = _frame(DIRECTIONS[hand], level) @ _frame(along, row).T
        rotations[hand] = rotations[wrist]
        for parent, child in ((hip, knee), (knee, ankle)):
            bone = centres[child] - centres[parent]
            rotations[parent] = rotation_between(bone / np.linalg.norm(bone), DIRECTIONS[child])
        # The foot turns only about the vertical, so that the sole stays level.
        heading = [v * [1, 0, 1] for v in (centres[foot] - centres[ankle], DIRECTIONS[foot])]
        rotations[ankle] = rotation_between(*(v / np.linalg.norm(v) for v in heading))
        rotations[foot] = rotations[ankle]
    return rotations


def _chain(centres: np.ndarray, rotations: np.ndarray) -> np.ndarray:
    """Joint centres after turning every bone by its global rotation, pelvis in place."""
    turned = centres.copy()
    for joint in range(1, 24):
        parent = PARENTS[joint]
        turned[joint] = turned[parent] + rotations[parent] @ (centres[joint] - centres[parent])
    return turned


def _lean(rotations: np.ndarray, angle: float) -> np.ndarray:
    """The trunk leaned back by angle over its three joints; the head keeps looking ahead."""
    leaned = rotations.copy()
    shares = {"spine1": 1 / 3, "spine2": 2 / 3, "spine3": 1.0, "neck": 0.5}
    for name, share in {**shares, "left_collar": 1.0, "right_collar": 1.0}.items():
        leaned[JOINT[name]] = _turn_x(-angle * share) @ rotations[JOINT[name]]
    return leaned


@dataclass(frozen=True)
class Rest:
    """A MakeHuman human on the way to the rest: where joints were, how they turned, where to."""

    before: np.ndarray  # (24, 3) joint centres in MakeHuman's pose
    rotations: np.ndarray  # (24, 3, 3) MakeHuman's pose -> rest
    after: np.ndarray  # (24, 3) joint centres in the rest, anatomical

    def carry(self, points: np.ndarray, joint: int) -> np.ndarray:
        """(..., 3) points rigid with a joint, from MakeHuman's pose to the rest."""
        return (points - self.before[joint]) @ self.rotations[joint].T + self.after[joint]

    def unpose(self, vertices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Rest vertices (V, 3) that skinning with weights (V, 24) turns into vertices (V, 3)."""
        back = np.swapaxes(self.rotations, 1, 2)
        shift = self.before - np.einsum("jab,jb->ja", back, self.after)
        linear = np.einsum("vj,jab->vab", weights, back)
        return np.linalg.solve(linear, (vertices - weights @ shift)[..., None])[..., 0]


def to_rest(vertices: np.ndarray) -> Rest:
    """Find the turns that bring MakeHuman vertices (N, 3) to the project's rest."""
    before = joint_centres(vertices)
    limbs = _limb_rotations(before, vertices)
    hip, shoulder = JOINT["left_hip"], JOINT["left_shoulder"]
    wanted = REST[shoulder] - REST[hip]
    lean = 0.0
    # REST stands with its shoulders behind its hips, MakeHuman with them in front. Every step
    # removes all but a few percent of what is left.
    for _ in range(8):
        after = _chain(before, rotations := _lean(limbs, lean))
        trunk = after[shoulder] - after[hip]
        lean += np.arctan2(trunk[2], trunk[1]) - np.arctan2(wanted[2], wanted[1])
    return Rest(before, rotations, after)


def _paths() -> np.ndarray:
    """(24, 3, 26): joints from 24 bone lengths, left and right alike, and the pelvis' y and z."""
    paths = np.zeros((24, 3, 26))
    paths[:, 1, 24] = paths[:, 2, 25] = 1.0
    for joint in range(24):
        ancestor = joint
        while ancestor:
            paths[joint, :, min(ancestor, MIRROR[ancestor])] += DIRECTIONS[ancestor]
            ancestor = PARENTS[ancestor]
    return paths


PATHS = _paths()

# How closely joints keep to their centres. Limb joints must; the spine's and collars' pivots are
# a convention of SMPL's, so those bones keep SMPL's proportions instead.
TRUST = np.zeros(24)
TRUST[LIMBS] = 100.0
TRUST[[JOINT[name] for name in ("neck", "head", "left_foot", "right_foot")]] = 3.0
PROPORTIONS = 0.5


def rest_joints(after: np.ndarray) -> np.ndarray:
    """Joints (24, 3) that have exactly REST's directions and lie nearest to the centres (24, 3)."""
    hip, shoulder = JOINT["left_hip"], JOINT["left_shoulder"]
    scale = np.linalg.norm(after[shoulder] - after[hip]) / np.linalg.norm(
        REST[shoulder] - REST[hip]
    )
    system = np.concatenate(
        [(PATHS * TRUST[:, None, None]).reshape(72, 26), PROPORTIONS * np.eye(24, 26)]
    )
    wanted = np.concatenate([(after * TRUST[:, None]).ravel(), PROPORTIONS * scale * LENGTHS])
    return PATHS @ np.linalg.lstsq(system, wanted, rcond=None)[0]


def along_bones(joints: np.ndarray) -> np.ndarray:
    """Joints (24, 3), or their change, nearest to the given ones with bones along REST's."""
    return PATHS @ np.linalg.lstsq(PATHS.reshape(72, 26), joints.ravel(), rcond=None)[0]


assert set(CENTRES) == {name for name in JOINTS if not name.startswith("right")}
