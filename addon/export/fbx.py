"""The shortest way to an FBX."""

from pathlib import Path

import bpy

from ...backend.export_preset import shipped
from ..scene.character import Character
from .exporting import export_file


def export_fbx(context: bpy.types.Context, character: Character, path: str | Path) -> Path:
    """`export_file` with the preset "fbx": SMPL's names and rest."""
    return export_file(context, character, shipped()["fbx"], path)
