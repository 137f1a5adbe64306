"""Motion carried over to an aligned rig: where its bones are and how they turn; numpy only.

Axes are left, up, forward, metres of the source: the rig is scaled to it, and its motion back.
"""

from dataclasses import asdict, dataclass

import numpy as np

from ...backend.motion.foot_contacts import FootLockSettings
from ...backend.motion.foot_lock import lock_feet
from ...backend.motion.kinematics import forward_kinematics
from ...backend.motion.leg_ik import bend
from ...backend.motion.rotations import (
    axis_angle_to_matrix,
    conjugate,
    matrix_to_quaternion,
    multiply_quaternions,
    quaternion_to_matrix,
)
from ...backend.motion.skeleton import JOINT
from .align import Alignment
from .rig import Rig
from .slots import IK_FOLLOWS, POLES, SLOT

# Joints of the source whose turns a rig's spine and neck share, however many bones they have.
_CHAINS = {"spine": ("pelvis", "spine1", "spine2", "spine3"), "neck": ("spine3", "neck")}
_BENT = 0.015  # of a limb's length that its middle lies beside the line: below, it tells no plane
# A rig of other proportions has no picture to stay on: its body gives way before its legs do.
_PLANTED = FootLockSettings(carry=True)
_ARM = ("upper_arm", "forearm", "hand")


@dataclass(frozen=True)
class RetargetSettings:
    """What is made of the motion on its way; the defaults suit most rigs."""

    plant_feet: bool = True  # feet that stand stay on the floor, whatever the proportions
    keep_hands: bool = False  # hands are as high over the floor, in lengths of the leg
    root_motion: bool = False  # the root bone carries the way over the ground

    def to_dict(self) -> dict[str, bool]:
        """As JSON takes it."""
        return asdict(self)


@dataclass(frozen=True)
class SourceMotion:
    """What the source plays: SMPL's rotations, the world as in `Take`."""

    poses: np.ndarray  # (T, 24, 3)
    trans: np.ndarray  # (T, 3)
    rest: np.ndarray  # (24, 3) joints of its shape, soles at y = 0
    contacts: np.ndarray  # (T, 4)
    timestamps: np.ndarray  # (T,)
    frames: np.ndarray  # (T,) of the scene


@dataclass(frozen=True)
class RigMotion:
    """Of each bone (T, N): how it has turned from its rest pose, and where its head is."""

    turns: np.ndarray  # (T, N, 3, 3)
    heads: np.ndarray  # (T, N, 3)


def transfer(motion: SourceMotion, alignment: Alignment, settings: RetargetSettings) -> RigMotion:
    """Carry the motion over."""
    rig, poses, trans = alignment.rig, motion.poses, motion.trans
    if settings.plant_feet:
        poses, trans = lock_feet(
            poses, trans, alignment.rest, motion.contacts, motion.timestamps, _PLANTED,
            alignment.sole,
        )  # fmt: skip
    joints, rotations = forward_kinematics(np.asarray(poses, float), alignment.rest, trans)
    turns = _turns(alignment, rotations)
    hips = joints[:, [JOINT["left_hip"], JOINT["right_hip"]]].mean(axis=1)
    heads = _heads(rig, turns, hips)
    if settings.keep_hands:
        wrists, _ = forward_kinematics(np.asarray(motion.poses, float), motion.rest, motion.trans)
        _raise_hands(rig, turns, heads, wrists, rotations)
        heads = _heads(rig, turns, hips)
    _place_controls(rig, turns, heads, settings)
    return RigMotion(turns, heads)


def _turns(alignment: Alignment, rotations: np.ndarray) -> np.ndarray:
    """(T, N, 3, 3) of every bone, from (T, 24, 3, 3) of the source's joints."""
    rig = alignment.rig
    turns = np.tile(np.eye(3), (len(rotations), len(rig.names), 1, 1))
    for row, (slot, number) in enumerate(rig.slots):
        if slot in _CHAINS:
            share = (number + 1) / sum(name == slot for name, _ in rig.slots)
            turns[:, row] = _along_chain(rotations, _CHAINS[slot], share)
        elif SLOT[slot].joint:
            turns[:, row] = rotations[:, JOINT[SLOT[slot].joint]] @ alignment.turns[row]
    for row, (slot, _) in enumerate(rig.slots):
        if slot.startswith("forearm_twist"):
            turns[:, row] = _twisted(rig, turns, row)
    return turns


def _along_chain(rotations: np.ndarray, joints: tuple[str, ...], share: float) -> np.ndarray:
    """(T, 3, 3) the rotation that far up a chain of joints."""
    place = share * (len(joints) - 1)
    below = min(int(np.floor(place + 1e-9)), len(joints) - 2)
    one, other = (matrix_to_quaternion(rotations[:, JOINT[joints[below + k]]]) for k in (0, 1))
    other = np.where(np.sum(one * other, axis=-1, keepdims=True) < 0, -other, other)
    # A few degrees lie between them: a normalised mean is a slerp.
    mixed = one + (place - below) * (other - one)
    return quaternion_to_matrix(mixed / np.linalg.norm(mixed, axis=-1, keepdims=True))


def _twisted(rig: Rig, turns: np.ndarray, row: int) -> np.ndarray:
    """(T, 3, 3) of a twist bone: the forearm's, and of the hand's twist what its place asks for."""
    side = rig.slots[row][0][-1]
    forearm, hand = rig.index(f"forearm.{side}"), rig.index(f"hand.{side}")
    if hand is None:
        return turns[:, forearm]
    along = rig.heads[hand] - rig.heads[forearm]
    share = np.clip((rig.heads[row] - rig.heads[forearm]) @ along / (along @ along), 0, 1)
    axis = along / np.linalg.norm(along)
    between = multiply_quaternions(
        conjugate(matrix_to_quaternion(turns[:, forearm])), matrix_to_quaternion(turns[:, hand])
    )
    angle = 2 * np.arctan2(between[:, 1:] @ axis, between[:, 0])
    return turns[:, forearm] @ axis_angle_to_matrix(share * angle[:, None] * axis)


def _heads(rig: Rig, turns: np.ndarray, hips: np.ndarray) -> np.ndarray:
    """(T, N, 3) heads of the bones of the body, the middle of the hips at (T, 3)."""
    heads = np.tile(rig.heads, (len(turns), 1, 1))
    rest_hips = (rig.head("thigh.L") + rig.head("thigh.R")) / 2
    order = sorted(range(len(rig.slots)), key=lambda row: _depth(rig, row))
    for row in order:
        slot, _ = rig.slots[row]
        if slot == "pelvis":
            heads[:, row] = hips + turns[:, row] @ (rig.heads[row] - rest_hips)
        elif (carrier := rig.carrier(row)) is not None:
            heads[:, row] = heads[:, carrier] + turns[:, carrier] @ (
                rig.heads[row] - rig.heads[carrier]
            )
    return heads


def _depth(rig: Rig, row: int) -> int:
    depth, carrier = 0, rig.carrier(row)
    while carrier is not None:
        depth, carrier = depth + 1, rig.carrier(carrier)
    return depth


def _raise_hands(rig, turns, heads, joints, rotations) -> None:
    """Turn arms so that wrists are as high as the source's; hands keep their own turns."""
    arms = [[rig.index(f"{part}.{side}") for part in _ARM] for side in "LR"]
    if any(row is None for arm in arms for row in arm):
        return
    upper, fore, hand = (list(rows) for rows in zip(*arms, strict=True))
    targets = heads[:, hand].copy()
    targets[..., 1] = joints[:, [JOINT["left_wrist"], JOINT["right_wrist"]], 1]
    # Elbows bend forwards: about down on the left, about up on the right.
    hinges = rotations[:, [JOINT["left_shoulder"], JOINT["right_shoulder"]]][..., 1]
    hinges = hinges * np.array([-1.0, 1.0])[None, :, None]
    change = bend(
        heads[:, upper], heads[:, fore], heads[:, hand], targets, hinges,
        np.zeros(targets.shape[:2]),
    )  # fmt: skip
    for part, turn in zip(("upper_arm", "forearm"), change, strict=True):
        for side in range(2):
            for row, (slot, _) in enumerate(rig.slots):
                if slot in (f"{part}.{'LR'[side]}", f"{part}_twist.{'LR'[side]}"):
                    turns[:, row] = turn[:, side] @ turns[:, row]


def _place_controls(rig, turns, heads, settings: RetargetSettings) -> None:
    """Root and the controls of inverse kinematics, where the body is by now."""
    for row, (slot, _) in enumerate(rig.slots):
        if slot == "root" and settings.root_motion:
            pelvis = rig.index("pelvis")
            way = heads[:, pelvis] - rig.heads[pelvis]
            heads[:, row] = rig.heads[row] + way * [1.0, 0.0, 1.0]
        elif slot in IK_FOLLOWS:
            leader = rig.index(IK_FOLLOWS[slot])
            if leader is not None:
                turns[:, row] = turns[:, leader]
                offset = rig.heads[row] - rig.heads[leader]
                heads[:, row] = heads[:, leader] + turns[:, leader] @ offset
        elif slot in POLES:
            rows = [rig.index(part) for part in POLES[slot]]
            if None not in rows:
                heads[:, row] = _pole(rig, turns, heads, row, rows)


def _pole(rig, turns, heads, row, limb) -> np.ndarray:
    """(T, 3) a point that the limb's middle points to, as the pole does in the rest pose."""
    line, across, length = _bend_of(*(heads[:, bone] for bone in limb))
    rest_line, rest_across, _ = _bend_of(*(rig.heads[bone] for bone in limb))
    away = rig.heads[row] - rig.heads[limb[1]]
    # Solvers keep the angle between the pole and the plane in which the limb is bent at rest.
    angle = np.arctan2(rest_line @ np.cross(rest_across, away), rest_across @ away)
    bent = np.linalg.norm(across, axis=-1, keepdims=True)
    plane = np.cos(angle) * across + np.sin(angle) * np.cross(line, across)
    # A straight limb is in no plane: its bones' own turns go on.
    own = turns[:, limb[0]] @ away
    own = own - line * np.sum(own * line, axis=-1, keepdims=True)
    trust = np.clip(bent / (_BENT * length[..., None]), 0, 1)
    way = trust * _unit(plane) + (1 - trust) * _unit(own)
    return heads[:, limb[1]] + np.linalg.norm(away) * _unit(way)


def _bend_of(start, middle, end):
    """Of a limb: the unit line from end to end, how its middle lies beside it, its length."""
    line = _unit(end - start)
    across = middle - start
    across = across - line * np.sum(across * line, axis=-1, keepdims=True)
    length = np.linalg.norm(middle - start, axis=-1) + np.linalg.norm(end - middle, axis=-1)
    return line, across, length


def _unit(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
