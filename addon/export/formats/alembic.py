"""Alembic: the skin's points at every frame."""

from pathlib import Path

import bpy

from ....backend.errors import OneTakeError
from ....backend.export_preset import ExportPreset
from ...scene.character import Character
from ..rig import Motion
from ..stand_in import stand_in
from .exporter import exporter


def write(
    context: bpy.types.Context,
    character: Character,
    motion: Motion,
    preset: ExportPreset,
    path: Path,
) -> None:
    """The mesh as a point cache, from time 0. OneTakeError no_body without one."""
    if character.body is None:
        raise OneTakeError(
            "no_body", f"{character.armature.name} has no body, and Alembic holds nothing else."
        )
    write_alembic = exporter("wm", "alembic_export", "Alembic")
    with stand_in(context, character, motion, preset, motion.fps_base) as double:
        write_alembic(
            filepath=str(path),
            start=0,
            end=double.last,
            selected=True,
            uvs=True,
            normals=True,
            evaluation_mode="RENDER",
            as_background_job=False,
        )
