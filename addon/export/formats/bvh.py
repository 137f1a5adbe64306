"""Biovision hierarchy: the skeleton of offsets, then a line of channels a frame."""

from pathlib import Path

import bpy
import numpy as np

from ....backend.export_preset import ExportPreset
from ...scene.character import Character
from ..rig import Motion, Rig

# Outermost turn first, as in files of MotionBuilder and the CMU archive.
_ROTATIONS = "Zrotation Xrotation Yrotation"


def write(
    _context: bpy.types.Context,
    _character: Character,
    motion: Motion,
    preset: ExportPreset,
    path: Path,
) -> None:
    """The motion alone; a joint's frame is the file's own axes, as the format has no others."""
    rig = Rig.of(motion, preset)
    deform = rig.deform()
    turns, places = deform[..., :3, :3], (deform @ rig.rest)[..., :3, 3]
    columns = []
    for bone in _in_file(rig, -1):
        parent = rig.parents[bone]
        local = turns[:, bone]
        if parent >= 0:
            local = np.swapaxes(turns[:, parent], 1, 2) @ local
        else:
            columns.append(places[:, bone])
        columns.append(np.degrees(_zxy(local)))
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        print("HIERARCHY", file=stream)
        for root in _children(rig, -1):
            print("\n".join(_joint(rig, root)), file=stream)
        print(f"MOTION\nFrames: {len(rig)}\nFrame Time: {1 / motion.rate:.9f}", file=stream)
        np.savetxt(stream, np.concatenate(columns, axis=1), "%.6f")


def _children(rig: Rig, bone: int) -> list[int]:
    return [child for child, parent in enumerate(rig.parents) if parent == bone]


def _in_file(rig: Rig, bone: int) -> list[int]:
    """All below a bone (-1: all there are) in the order of the hierarchy's lines."""
    found = []
    for child in _children(rig, bone):
        found += [child, *_in_file(rig, child)]
    return found


def _joint(rig: Rig, bone: int) -> list[str]:
    """The lines of one joint and all below it."""
    parent = rig.parents[bone]
    root = parent < 0
    offset = np.zeros(3) if root else rig.rest[bone, :3, 3] - rig.rest[parent, :3, 3]
    channels = f"6 Xposition Yposition Zposition {_ROTATIONS}" if root else f"3 {_ROTATIONS}"
    lines = [
        f"{'ROOT' if root else 'JOINT'} {rig.names[bone]}",
        "{",
        f"  OFFSET {_numbers(offset)}",
        f"  CHANNELS {channels}",
    ]
    children = _children(rig, bone)
    for child in children:
        lines += _joint(rig, child)
    if not children:
        end = rig.rest[bone, :3, 1] * rig.lengths[bone]
        lines += ["  End Site", "  {", f"    OFFSET {_numbers(end)}", "  }"]
    lines.append("}")
    return lines if root else [f"  {line}" for line in lines]


def _numbers(values: np.ndarray) -> str:
    return " ".join(f"{value:.6f}" for value in values)


def _zxy(matrix: np.ndarray) -> np.ndarray:
    """(T, 3, 3) = Z X Y -> (T, 3) radians about z, x and y, without jumps of a full turn."""
    x = np.arcsin(np.clip(matrix[:, 2, 1], -1, 1))
    z = np.arctan2(-matrix[:, 0, 1], matrix[:, 1, 1])
    y = np.arctan2(-matrix[:, 2, 0], matrix[:, 2, 2])
    return np.unwrap(np.stack([z, x, y], axis=1), axis=0)
