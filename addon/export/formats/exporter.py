"""Blender's own exporters, which not every Blender has."""

from collections.abc import Callable

import bpy

from ....backend.errors import OneTakeError


def exporter(group: str, name: str, called: str) -> Callable[..., set[str]]:
    """bpy.ops.<group>.<name>; OneTakeError no_exporter where it is not there.

    Some distributions build Blender without Alembic or USD, and add-ons can be disabled.
    """
    operators = getattr(bpy.ops, group)
    if name not in dir(operators):
        raise OneTakeError(
            "no_exporter",
            f"This Blender cannot write {called}: enable its add-on in Preferences, or use a "
            "Blender from blender.org.",
        )
    return getattr(operators, name)
