"""Where OneTake keeps what it downloads and makes on the user's machine."""

import os
import sys
from pathlib import Path


def home() -> Path:
    """ONETAKE_HOME, or the platform's folder for an application's data; not created here."""
    if chosen := os.environ.get("ONETAKE_HOME"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "OneTake"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "OneTake"
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "onetake"
