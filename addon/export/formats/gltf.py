"""glTF 2.0 in one binary file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy

from ....backend.export_preset import ExportPreset
from ...scene.character import Character
from ..rig import Motion
from ..stand_in import stand_in
from .exporter import exporter

_OPTIONS = {
    "export_format": "GLB",
    "use_active_scene": True,
    "export_yup": True,
    "export_apply": True,
    "export_animation_mode": "NLA_TRACKS",
    "export_anim_single_armature": False,
    "export_force_sampling": True,
    "export_frame_range": False,
    "export_leaf_bone": False,
    "export_morph": False,
    "export_def_bones": False,
    "export_cameras": False,
    "export_lights": False,
}


def write(
    context: bpy.types.Context,
    character: Character,
    motion: Motion,
    preset: ExportPreset,
    path: Path,
) -> None:
    """Armature, skin, materials and one animation."""
    write_gltf = exporter("export_scene", "gltf", "glTF")
    # Its exporter takes fps * fps_base for the rate, where Blender means fps / fps_base.
    base = 1.0 / motion.fps_base
    with _window(context), stand_in(context, character, motion, preset, base):
        write_gltf(filepath=str(path), **_OPTIONS)


@contextmanager
def _window(context: bpy.types.Context) -> Iterator[None]:
    """The window shows the scene that it did, whatever the exporter had it show."""
    window = context.window
    scene, layer = (window.scene, window.view_layer) if window else (None, None)
    try:
        yield
    finally:
        if window and window.scene != scene:
            window.scene = scene
            window.view_layer = layer
