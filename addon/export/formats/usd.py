"""Universal Scene Description: UsdSkel skeleton, skin and animation."""

from pathlib import Path

import bpy

from ....backend.export_preset import ExportPreset
from ...scene.character import Character
from ..rig import Motion
from ..stand_in import stand_in
from .exporter import exporter

_OPTIONS = {
    "selected_objects_only": True,
    "export_animation": True,
    "export_armatures": True,
    "export_shapekeys": False,
    "export_materials": True,
    "export_cameras": False,
    "export_lights": False,
    "convert_world_material": False,
    "evaluation_mode": "RENDER",
}


def write(
    context: bpy.types.Context,
    character: Character,
    motion: Motion,
    preset: ExportPreset,
    path: Path,
) -> None:
    """Armature, skin, materials and animation, from time code 0."""
    write_usd = exporter("wm", "usd_export", "USD")
    with stand_in(context, character, motion, preset, motion.fps_base):
        write_usd(filepath=str(path), **_OPTIONS)
