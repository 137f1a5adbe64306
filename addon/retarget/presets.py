"""Bone maps as files: those that came with the add-on, and the user's own beside Blender's."""

import json
from contextlib import suppress
from pathlib import Path

import bpy

from ...backend.errors import OneTakeError
from .bone_map import BoneMap
from .names import match_names
from .slots import GUIDES

SHIPPED = Path(__file__).resolve().parents[2] / "presets" / "retarget"

# Where Blender keeps the presets that users save, under their scripts folder.
_FOLDER = Path("presets") / "onetake" / "retarget"


def rig_presets() -> list[Path]:
    """Every preset's file, the user's own last."""
    path = bpy.utils.user_resource("SCRIPTS", path=str(_FOLDER))
    own = sorted(Path(path).glob("*.json")) if path and Path(path).is_dir() else []
    return sorted(SHIPPED.glob("*.json")) + own


def read_rig_preset(name: str | Path) -> BoneMap:
    """A preset by its name ("mixamo") or file; OneTakeError bad_preset where there is none."""
    if isinstance(name, Path) or Path(name).suffix == ".json":
        return BoneMap.load(name)
    for path in reversed(rig_presets()):
        if path.stem == name:
            return BoneMap.load(path)
    raise OneTakeError("bad_preset", f"There is no retarget preset called {name}.")


def save_rig_preset(name: str, bone_map: BoneMap) -> Path:
    """Keep a bone map as the user's own preset; OneTakeError where that cannot be."""
    path = _path(name)
    if (SHIPPED / path.name).exists():
        raise OneTakeError("bad_preset", f"{name} is a preset of OneTake: choose another name.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(bone_map.to_dict(), indent=2) + "\n"
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OneTakeError(
            "bad_preset",
            f"The preset could not be written: {error.strerror}; make room or choose another name.",
        ) from error
    return path


def remove_rig_preset(name: str) -> None:
    """Delete a preset of the user's own; OneTakeError where there is none of that name."""
    path = _path(name)
    try:
        path.unlink()
    except OSError as error:
        raise OneTakeError(
            "bad_preset", f"{name} is no preset of your own: only those can be removed."
        ) from error
    with suppress(OSError):  # folders that are empty now were ours
        path.parent.rmdir()
        path.parents[1].rmdir()


def guess(armature: bpy.types.Object) -> tuple[str, BoneMap]:
    """The preset that knows most of a rig, and its map; "" where only names were matched."""
    names = [bone.name for bone in armature.data.bones]
    best = ("", match_names(armature))
    most = 0 if best[1].missing else _known(best[1]) - 2
    for path in rig_presets():
        try:
            bone_map = BoneMap.load(path)
        except OneTakeError:
            continue  # a broken file of the user's own says so when it is chosen
        here = bone_map.on(names)
        # Exact names tell siblings apart, such as a metarig from what was generated from it.
        known = _known(here) + 0.5 * (_known(here) == _known(bone_map))
        if not here.missing and known > most:
            best, most = (path.stem, here), known
    return best


def _known(bone_map: BoneMap) -> int:
    return sum(len(names) for slot, names in bone_map.bones.items() if slot not in GUIDES)


def _path(name: str) -> Path:
    stem = bpy.path.clean_name(name.strip()).strip("_.").lower()
    if not stem:
        raise OneTakeError("bad_preset", "Give the preset a name first.")
    return Path(bpy.utils.user_resource("SCRIPTS", path=str(_FOLDER))) / f"{stem}.json"
