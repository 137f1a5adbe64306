"""The skeleton that motion goes to, as numbers: its rest pose, the way it stands, its floor."""

from dataclasses import dataclass

import bpy
import numpy as np

from ...backend.errors import OneTakeError
from .bone_map import BoneMap
from .slots import CARRIERS, GUIDES

_SQUARE = np.cos(np.radians(12.0))  # hips that lie this near to an axis are meant to lie on it
# What floors may lie below the balls of the feet, in lengths of the leg; else they are elsewhere.
_NEAREST, _FURTHEST = -0.02, 0.13
_FOOT = 0.17  # of the leg's length is that from ankle to ball ...
_SOLE = 0.115  # ... and of a foot's length is its ball over the sole, see backend.motion.foot_lock


@dataclass(frozen=True)
class Rig:
    """Mapped bones in their rest pose, (x, y, z) = (left, up, forward), metres of a person.

    The floor is y = 0 below the armature's origin, and the hips are as high as the source's: who is
    small or modelled in centimetres is scaled up by `scale`.
    """

    slots: tuple[tuple[str, int], ...]  # of each bone: the slot and which of its bones it is
    names: tuple[str, ...]
    rest: np.ndarray  # (N, 3, 3) bone -> left, up, forward
    heads: np.ndarray  # (N, 3)
    tails: np.ndarray  # (N, 3)
    guides: dict[str, np.ndarray]  # (K, 3) heads of the bones that are only looked at
    axes: np.ndarray  # (3, 3) the armature's axes -> left, up, forward
    floor: float  # along up, in the armature's own unit
    scale: float  # of the armature's unit

    def index(self, slot: str, number: int = 0) -> int | None:
        """The row of a slot's bone (-1: its last), None where it has none."""
        rows = [row for row, (name, _) in enumerate(self.slots) if name == slot]
        return rows[number] if rows and -len(rows) <= number < len(rows) else None

    def head(self, slot: str) -> np.ndarray | None:
        """(3,) where a slot's first bone begins."""
        row = self.index(slot)
        return None if row is None else self.heads[row]

    def carrier(self, row: int) -> int | None:
        """The bone that carries this one in a body, whatever the rig's hierarchy is."""
        slot, number = self.slots[row]
        if number and slot != "forearm_twist":
            return row - 1
        last = (self.index(other, -1) for other in CARRIERS.get(slot, ()))
        return next((other for other in last if other is not None), None)

    def to_armature(self, points: np.ndarray) -> np.ndarray:
        """(..., 3) points -> the armature's own axes and unit."""
        return (points / self.scale + [0.0, self.floor, 0.0]) @ self.axes

    def scaled(self, factor: float) -> "Rig":
        """The same rig in a world that is `factor` times as large."""
        return Rig(
            self.slots, self.names, self.rest, self.heads * factor, self.tails * factor,
            {slot: points * factor for slot, points in self.guides.items()},
            self.axes, self.floor, self.scale * factor,
        )  # fmt: skip


def read_rig(armature: bpy.types.Object, bone_map: BoneMap) -> Rig:
    """Measure the mapped bones; lengths in the armature's unit still, see `Rig.scaled`.

    OneTakeError unmapped, or bad_rest where the rest pose is no standing person.
    """
    bone_map.require_complete()
    bones = armature.data.bones
    slots, names = [], []
    for slot, chosen in bone_map.bones.items():
        if slot not in GUIDES:
            slots += [(slot, number) for number in range(len(chosen))]
            names += chosen
    rest = np.array([bones[name].matrix_local for name in names])
    heads, tails = rest[:, :3, 3], np.array([bones[name].tail_local for name in names])
    first = {slot: heads[row] for row, (slot, number) in enumerate(slots) if not number}
    axes = _standing(first)
    floor = _floor(armature, first, tails, slots, axes)
    shift = np.array([0.0, floor, 0.0])
    guides = {
        slot: np.array([bones[name].head_local for name in bone_map.bones[slot]]) @ axes.T - shift
        for slot in GUIDES
        if bone_map.bones.get(slot)
    }
    # Bones of imported rigs may be scaled; only their directions count.
    turns = axes @ rest[:, :3, :3] / np.linalg.norm(rest[:, :3, :3], axis=1, keepdims=True)
    return Rig(
        tuple(slots), tuple(names), turns, heads @ axes.T - shift, tails @ axes.T - shift,
        guides, axes, floor, 1.0,
    )  # fmt: skip


def _standing(first: dict[str, np.ndarray]) -> np.ndarray:
    """(3, 3) rows left, up, forward in the armature's axes, from the way the body stands."""
    hips = (first["thigh.L"] + first["thigh.R"]) / 2
    feet = (first["foot.L"] + first["foot.R"]) / 2
    upwards = hips - feet
    across = first["thigh.L"] - first["thigh.R"]
    if np.linalg.norm(upwards) < 1e-9 or np.linalg.norm(across) < 1e-9:
        raise OneTakeError("bad_rest", "The rest pose of that armature is no standing person.")
    up = _nearest_axis(upwards)
    left = across - up * (across @ up)
    left /= np.linalg.norm(left)
    if left @ _nearest_axis(left) > _SQUARE:
        left = _nearest_axis(left)
    return np.stack([left, up, np.cross(left, up)])


def _nearest_axis(vector: np.ndarray) -> np.ndarray:
    axis = np.zeros(3)
    longest = np.argmax(np.abs(vector))
    axis[longest] = np.sign(vector[longest])
    return axis


def _floor(armature, first, tails, slots, axes) -> float:
    """Height of the floor: the armature's origin or the skin's soles where feet can stand there."""
    up = axes[1]
    leg = (first["thigh.L"] - first["foot.L"]) @ up
    balls = []
    for side in "LR":
        foot, toes = first[f"foot.{side}"], first.get(f"toes.{side}")
        tail = tails[slots.index((f"foot.{side}", 0))]
        # Feet without toes may end anywhere; a ball is below the ankle.
        balls.append(toes @ up if toes is not None else min(tail @ up, foot @ up - 0.06 * leg))
    ball = float(np.mean(balls))
    for height in (_lowest_skin(armature, up), 0.0):
        if height is not None and _NEAREST * leg <= ball - height <= _FURTHEST * leg:
            return float(height)
    return ball - _SOLE * _FOOT * leg


def _lowest_skin(armature: bpy.types.Object, up: np.ndarray) -> float | None:
    """Lowest vertex of the meshes that this armature deforms, in its own unit, at rest."""
    lowest = None
    for item in bpy.data.objects:
        if item.type != "MESH" or not item.data.vertices:
            continue
        if not any(m.type == "ARMATURE" and m.object == armature for m in item.modifiers):
            continue
        points = np.empty(3 * len(item.data.vertices), np.float32)
        item.data.vertices.foreach_get("co", points)
        to_armature = np.array(armature.matrix_world.inverted_safe() @ item.matrix_world)
        heights = points.reshape(-1, 3) @ (to_armature[:3, :3].T @ up) + to_armature[:3, 3] @ up
        lowest = min(heights.min(), lowest) if lowest is not None else heights.min()
    return lowest
