"""Reading Biovision hierarchy files: a skeleton of offsets, then a line of channels a frame."""

from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from .capture import Capture, to_motion
from .euler import euler_to_matrix
from .sequence import Motion


def read_bvh(path: Path) -> Motion:
    """One BVH of a person; OneTakeError when it is not one."""
    try:
        capture = _parse(path.read_text(encoding="utf-8", errors="replace").splitlines())
    except (ValueError, IndexError, KeyError) as error:
        raise OneTakeError("bad_motion", f"{path.name} is not a BVH file.") from error
    return to_motion(capture, str(path), path.name)


def _parse(lines):
    names, parents, offsets, channels = [], [], [], []
    stack = []
    end = False  # inside an End Site, whose offset is no joint's
    for number, line in enumerate(lines):  # noqa: B007 - the motion starts after it
        word, _, rest = line.strip().partition(" ")
        word, rest = word.upper(), rest.strip()
        if word in ("ROOT", "JOINT"):
            parents.append(stack[-1] if stack else -1)
            names.append(rest)
            offsets.append(np.zeros(3))
            channels.append([])
        elif word == "END":
            end = True
        elif word == "{":
            stack.append(len(names) - 1)
        elif word == "}":
            stack.pop()
            end = False
        elif word == "OFFSET" and not end:
            offsets[-1] = np.array(rest.split(), float)
        elif word == "CHANNELS":
            count, *kinds = rest.split()
            channels[-1] = [kind.lower() for kind in kinds]
            if len(kinds) != int(count):
                raise ValueError("channels do not match their number")
        elif word == "MOTION":
            break
    header = [line for line in lines[number + 1 :] if line.strip()]
    frames, seconds = (float(line.split(":")[1]) for line in header[:2])
    width = sum(map(len, channels))
    values = np.array(" ".join(header[2:]).split(), float).reshape(-1, width)
    if not names or len(values) != frames or seconds <= 0:
        raise ValueError("frames do not match their number")
    return _pose(names, np.array(parents), np.array(offsets), channels, values, 1 / seconds)


def _pose(names, parents, offsets, channels, values, fps):
    """Forward kinematics of the file's own skeleton."""
    count, joints = len(values), len(names)
    rest = np.zeros((joints, 3))
    rotations = np.empty((count, joints, 3, 3))
    positions = np.empty((count, joints, 3))
    column = 0
    for index, (parent, kinds) in enumerate(zip(parents, channels, strict=True)):
        moved = np.broadcast_to(offsets[index], (count, 3)).copy()
        axes, angles = "", []
        for kind in kinds:
            value = values[:, column]
            column += 1
            if kind.endswith("position"):
                moved[:, "xyz".index(kind[0])] = value
            else:
                axes += kind[0]
                angles.append(value)
        # The channel named first is the outermost turn.
        turn = euler_to_matrix(axes, np.radians(np.array(angles).T.reshape(count, -1)))
        if parent < 0:
            rotations[:, index], positions[:, index] = turn, moved
            continue
        rest[index] = rest[parent] + offsets[index]
        rotations[:, index] = rotations[:, parent] @ turn
        positions[:, index] = positions[:, parent] + np.einsum(
            "tab,tb->ta", rotations[:, parent], moved
        )
    return Capture(tuple(names), parents, rest, rotations, positions, fps)
