"""Export presets: those that came with the add-on, and the user's own beside Blender's."""

from pathlib import Path

import bpy

from ...backend.export_preset import ExportPreset, shipped

# Where Blender keeps the presets that users save, under their scripts folder.
_FOLDER = Path("presets") / "onetake" / "export"


def export_presets() -> dict[str, ExportPreset]:
    """Every preset by name, the user's own last; OneTakeError bad_preset where one is damaged."""
    found = shipped()
    folder = bpy.utils.user_resource("SCRIPTS", path=str(_FOLDER))
    for path in sorted(Path(folder).glob("*.json")) if folder else ():
        found[path.stem] = ExportPreset.load(path)
    return found
