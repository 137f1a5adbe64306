"""Smoothing presets: those that came with the add-on, and the user's own beside Blender's."""

import json
from contextlib import suppress
from pathlib import Path

import bpy

from ...backend.errors import OneTakeError
from ...backend.motion.smoothing import SmoothingSettings

SHIPPED = Path(__file__).resolve().parents[2] / "presets" / "smoothing"

# Where Blender keeps the presets that users save, under their scripts folder.
_FOLDER = Path("presets") / "onetake" / "smoothing"


def user_folder(*, create: bool = False) -> Path | None:
    """Where the user's own presets are; None where there are none and create is false."""
    path = bpy.utils.user_resource("SCRIPTS", path=str(_FOLDER), create=create)
    return Path(path) if path and Path(path).is_dir() else None


def presets() -> list[Path]:
    """Every preset's file, the user's own last."""
    folders = [folder for folder in (SHIPPED, user_folder()) if folder]
    return [path for folder in folders for path in sorted(folder.glob("*.json"))]


def read_preset(path: str | Path) -> SmoothingSettings:
    """A preset's settings; OneTakeError bad_preset with a sentence where it is none."""
    try:
        return SmoothingSettings.load(path)
    except OSError as error:
        raise OneTakeError(
            "bad_preset",
            f"{Path(path).name} cannot be read: {error.strerror}; choose another preset.",
        ) from error
    except ValueError as error:
        raise OneTakeError("bad_preset", f"{Path(path).name}: {error}") from error


def save_preset(name: str, settings: SmoothingSettings) -> Path:
    """Keep settings as the user's own preset; OneTakeError where that cannot be."""
    path = _path(name)
    if (SHIPPED / path.name).exists():
        raise OneTakeError("bad_preset", f"{name} is a preset of OneTake: choose another name.")
    try:
        user_folder(create=True)
        path.write_text(json.dumps(settings.to_dict(), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise OneTakeError(
            "bad_preset",
            f"The preset could not be written: {error.strerror}; make room or choose another name.",
        ) from error
    return path


def remove_preset(name: str) -> None:
    """Delete a preset of the user's own; OneTakeError where there is none of that name."""
    path = _path(name)
    try:
        path.unlink()
    except OSError as error:
        raise OneTakeError(
            "bad_preset", f"{name} is no preset of your own: only those can be removed."
        ) from error
    with suppress(OSError):  # others are left in them
        path.parent.rmdir()
        path.parent.parent.rmdir()


def _path(name: str) -> Path:
    stem = bpy.path.clean_name(name.strip()).strip("_.").lower()
    if not stem:
        raise OneTakeError("bad_preset", "Give the preset a name first.")
    return Path(bpy.utils.user_resource("SCRIPTS", path=str(_FOLDER))) / f"{stem}.json"
