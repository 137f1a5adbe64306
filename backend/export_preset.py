"""What a file for another program looks like: presets/export/*.json, or a user's own JSON file."""

import json
import re
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Literal

from .errors import OneTakeError
from .motion.skeleton import JOINT, JOINTS, PARENTS

SHIPPED = Path(__file__).resolve().parents[1] / "presets" / "export"

# Each format with what Blender wants its files' names to end with.
FORMATS = {
    "fbx": ".fbx", "glb": ".glb", "bvh": ".bvh", "usd": ".usdc", "alembic": ".abc", "amass": ".npz",
}  # fmt: skip
RESTS = ("body", "t_pose", "a_pose")
_UNITS = {"m": 1.0, "cm": 100.0}
_AXES = re.compile(r"[+-][xyz] [+-][xyz]")


@dataclass(frozen=True)
class ExportPreset:
    """How a character is written for one program."""

    name: str  # short, for menus of programs: "unreal"
    label: str  # for people: "Unreal Engine"
    format: str  # a key of FORMATS
    suffix: str  # of the file's name, after that of the character: ".unreal.fbx"
    description: str = ""
    # Limbs as in the body's own rest, or straight with the arms level, or 45 degrees down.
    rest: Literal["body", "t_pose", "a_pose"] = "body"
    # "z": Blender's axes, facing -y. "y": facing +z, as nodes without a turn need it.
    up: Literal["z", "y"] = "z"
    unit: Literal["m", "cm"] = "m"  # of the numbers in the file, which says so itself where it can
    object_name: str = ""  # the armature's; empty: the character's
    root: str = ""  # bone on the floor that carries the way over the ground; empty: none
    in_place: bool = False  # over the origin, without its way over the ground
    bones: dict[str, str] = field(
        default_factory=dict
    )  # SMPL's joints -> names; others keep theirs
    # Bones that the target has and SMPL not: name -> the joint that carries it, the one after it.
    between: dict[str, list[str]] = field(default_factory=dict)
    # Rest axes by bone, as "x y" seen with y up, facing +z; others point along their limb.
    bone_axes: dict[str, str] = field(default_factory=dict)
    source: Path = SHIPPED  # its file

    def __post_init__(self) -> None:
        kinds = {
            "in_place": bool,
            "bones": dict,
            "between": dict,
            "bone_axes": dict,
            "source": Path,
        }
        for key in self.__dataclass_fields__:
            if not isinstance(getattr(self, key), kinds.get(key, str)):
                raise ValueError(f"{key} cannot be {getattr(self, key)!r}")
        choices = (("format", FORMATS), ("rest", RESTS), ("up", ("y", "z")), ("unit", _UNITS))
        for key, known in choices:
            if getattr(self, key) not in known:
                raise ValueError(f"{key} is one of {', '.join(known)}")
        if not self.suffix.endswith(FORMATS[self.format]) or set(self.suffix) & set("/\\:"):
            raise ValueError(f"suffix is to end with {FORMATS[self.format]}")
        for joint in [*self.bones, *chain(*self.between.values())]:
            if joint not in JOINT:
                raise ValueError(f"SMPL has no joint {joint!r}")
        for name, pair in self.between.items():
            if len(pair) != 2 or PARENTS[JOINT[pair[1]]] != JOINT[pair[0]]:
                raise ValueError(f"{name} is to lie between a joint and the next of its chain")
        names = [*self.joint_names, *self.between, *filter(None, [self.root])]
        if len(set(names)) < len(names) or not all(names):
            raise ValueError("every bone needs a name of its own")
        for name, axes in self.bone_axes.items():
            if name not in names or not _AXES.fullmatch(axes) or axes[1] == axes[4]:
                raise ValueError(f"bone_axes of {name} cannot be {axes!r}")

    @property
    def joint_names(self) -> tuple[str, ...]:
        """The names of SMPL's 24 joints in the file."""
        return tuple(self.bones.get(joint, joint) for joint in JOINTS)

    @property
    def per_metre(self) -> float:
        """Numbers in the file to a metre."""
        return _UNITS[self.unit]

    def path(self, folder: Path, stem: str) -> Path:
        """Where a character of that name goes."""
        return folder / f"{stem}{self.suffix}"

    @classmethod
    def load(cls, path: str | Path) -> "ExportPreset":
        """Read a preset; OneTakeError bad_preset with a sentence when it is not one."""
        path = Path(path)
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return cls(name=path.stem, source=path, **data)
        except OSError as error:
            reason = error.strerror
        except TypeError:
            reason = "it needs label, format and suffix, and has no keys of other names"
        except ValueError as error:
            reason = "it is no JSON file" if isinstance(error, json.JSONDecodeError) else error
        raise OneTakeError("bad_preset", f"{path.name} is no export preset: {reason}.")


def shipped() -> dict[str, ExportPreset]:
    """The presets that come with OneTake, by name."""
    return {path.stem: ExportPreset.load(path) for path in sorted(SHIPPED.glob("*.json"))}


def choose(names: str) -> list[ExportPreset]:
    """ "unreal,glb" -> presets; a name with a dot is the path of a JSON file.

    OneTakeError where there is none of that name, or two would write the same file.
    """
    known = shipped()
    chosen = []
    for name in filter(None, (part.strip() for part in names.split(","))):
        if name.endswith(".json"):
            chosen.append(ExportPreset.load(name))
        elif name in known:
            chosen.append(known[name])
        else:
            raise OneTakeError(
                "no_preset", f"There is no export preset {name!r}; choose {', '.join(known)}."
            )
    suffixes = [preset.suffix for preset in chosen]
    for preset in chosen:
        if suffixes.count(preset.suffix) > 1:
            raise OneTakeError(
                "same_name", f"Two of the export presets write {preset.suffix}: choose one of them."
            )
    return chosen
