"""Any humanoid skeleton with its motion, and its transfer onto ours."""

from dataclasses import dataclass

import numpy as np

from ...errors import OneTakeError
from ...motion.rotations import (
    matrix_to_axis_angle,
    matrix_to_quaternion,
    quaternion_to_matrix,
    rotation_between,
)
from ...motion.skeleton import JOINT, PARENTS, REST
from .joint_names import Sources, match
from .sequence import Motion, slerp
from .source import finished

# The bone whose direction at rest each joint is aligned by; the torso keeps its own frame, since
# spines, necks and collars start wherever a rig's maker put them.
_BONE = {
    f"{side}_{a}": f"{side}_{b}"
    for side in ("left", "right")
    for a, b in (
        ("hip", "knee"), ("knee", "ankle"), ("ankle", "foot"), ("shoulder", "elbow"),
        ("elbow", "wrist"),
    )
}  # fmt: skip
_LIMBS = ("hip", "knee", "ankle", "foot", "shoulder", "elbow", "wrist", "hand")
_UP = np.array([0.0, 1.0, 0.0])
_FLAT_FOOT = 0.85  # sine of a foot's slope at rest past which it does not stand flat


@dataclass(frozen=True)
class Capture:
    """J joints over T frames; any unit of length; world axes as in the file."""

    names: tuple[str, ...]
    parents: np.ndarray  # (J,), -1 for roots
    rest: np.ndarray  # (J, 3) joints at rest
    rotations: np.ndarray  # (T, J, 3, 3) from rest to the world
    positions: np.ndarray  # (T, J, 3) joints in the world
    fps: float


def to_motion(capture: Capture, key: str, name: str) -> Motion:
    """The capture on our skeleton: global rotations through both rests, scaled by leg length.

    name: of the file, for the user. Raises OneTakeError when the skeleton is no person we know.
    """
    sources = match(capture.names, capture.parents)
    missing = [
        joint for side in ("left", "right") for part in ("hip", "knee", "ankle", "shoulder")
        if (joint := f"{side}_{part}") not in sources
    ]  # fmt: skip
    if missing:
        raise OneTakeError(
            "unknown_skeleton",
            f"{name} has no joint that OneTake knows as {missing[0].replace('_', ' ')}.",
        )
    place = {joint: source[0][0] for joint, source in sources.items()}
    rest, rotations, positions = _y_up(capture, place)
    if "pelvis" not in sources:
        sources["pelvis"] = ((int(_top(capture.parents, place["left_hip"])), 1.0),)
    aligned = _alignments({joint: rest[index] for joint, index in place.items()})
    legs = _legs(rest, place)
    if not (legs > 0 and np.isfinite(aligned).all()):
        raise OneTakeError("bad_motion", f"{name} has a skeleton without size.")
    world = _world_rotations(sources, aligned, rotations)
    local = np.swapaxes(world[:, PARENTS], -1, -2) @ world
    local[:, 0] = world[:, 0]
    hips = positions[:, [place["left_hip"], place["right_hip"]]].mean(axis=1)
    down = REST[[JOINT["left_hip"], JOINT["right_hip"]]].mean(axis=0) - REST[0]
    trans = hips * (_legs(REST, JOINT) / legs) - world[:, 0] @ down
    return finished(key, name, capture.fps, matrix_to_axis_angle(local), trans)


def _top(parents, joint):
    while parents[joint] >= 0:
        joint = parents[joint]
    return joint


def _legs(joints, index):
    """Mean length of both legs."""
    chains = [[index[f"{side}_{part}"] for part in ("hip", "knee", "ankle")]
              for side in ("left", "right")]  # fmt: skip
    return sum(
        np.linalg.norm(np.diff(joints[chain], axis=0), axis=-1).sum() for chain in chains
    ) / len(chains)


def _y_up(capture, place):
    """rest, rotations and positions with y up: which way is up shows in the rest's body."""
    rest, rotations, positions = capture.rest, capture.rotations, capture.positions
    body = rest[place["left_shoulder"]] + rest[place["right_shoulder"]]
    body = body - rest[place["left_ankle"]] - rest[place["right_ankle"]]
    if abs(body[2]) <= abs(body[1]):
        return rest, rotations, positions
    turn = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
    return rest @ turn.T, turn @ rotations @ turn.T, positions @ turn.T


def _torso_frame(place: dict[str, np.ndarray]) -> np.ndarray:
    """(3, 3) columns: the body's left, up and front, of joints at rest; nan of no body."""
    hips = place["left_hip"] + place["right_hip"]
    up = place["left_shoulder"] + place["right_shoulder"] - hips
    left = place["left_hip"] - place["right_hip"]
    with np.errstate(invalid="ignore", divide="ignore"):
        up = up / np.linalg.norm(up)
        left = left - up * (left @ up)
        left = left / np.linalg.norm(left)
    return np.stack([left, up, np.cross(left, up)], axis=1)


def _alignments(place: dict[str, np.ndarray]) -> np.ndarray:
    """(24, 3, 3) rotations from our rest to another, joint by joint; place: its joints (3,)."""
    ours = {joint: REST[index] for joint, index in JOINT.items()}
    torso = _torso_frame(place) @ _torso_frame(ours).T
    aligned = np.broadcast_to(torso, (24, 3, 3)).copy()
    for joint, index in JOINT.items():
        if joint.split("_")[-1] not in _LIMBS:
            continue
        parent = PARENTS[index]
        # Start from the parent: what the limb's upper part had to twist, the lower has to too.
        start = torso if joint.split("_")[-1] in ("hip", "ankle", "shoulder") else aligned[parent]
        end = _BONE.get(joint)
        if end is None or end not in place:
            aligned[index] = start
            continue
        have = start @ (ours[end] - ours[joint])
        want = place[end] - place[joint]
        if joint.endswith("ankle") and abs(want @ _UP) < _FLAT_FOOT * np.linalg.norm(want):
            # Feet that stand flat at rest are flat for us too, however high a rig's ankle is.
            have, want = have - _UP * (have @ _UP), want - _UP * (want @ _UP)
        aligned[index] = rotation_between(_unit(have), _unit(want)) @ start
    return aligned


def _unit(vector):
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else _UP


def _world_rotations(sources: Sources, aligned: np.ndarray, rotations: np.ndarray) -> np.ndarray:
    """(T, 24, 3, 3) world rotations of our joints."""
    world = np.empty((len(rotations), 24, 3, 3))
    for joint, index in JOINT.items():
        if joint not in sources:
            # The joint keeps its place in its parent.
            world[:, index] = world[:, PARENTS[index]]
            continue
        (first, _), *rest = sources[joint]
        turn = rotations[:, first]
        for other, share in rest:
            a, b = matrix_to_quaternion(turn), matrix_to_quaternion(rotations[:, other])
            turn = quaternion_to_matrix(slerp(a, b, share))
        world[:, index] = turn @ aligned[index]
    return world
