"""Characters as files, by preset: what buttons, scripts and the command line call."""

import re
from collections.abc import Iterable
from pathlib import Path

import bpy

from ...backend.errors import OneTakeError
from ...backend.export_preset import FORMATS, ExportPreset
from ..scene.armature import object_mode
from ..scene.character import Character
from ..smoothing.live import finish
from ..written import written
from .formats import WRITERS
from .sample import sample


def export_file(
    context: bpy.types.Context, character: Character, preset: ExportPreset, path: str | Path
) -> Path:
    """Write one character to one file, as it plays in the scene.

    One key a frame of the scene, from the action's first frame, at time 0, to its last; the skin in
    its present shape. Keys that still follow a slider are finished first. The file appears complete
    or not at all, and the scene is left as it was. OneTakeError where the file cannot be written,
    edited_keys as `apply_smoothing` where keys to be finished were edited by hand.
    """
    finish(character.armature)
    path = Path(path)
    code = f"no_{preset.format}"
    with written(path, FORMATS[preset.format], code) as partial, object_mode(context):
        motion = sample(context, character)
        WRITERS[preset.format](context, character, motion, preset, partial)
    return path


def export(
    context: bpy.types.Context,
    characters: Iterable[Character],
    preset: ExportPreset,
    folder: str | Path,
) -> list[Path]:
    """Write each character to a file of its own in the folder, named after it; errors as above."""
    folder = Path(folder)
    if not folder.is_dir():
        raise OneTakeError("no_folder", f"There is no folder {folder}; make it or choose another.")
    return [
        export_file(context, character, preset, preset.path(folder, _stem(character)))
        for character in characters
    ]


def _stem(character: Character) -> str:
    """The armature's name without what file systems refuse."""
    return re.sub(r'[/\\:*?"<>|]', "_", character.armature.name)
