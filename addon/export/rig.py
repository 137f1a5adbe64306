"""A character's motion on the skeleton that an export preset asks for; numpy only.

The file's numbers: Blender's axes or y up, metres or centimetres, as the preset says.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...backend.export_preset import ExportPreset
from ...backend.motion.rotations import continuous_quaternions, matrix_to_quaternion
from ...backend.motion.skeleton import JOINT, PARENTS
from ..scene.rest_skeleton import TO_BLENDER
from .rest_pose import change_of_rest

_PELVIS = JOINT["pelvis"]
_ROOT_LENGTH = 0.2  # metres: only what one sees of it in Blender
# Frames whose matrices are worked on at once, in double precision; half an hour of them at once
# would take a gigabyte.
_BLOCK = 2048
_AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


@dataclass(frozen=True)
class Motion:
    """What a character does, T frames as the scene plays them; metres, Blender's axes."""

    name: str  # of the take
    fps: int
    fps_base: float  # frames a second are fps / fps_base
    rest: np.ndarray  # (24, 4, 4) rest matrices of the bones, standing on z = 0
    lengths: np.ndarray  # (24,) of the bones
    world: np.ndarray  # (T, 24, 4, 4) f4 the bones' rigid matrices
    floor: float  # height of the character's floor in the world

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self.fps / self.fps_base

    def deform(self, frames: slice = slice(None)) -> np.ndarray:
        """(T, 24, 4, 4) what each joint does to its part of the body at rest."""
        return self.world[frames] @ np.linalg.inv(self.rest)


@dataclass(frozen=True)
class Rig:
    """B bones, parents first, their rest and their motion, in the file's axes and units."""

    names: tuple[str, ...]
    parents: tuple[int, ...]  # -1: none
    joints: tuple[int, ...]  # the SMPL joint that carries each; -1: the root on the floor
    rest: np.ndarray  # (B, 4, 4)
    lengths: np.ndarray  # (B,)
    change: np.ndarray  # (24, 4, 4) from the body's rest to this one; metres, Blender's axes
    axes: np.ndarray  # (4, 4) from Blender's axes and metres to the file's
    motion: Motion  # what it does, before all that
    in_place: bool

    @classmethod
    def of(cls, motion: Motion, preset: ExportPreset) -> "Rig":
        """The skeleton and motion that `preset` asks for."""
        change = change_of_rest(motion.rest[:, :3, 3], preset.rest)
        rest = change @ motion.rest
        bones = list(_bones(preset))
        names = [name for name, _, _, _ in bones]
        joints = [joint for _, joint, _, _ in bones]
        matrices, lengths = [], []
        for name, joint, _, after in bones:
            matrix = rest[joint].copy() if joint >= 0 else np.eye(4)
            length = motion.lengths[joint] if joint >= 0 else _ROOT_LENGTH
            if joint < 0:
                matrix[:3, :3] = TO_BLENDER if preset.up == "y" else np.eye(3)
            if after is not None:
                matrix[:3, 3] = (rest[joint] + rest[after])[:3, 3] / 2
                length = length / 2
            if name in preset.bone_axes:
                matrix[:3, :3] = TO_BLENDER @ _matrix_of(preset.bone_axes[name])
            matrices.append(matrix)
            lengths.append(length)
        axes = np.diag([preset.per_metre] * 3 + [1.0])
        if preset.up == "y":
            axes[:3, :3] = axes[:3, :3] @ TO_BLENDER.T
        turn = axes / np.array([preset.per_metre] * 3 + [1.0])[:, None]
        # Positions in the file's unit, rotations without scale.
        matrices = np.array(matrices)
        placed = turn @ matrices
        placed[:, :3, 3] *= preset.per_metre
        return cls(
            names=tuple(names),
            parents=tuple(names.index(parent) if parent else -1 for _, _, parent, _ in bones),
            joints=tuple(joints),
            rest=placed,
            lengths=np.array(lengths) * preset.per_metre,
            change=change,
            axes=axes,
            motion=motion,
            in_place=preset.in_place,
        )

    def __len__(self) -> int:
        """Frames."""
        return len(self.motion.world)

    def deform(self) -> np.ndarray:
        """(T, B, 4, 4) f4 what each bone does to what it carries at rest."""
        whole = np.empty((len(self), len(self.names), 4, 4), np.float32)
        for frames in self._blocks():
            whole[frames] = self._deform(frames)
        return whole

    def poses(self) -> np.ndarray:
        """(T, B, 4, 4) the bones' matrices."""
        return self.deform() @ self.rest

    def channels(self, rest: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Location (T, B, 3) and rotation (T, B, 4, w first) of each bone as Blender keys them.

        rest: the bones' rest matrices where they differ by rounding.
        """
        rest = self.rest if rest is None else rest
        locations = np.empty((len(self), len(self.names), 3), np.float32)
        rotations = np.empty((len(self), len(self.names), 4), np.float32)
        for frames in self._blocks():
            deform = self._deform(frames)
            for bone, parent in enumerate(self.parents):
                moved = deform[:, bone]
                if parent >= 0:
                    moved = np.linalg.inv(deform[:, parent]) @ moved
                local = np.linalg.inv(rest[bone]) @ moved @ rest[bone]
                locations[frames, bone] = local[:, :3, 3]
                rotations[frames, bone] = matrix_to_quaternion(local[:, :3, :3])
        for bone in range(len(self.names)):
            rotations[:, bone] = continuous_quaternions(rotations[:, bone])
        return locations, rotations

    def _blocks(self) -> Iterator[slice]:
        yield from (slice(start, start + _BLOCK) for start in range(0, len(self), _BLOCK))

    def _deform(self, frames: slice) -> np.ndarray:
        """`deform` of some frames, f8."""
        motion = self.motion
        deform = motion.deform(frames) @ np.linalg.inv(self.change)
        ground = motion.world[frames, _PELVIS, :2, 3]
        root = np.tile(np.eye(4), (len(deform), 1, 1))
        root[:, 2, 3] = motion.floor
        if self.in_place:
            deform[:, :, :2, 3] -= ground[:, None]
        else:
            root[:, :2, 3] = ground
        carried = [deform[:, joint] if joint >= 0 else root for joint in self.joints]
        return self.axes @ np.stack(carried, axis=1) @ np.linalg.inv(self.axes)


def _bones(preset: ExportPreset) -> Iterator[tuple[str, int, str, int | None]]:
    """Name, joint, parent's name and, for a bone halfway to another joint, that joint."""
    names = preset.joint_names
    halfway = {
        JOINT[after]: (name, JOINT[joint]) for name, (joint, after) in preset.between.items()
    }
    if preset.root:
        yield preset.root, -1, "", None
    for joint, name in enumerate(names):
        parent = names[PARENTS[joint]] if PARENTS[joint] >= 0 else preset.root
        if joint in halfway:
            between, carrier = halfway[joint]
            yield between, carrier, parent, joint
            parent = between
        yield name, joint, parent, None


def _matrix_of(axes: str) -> np.ndarray:
    """ "+x -y" -> (3, 3) with the bone's x, y and z axes as its columns."""
    signs = {"+": 1.0, "-": -1.0}
    x, y = (signs[axis[0]] * np.array(_AXES[axis[1]]) for axis in axes.split())
    return np.stack([x, y, np.cross(x, y)], axis=1)
