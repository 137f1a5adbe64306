"""FBX that Unreal, Unity and Godot read right the first time."""

from pathlib import Path

import bpy
import numpy as np

from ....backend.export_preset import ExportPreset
from ...scene.character import Character
from ..rig import Motion
from ..stand_in import stand_in
from .exporter import exporter

_OPTIONS = {
    "use_selection": True,
    "object_types": {"ARMATURE", "MESH"},
    # The unit factor goes into the file's header: otherwise the armature is scaled by 100.
    "apply_scale_options": "FBX_SCALE_ALL",
    "add_leaf_bones": False,
    "use_armature_deform_only": True,
    # Unreal warns about meshes without smoothing groups.
    "mesh_smooth_type": "FACE",
    # One strip, one take, named after it; all actions would be every take of the file.
    "bake_anim": True,
    "bake_anim_use_nla_strips": True,
    "bake_anim_use_all_actions": False,
    "bake_anim_force_startend_keying": True,
    "bake_anim_simplify_factor": 0.0,
    "axis_forward": "-Z",
    "axis_up": "Y",
}


def write(
    context: bpy.types.Context,
    character: Character,
    motion: Motion,
    preset: ExportPreset,
    path: Path,
) -> None:
    """Armature, skin and one take, one key a frame."""
    write_fbx = exporter("export_scene", "fbx", "FBX")
    # The exporter cuts key times down to whole ticks, and a last key that falls a tick short costs
    # Autodesk's SDK the last frame: the least larger base keeps every key in time, and stretches
    # ten minutes by 0.07 ms.
    base = float(np.nextafter(np.float32(motion.fps_base), np.float32(2)))
    with stand_in(context, character, motion, preset, base, sampled=True):
        write_fbx(filepath=str(path), **_OPTIONS)
