"""Which bones of a rig stand for which parts of the body: a preset, or what the user chose."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...backend.errors import OneTakeError
from .slots import SLOT, SLOTS

# "mixamorig1:Hips", "Armature|Hips", "mixamorig_Hips": what importers put before a bone's name.
_PREFIX = re.compile(r"^(?:.*[:|]|mixamorig\d*_)")

Value = bool | int | float


@dataclass(frozen=True)
class BoneMap:
    """Bones for each slot, and custom properties (IK switches and the like) to be set with them."""

    bones: Mapping[str, tuple[str, ...]]
    properties: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    description: str = ""

    @classmethod
    def from_dict(cls, data: object) -> "BoneMap":
        """Read what `to_dict` wrote; ValueError with a sentence's end where it is none."""
        if not isinstance(data, dict) or not isinstance(data.get("bones"), dict):
            raise ValueError("it has no table of bones")
        bones = {}
        for slot, names in data["bones"].items():
            names = [names] if isinstance(names, str) else names
            if slot not in SLOT:
                raise ValueError(f"there is no part of the body called {slot}")
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                raise ValueError(f"the bones of {slot} are no names")
            bones[slot] = tuple(name for name in names if name)
        properties = data.get("properties", {})
        if not isinstance(properties, dict) or not all(
            isinstance(values, dict) and all(isinstance(v, Value) for v in values.values())
            for values in properties.values()
        ):
            raise ValueError("its properties are no numbers")
        return cls(_in_order(bones), properties, str(data.get("description", "")))

    def to_dict(self) -> dict:
        """As JSON takes it: single bones as a name, several as a list."""
        data = {
            "description": self.description,
            "bones": {
                slot: names[0] if len(names) == 1 else list(names)
                for slot, names in self.bones.items()
            },
        }
        if self.properties:
            data["properties"] = {bone: dict(values) for bone, values in self.properties.items()}
        return data

    @classmethod
    def load(cls, path: str | Path) -> "BoneMap":
        """Read a preset; OneTakeError bad_preset with a sentence where it is none."""
        name = Path(path).name
        try:
            return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
        except OSError as error:
            raise OneTakeError(
                "bad_preset", f"{name} cannot be read: {error.strerror}; choose another preset."
            ) from error
        except ValueError as error:
            raise OneTakeError("bad_preset", f"{name} is no retarget preset: {error}.") from error

    def on(self, rig: Iterable[str]) -> "BoneMap":
        """The same with the names as the rig has them, without the bones that it has not."""
        exact = set(rig)
        bare = {_PREFIX.sub("", name).lower(): name for name in sorted(exact, reverse=True)}

        def find(name):
            return name if name in exact else bare.get(_PREFIX.sub("", name).lower())

        bones = {slot: tuple(filter(None, map(find, names))) for slot, names in self.bones.items()}
        properties = {find(bone): values for bone, values in self.properties.items() if find(bone)}
        return BoneMap(
            {slot: names for slot, names in bones.items() if names}, properties, self.description
        )

    @property
    def missing(self) -> list[str]:
        """Labels of the parts without which there is no retarget."""
        return [slot.label for slot in SLOTS if slot.required and not self.bones.get(slot.name)]

    def require_complete(self) -> None:
        """OneTakeError unmapped where a bone is missing that must be there, or is there twice."""
        if self.missing:
            raise OneTakeError("unmapped", f"Choose the bones for: {', '.join(self.missing)}.")
        names = [name for names in self.bones.values() for name in names]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise OneTakeError("unmapped", f"Chosen more than once: {', '.join(twice)}.")


def _in_order(bones: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {slot.name: bones[slot.name] for slot in SLOTS if bones.get(slot.name)}
