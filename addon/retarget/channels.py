"""Turns and places of a rig's bones as values of their own channels, in their own rotation mode."""

import numpy as np

from ...backend.motion.rotations import (
    continuous_quaternions,
    matrix_to_quaternion,
)
from .attachment import Attachment
from .rig import Rig
from .slots import IK_FOLLOWS, POLES
from .transfer import RetargetSettings, RigMotion

_PATHS = {"QUATERNION": ("rotation_quaternion", 4), "AXIS_ANGLE": ("rotation_axis_angle", 4)}


def placed(rig: Rig, settings: RetargetSettings) -> tuple[int, ...]:
    """The rows whose location is keyed, from the root on."""
    slots = ["root"] * settings.root_motion + ["pelvis", *IK_FOLLOWS, *POLES]
    slots = [slot for slot in slots if not slot.startswith("toes_ik")]
    return tuple(row for slot in slots if (row := rig.index(slot)) is not None)


def basis(
    rig: Rig, motion: RigMotion, held: Attachment, settings: RetargetSettings
) -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
    """Rotations (T, 3, 3) and locations (T, 3) of each row, relative to what carries its bone."""
    axes = rig.axes
    turns = axes.T @ motion.turns @ axes
    heads = rig.to_armature(motion.heads)
    rest = axes.T @ rig.rest
    rest_heads = rig.to_armature(rig.heads)
    rotations, locations = {}, {}
    moved = placed(rig, settings)
    for row, (slot, _) in enumerate(rig.slots):
        carrier = held.carriers[row]
        turn = np.eye(3) if carrier is None else turns[:, carrier]
        frame = held.frames[row]
        if slot != "root" and slot not in POLES:
            own = turn @ frame[:3, :3]
            rotations[row] = np.swapaxes(own, -1, -2) @ turns[:, row] @ rest[row]
        if row in moved:
            home = frame[:3, 3]
            if carrier is not None:
                offset = home - rest_heads[carrier]
                home = heads[:, carrier] + turn @ offset
            way = np.linalg.inv(turn @ held.shifts[row])
            locations[row] = np.einsum("...ab,...b->...a", way, heads[:, row] - home)
    return rotations, locations


def rotation_channel(mode: str) -> str:
    """The property that a bone of this rotation mode turns by."""
    return _PATHS.get(mode, ("rotation_euler", 3))[0]


def rotation_values(rotations: np.ndarray, mode: str) -> np.ndarray:
    """(T, 3, 3) -> (T, 4) or (T, 3) values of `rotation_channel`, without jumps between frames."""
    if mode == "QUATERNION":
        return continuous_quaternions(matrix_to_quaternion(rotations))
    if mode == "AXIS_ANGLE":
        return _axis_angles(rotations)
    return _eulers(rotations, mode)


def _axis_angles(rotations: np.ndarray) -> np.ndarray:
    """(T, 4) angle first; the axis stays on its side, the angle goes on beyond half a turn."""
    quaternions = continuous_quaternions(matrix_to_quaternion(rotations))
    sine = np.linalg.norm(quaternions[:, 1:], axis=-1, keepdims=True)
    axis = np.where(sine > 1e-9, quaternions[:, 1:] / np.maximum(sine, 1e-9), [0.0, 1.0, 0.0])
    return np.concatenate([2 * np.arctan2(sine, quaternions[:, :1]), axis], axis=-1)


def _eulers(rotations: np.ndarray, order: str) -> np.ndarray:
    """(T, 3) x, y, z in Blender's order ("XYZ": about x first), without jumps between frames.

    Shoemake, Euler Angle Conversion, Graphics Gems IV. Each rotation has two triples: the one
    nearer to the frame before is taken.
    """
    i, j, k = ("XYZ".index(axis) for axis in order)
    odd = -1.0 if (j - i) % 3 == 2 else 1.0
    m = rotations
    level = np.hypot(m[:, i, i], m[:, j, i])
    locked = level < 1e-6
    first = np.where(
        locked,
        np.arctan2(-m[:, j, k], m[:, j, j]),
        np.arctan2(m[:, k, j], m[:, k, k]),
    )
    second = np.arctan2(-m[:, k, i], level)
    third = np.where(locked, 0.0, np.arctan2(m[:, j, i], m[:, i, i]))
    one = odd * np.stack([first, second, third], axis=-1)
    # In the odd orders all angles change their sign, and with them the middle one's half turn.
    other = one * [1.0, -1.0, 1.0] + np.pi
    chosen = np.empty_like(one)
    before = np.zeros(3)
    for frame, pair in enumerate(np.stack([one, other], axis=1)):
        pair = pair - 2 * np.pi * np.round((pair - before) / (2 * np.pi))
        before = chosen[frame] = pair[np.argmin(np.abs(pair - before).sum(axis=-1))]
    values = np.empty_like(chosen)
    values[:, [i, j, k]] = chosen
    return values
