"""What Blender loads: the extension's registration, handed to `addon`.

Without bpy (the backend's environment, plain tests) the package still imports.
"""


def register() -> None:
    """Called by Blender when the extension is enabled."""
    from . import addon

    addon.register()


def unregister() -> None:
    """Called by Blender when the extension is disabled; undoes `register`."""
    from . import addon

    addon.unregister()


def __getattr__(name: str) -> object:
    """`from bl_ext.user_default.onetake import api`: loaded when it is asked for."""
    if name == "api":
        from .addon import api

        return api
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
