"""The add-on's preferences, and the backend's environment that follows from them."""

import os
from functools import cache
from pathlib import Path

import bpy

from ..backend.home import home as default_home
from .backend_process.environment import Environment
from .body_preferences import OfficialBodyPreferences

# The extension, under whatever name Blender gave it.
PACKAGE = __package__.rpartition(".")[0]


def _changed(_self: object, _context: bpy.types.Context) -> None:
    refresh()


class OneTakePreferences(OfficialBodyPreferences, bpy.types.AddonPreferences):
    """Where the backend lives, and the user's own SMPL files."""

    bl_idname = PACKAGE

    home: bpy.props.StringProperty(
        name="Data Folder",
        description="Where the backend, its networks and the takes are kept; empty for the "
        "add-on's own folder",
        subtype="DIR_PATH",
        update=_changed,
    )
    environment: bpy.props.StringProperty(
        name="Existing Environment",
        description="A Python environment that holds the backend's requirements already, to use "
        "in place of one that set-up makes",
        subtype="DIR_PATH",
        update=_changed,
    )
    wheels: bpy.props.StringProperty(
        name="Folder of Wheels",
        description="Where set-up finds the packages it installs, so that it needs no network",
        subtype="DIR_PATH",
        update=_changed,
    )

    def draw(self, context: bpy.types.Context) -> None:
        """In Blender's preferences: the set-up, then the folders."""
        from .panels.setup import draw_setup

        draw_setup(self.layout, context)
        column = self.layout.column()
        column.use_property_split = True
        column.prop(self, "home")
        column.prop(self, "environment")
        column.prop(self, "wheels")
        column.separator()
        self.draw_bodies(column, context)


def current_environment() -> Environment:
    """The backend's environment: ONETAKE_HOME and ONETAKE_BACKEND_PYTHON, then the preferences."""
    addon = bpy.context.preferences.addons.get(PACKAGE)
    chosen = addon.preferences if addon else None

    def folder(variable: str, name: str) -> Path | None:
        text = os.environ.get(variable) or (getattr(chosen, name) if chosen else "")
        return Path(bpy.path.abspath(text)).expanduser().absolute() if text else None

    python = folder("ONETAKE_BACKEND_PYTHON", "environment")
    wheels = folder("ONETAKE_WHEELS", "wheels")
    home = folder("ONETAKE_HOME", "home")
    if home is None:
        home = _own_home()
        shared = Environment(default_home().absolute(), python, wheels)
        # The command line's set-up does for the add-on too.
        if Environment(home, python, wheels).missing and not shared.missing:
            return shared
    return Environment(home, python, wheels)


def _own_home() -> Path:
    try:
        return Path(bpy.utils.extension_path_user(PACKAGE))
    except ValueError:  # loaded by a script, not as an extension
        return default_home().absolute()


@cache
def shown_state() -> tuple[Environment, tuple[str, ...], str | None]:
    """For panels, which are drawn often: environment, what is missing, PyTorch's version."""
    environment = current_environment()
    return environment, tuple(environment.missing), environment.torch


def refresh() -> None:
    """Look at the disk again the next time that `shown_state` is asked for."""
    shown_state.cache_clear()


def register() -> None:
    """Make the preferences known."""
    bpy.utils.register_class(OneTakePreferences)
    refresh()


def unregister() -> None:
    """Undo `register`."""
    bpy.utils.unregister_class(OneTakePreferences)
