"""The running import's picture as an icon."""

from pathlib import Path

import bpy.utils.previews
import numpy as np

from ..backend_process import queue
from ..backend_process.import_task import ImportTask
from ..backend_process.task import State

_previews: bpy.utils.previews.ImagePreviewCollection | None = None
_shown: tuple[str, int] | None = None  # path and time of the picture in the icon


def update() -> None:
    """Take in the picture of the import that runs, if there is a newer one."""
    global _shown
    task = _running()
    if task is None:
        _shown = None
        return
    try:
        version = str(task.thumbnail), task.thumbnail.stat().st_mtime_ns
        if version == _shown:
            return
        picture = np.load(task.thumbnail, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return  # not there yet, or half read: the next one will do
    preview = _previews.get("thumbnail") or _previews.new("thumbnail")
    preview.image_size = picture.shape[1], picture.shape[0]
    preview.image_pixels_float.foreach_set(picture.astype(np.float32).ravel() / 255.0)
    _shown = version


def icon_of(task: ImportTask) -> int | None:
    """The icon with a task's picture, where it has one."""
    if _shown is None or _shown[0] != str(task.thumbnail):
        return None
    return _previews["thumbnail"].icon_id


def picture_icon(path: Path) -> int:
    """An icon of a picture file."""
    known = _previews.get(str(path))
    return (known or _previews.load(str(path), str(path), "IMAGE")).icon_id


def _running() -> ImportTask | None:
    for task in queue.tasks:
        if isinstance(task, ImportTask) and task.state is State.RUNNING:
            return task
    return None


def register() -> None:
    """Make room for the icon."""
    global _previews
    _previews = bpy.utils.previews.new()


def unregister() -> None:
    """Undo `register`."""
    global _previews, _shown
    bpy.utils.previews.remove(_previews)
    _previews = _shown = None
