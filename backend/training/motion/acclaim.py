"""Reading Acclaim's pairs, the CMU database's own format: a skeleton (.asf) and motions (.amc).

A bone turns about where its parent ends, in axes of its own: its rotation is C M C^-1 with C from
the bone's `axis` and M from the angles in the order of its `dof`, the first applied first.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from .capture import Capture, to_motion
from .euler import euler_to_matrix
from .sequence import Motion

FPS = 120.0  # the format does not say; the CMU database is recorded at 120


@dataclass(frozen=True)
class _Bone:
    name: str
    direction: np.ndarray  # (3,) from start to end at rest, times the length
    axes: np.ndarray  # (3, 3) C
    dof: tuple[str, ...]  # "rx", "tz", ... in the order of the AMC's numbers


def read_amc(path: Path) -> Motion:
    """One AMC with the ASF beside it: of its own name, of its subject's ("01" for "01_02.amc"),
    or the only one in the folder. OneTakeError when there is none or the files are damaged."""
    skeleton = _skeleton_of(path)
    try:
        bones, parents, radians = _parse_asf(skeleton.read_text(errors="replace"))
    except (ValueError, IndexError, KeyError) as error:
        raise OneTakeError("bad_motion", f"{skeleton.name} is not an ASF file.") from error
    try:
        values = _parse_amc(path.read_text(errors="replace"), bones)
    except (ValueError, IndexError, KeyError) as error:
        raise OneTakeError(
            "bad_motion", f"{path.name} is not an AMC file of {skeleton.name}."
        ) from error
    return to_motion(_pose(bones, parents, values, radians), str(path), path.name)


def _skeleton_of(path):
    beside = sorted(item for item in path.parent.iterdir() if item.suffix.lower() == ".asf")
    for stem in (path.stem, path.stem.split("_")[0]):
        named = [item for item in beside if item.stem.lower() == stem.lower()]
        if named:
            return named[0]
    if len(beside) != 1:
        raise OneTakeError(
            "no_skeleton", f"{path.name} needs the .asf file of its skeleton in the same folder."
        )
    return beside[0]


def _sections(text):
    """Lines under each ":word" of an ASF, comments left out."""
    sections, current = {}, []
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if line.startswith(":"):
            word, _, rest = line[1:].partition(" ")
            current = sections.setdefault(word.lower(), [])
            line = rest.strip()
        if line:
            current.append(line)
    return sections


def _parse_asf(text):
    sections = _sections(text)
    units = dict(line.split()[:2] for line in sections["units"])
    radians = units.get("angle", "deg").lower().startswith("rad")
    root = {line.split()[0].lower(): line.split()[1:] for line in sections["root"]}
    bones = [
        _Bone(
            "root",
            np.array(root.get("position", (0, 0, 0)), float),
            _axes(root.get("orientation", (0, 0, 0)), "".join(root.get("axis", ["XYZ"])), radians),
            tuple(item.lower() for item in root["order"]),
        )
    ]
    for lines in _blocks(sections["bonedata"]):
        entry = {line.split()[0].lower(): line.split()[1:] for line in lines}
        angles, order = entry["axis"][:3], "".join(entry["axis"][3:]) or "XYZ"
        bones.append(
            _Bone(
                entry["name"][0],
                np.array(entry["direction"], float) * float(entry["length"][0]),
                _axes(angles, order, radians),
                tuple(item.lower() for item in entry.get("dof", ())),
            )
        )
    index = {bone.name: i for i, bone in enumerate(bones)}
    parents = np.full(len(bones), -1)
    for line in sections["hierarchy"]:
        parent, *children = line.split()
        for child in children:
            parents[index[child]] = index[parent]
    if (parents[1:] < 0).any():
        raise ValueError("a bone hangs nowhere")
    return *_ordered(bones, parents), radians


def _ordered(bones, parents):
    """Parents before children."""
    order = [0]
    for index in order:
        order += np.flatnonzero(parents == index).tolist()
    if len(order) != len(bones):
        raise ValueError("the hierarchy is no tree")
    place = np.argsort(order)
    return [bones[i] for i in order], np.array([-1, *(place[parents[i]] for i in order[1:])])


def _blocks(lines):
    block = []
    for line in lines:
        if line.lower() == "begin":
            block = []
        elif line.lower() == "end":
            yield block
        else:
            block.append(line)


def _axes(angles, order, radians):
    angles = np.array(angles, float)
    return _applied(order.lower(), angles if radians else np.radians(angles))


def _applied(order, angles):
    """The letter named first is applied first: the innermost factor."""
    return euler_to_matrix(order[::-1], angles[..., ::-1])


def _parse_amc(text, bones):
    """{bone: (T, len(dof))}."""
    widths = {bone.name: len(bone.dof) for bone in bones if bone.dof}
    values = {name: [] for name in widths}
    frames = 0
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith(("#", ":")):
            continue
        if len(words) == 1 and words[0].isdigit():
            frames += 1
            continue
        name, *numbers = words
        if len(numbers) != widths[name]:
            raise ValueError(f"{name} has {len(numbers)} numbers")
        values[name].append([float(number) for number in numbers])
    if any(len(rows) != frames for rows in values.values()):
        raise ValueError("a bone is missing from a frame")
    return {name: np.array(rows, float).reshape(frames, -1) for name, rows in values.items()}


def _pose(bones, parents, values, radians):
    """Forward kinematics: each bone is a joint where it starts."""
    frames, joints = len(values["root"]), len(bones)
    ends_at_rest, ends = np.zeros((joints, 3)), np.empty((frames, joints, 3))
    rest, positions = np.zeros((joints, 3)), np.empty((frames, joints, 3))
    rotations = np.empty((frames, joints, 3, 3))
    for index, (bone, parent) in enumerate(zip(bones, parents, strict=True)):
        numbers = values.get(bone.name, np.zeros((frames, 0)))
        turns = [i for i, kind in enumerate(bone.dof) if kind[0] == "r"]
        angles = numbers[:, turns] if radians else np.radians(numbers[:, turns])
        turn = bone.axes @ _applied("".join(bone.dof[i][1] for i in turns), angles) @ bone.axes.T
        if parent < 0:
            moves = [bone.dof.index(f"t{axis}") for axis in "xyz"]
            rotations[:, index] = turn
            positions[:, index] = ends[:, index] = numbers[:, moves] + bone.direction
            continue
        rotations[:, index] = rotations[:, parent] @ turn
        rest[index], positions[:, index] = ends_at_rest[parent], ends[:, parent]
        ends_at_rest[index] = rest[index] + bone.direction
        ends[:, index] = positions[:, index] + rotations[:, index] @ bone.direction
    return Capture(tuple(bone.name for bone in bones), parents, rest, rotations, positions, FPS)
