"""Rest poses brought together: how each bone must turn to stand as SMPL's rest does; numpy only.

Axes are left, up, forward. Trunk and head stand upright in every rest pose, so their bones turn not
at all; where joints lie inside a trunk differs between rigs, and is no pose. Limbs are laid on
SMPL's limbs by the smallest turn from their parent's, as if somebody raised the arms. Hands with
known knuckles also turn their palms, of which the forearm takes half. Feet keep their soles flat.
"""

from dataclasses import dataclass

import numpy as np

from ...backend.motion.rotations import axis_angle_to_matrix, rotation_between
from ...backend.motion.skeleton import JOINT
from .rig import Rig
from .slots import SIDES, SLOT

_SOLE = 0.115  # of the length from ankle to ball, see backend.motion.foot_lock
_STRAIGHT = np.cos(np.radians(70.0))  # a hand's tail that points elsewhere tells nothing
_MOST_TWIST = np.radians(120.0)  # beyond it knuckles are in another order than was thought

# Limbs in the order from the trunk outwards: slot, where it ends in the rig and in SMPL.
_LIMBS = (
    ("upper_arm", "forearm", "elbow"),
    ("forearm", "hand", "wrist"),
    ("hand", "fingers", "hand"),
    ("thigh", "shin", "knee"),
    ("shin", "foot", "ankle"),
)
_ABOVE = {"forearm": "upper_arm", "hand": "forearm", "shin": "thigh"}


@dataclass(frozen=True)
class Alignment:
    """What to turn bones by before they turn as the source's joints do, and the legs that follow.

    turns: (N, 3, 3) for each bone of the rig. rest: (24, 3) SMPL's rest joints with this rig's
    legs, soles at y = 0. sole: height of the balls over the soles. All metres, the rig scaled to
    the height of the source's hips.
    """

    rig: Rig
    turns: np.ndarray
    rest: np.ndarray
    sole: float


def align(rig: Rig, source: np.ndarray) -> Alignment:
    """Bring a rig's rest to the source's, (24, 3) joints over soles at y = 0; scales the rig."""
    turns: dict[str, np.ndarray] = {}
    for side, word in SIDES.items():
        for part, end, joint in _LIMBS:
            start = SLOT[f"{part}.{side}"].joint
            wanted = _unit(source[JOINT[f"{word}_{joint}"]] - source[JOINT[start]])
            above = turns.get(f"{_ABOVE.get(part)}.{side}", np.eye(3))
            along = _along(rig, f"{part}.{side}", f"{end}.{side}")
            if along is None:
                turns[f"{part}.{side}"] = above
                continue
            turns[f"{part}.{side}"] = rotation_between(above @ along, wanted) @ above
        _turn_palm(rig, turns, side)
        turns[f"forearm_twist.{side}"] = turns[f"forearm.{side}"]
        heading = source[JOINT[f"{word}_foot"]] - source[JOINT[f"{word}_ankle"]]
        level = np.array([1.0, 0.0, 1.0])
        along = _ball(rig, side, source) - rig.head(f"foot.{side}")
        sole = rotation_between(_unit(along * level), _unit(heading * level))
        turns[f"foot.{side}"] = turns[f"toes.{side}"] = sole
    rig = rig.scaled(_hip_height(source, JOINT["left_hip"]) / _own_hip_height(rig, turns))
    rest = _legs(rig, turns, source)
    ball = rest[[JOINT["left_foot"], JOINT["right_foot"]], 1].mean()
    each = [turns.get(slot, np.eye(3)) for slot, _ in rig.slots]
    return Alignment(rig, np.array(each), rest, float(max(ball, 0.0)))


def _along(rig: Rig, slot: str, end: str) -> np.ndarray | None:
    """(3,) the way from a slot's first bone to where it ends."""
    row = rig.index(slot, -1)
    if row is None:
        return None
    start = rig.head(slot)
    if end in rig.guides:
        return _unit(rig.guides[end].mean(axis=0) - start)
    if rig.index(end) is not None:
        return _unit(rig.head(end) - start)
    tail = _unit(rig.tails[row] - start)
    above = f"{_ABOVE.get(slot[:-2])}.{slot[-1]}"
    before = rig.head(above)
    # Importers let bones at ends of chains point anywhere.
    if before is None or tail @ _unit(start - before) < _STRAIGHT:
        return None
    return tail


def _turn_palm(rig: Rig, turns: dict[str, np.ndarray], side: str) -> None:
    """Let the palm look down, as it does in SMPL's rest: the index finger is in front."""
    knuckles = rig.guides.get(f"fingers.{side}")
    if knuckles is None or len(knuckles) < 2 or rig.index(f"hand.{side}") is None:
        return
    axis = turns[f"hand.{side}"] @ _unit(knuckles.mean(axis=0) - rig.head(f"hand.{side}"))
    across = turns[f"hand.{side}"] @ (knuckles[0] - knuckles[-1])
    front = np.array([0.0, 0.0, 1.0])
    angle = np.arctan2(axis @ np.cross(across, front), across @ front - (across @ axis) * axis[2])
    if abs(angle) > _MOST_TWIST:
        return
    turns[f"hand.{side}"] = axis_angle_to_matrix(axis * angle) @ turns[f"hand.{side}"]
    along = _along(rig, f"forearm.{side}", f"hand.{side}")
    axis = turns[f"forearm.{side}"] @ along
    turns[f"forearm.{side}"] = axis_angle_to_matrix(axis * angle / 2) @ turns[f"forearm.{side}"]


def _ball(rig: Rig, side: str, source: np.ndarray) -> np.ndarray:
    """(3,) the ball of a foot at rest; where there are no toes, about where it must be."""
    toes = rig.head(f"toes.{side}")
    if toes is not None:
        return toes
    ankle = rig.head(f"foot.{side}")
    word = SIDES[side]
    foot = source[JOINT[f"{word}_foot"]] - source[JOINT[f"{word}_ankle"]]
    share = ankle[1] / source[JOINT[f"{word}_ankle"], 1]
    length = share * np.hypot(foot[0], foot[2])
    forward = (rig.tails[rig.index(f"foot.{side}", -1)] - ankle) * [1.0, 0.0, 1.0]
    if np.linalg.norm(forward) < 0.3 * length:
        forward = foot * [1.0, 0.0, 1.0]
    ball = ankle + length * _unit(forward)
    ball[1] = _SOLE * np.linalg.norm([length, ankle[1]])
    return ball


def _legs(rig: Rig, turns: dict[str, np.ndarray], source: np.ndarray) -> np.ndarray:
    """(24, 3) the source's rest joints, legs as long as the rig's and where its hips are."""
    rest = np.array(source, float)
    middle = (rig.head("thigh.L") + rig.head("thigh.R")) / 2
    own = (source[JOINT["left_hip"]] + source[JOINT["right_hip"]]) / 2
    for side, word in SIDES.items():
        points = [rig.head(f"{part}.{side}") for part in ("thigh", "shin", "foot")]
        points.append(_ball(rig, side, source))
        place = own + points[0] - middle
        rest[JOINT[f"{word}_hip"]] = place
        for part, joint, a, b in zip(
            ("thigh", "shin", "foot"), ("knee", "ankle", "foot"), points[:-1], points[1:],
            strict=True,
        ):  # fmt: skip
            place = place + turns[f"{part}.{side}"] @ (b - a)
            rest[JOINT[f"{word}_{joint}"]] = place
    return rest


def _own_hip_height(rig: Rig, turns: dict[str, np.ndarray]) -> float:
    """Of the hips over the floor, with the legs laid on the source's and the soles flat."""
    heights = []
    for side in SIDES:
        hip, knee, ankle = (rig.head(f"{part}.{side}") for part in ("thigh", "shin", "foot"))
        thigh, shin = turns[f"thigh.{side}"] @ (hip - knee), turns[f"shin.{side}"] @ (knee - ankle)
        heights.append(thigh[1] + shin[1] + ankle[1])
    return float(np.mean(heights))


def _hip_height(source: np.ndarray, left_hip: int) -> float:
    return float(source[[left_hip, left_hip + 1], 1].mean())


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(np.linalg.norm(vector), 1e-9)
