"""One headless job: takes in, .blend and exported files out. `headless` runs it as a process."""

from collections.abc import Callable
from pathlib import Path

import bpy

from ..backend.errors import OneTakeError
from ..backend.export_preset import ExportPreset
from ..backend.motion.body import Body
from ..backend.motion.smoothing import SmoothingSettings
from ..backend.motion.take import Take, TakeError
from .export.exporting import export_file
from .scene.build import import_takes
from .written import written


def run(job: dict, say: Callable[[dict], None]) -> dict:
    """Do one job (see `headless`) in an empty file; returns the result message's content.

    say: takes the progress messages. OneTakeError with a sentence for the user.
    """
    exports = [
        (ExportPreset.load(item["preset"]), [Path(path) for path in item["paths"]])
        for item in job.get("exports") or []
    ]
    if not job.get("takes"):
        raise OneTakeError("usage", "The job names no take.")
    if any(len(paths) != len(job["takes"]) for _, paths in exports):
        raise OneTakeError("usage", "The job needs one path a take for every export.")
    files = [
        (person, preset, path) for preset, paths in exports for person, path in enumerate(paths)
    ]
    total = 1 + len(files) + bool(job.get("blend"))
    takes, settings = _read(job)

    new_file()
    say({"stage": "scene", "done": 0, "total": total})
    people = import_takes(
        bpy.context,
        takes,
        Body.load(job["body"]),
        video_path=job.get("video"),
        video_fps=job.get("video_fps"),
        smoothing=settings,
    )
    del takes  # the scene has them now: of half an hour, a twentieth of the memory there may be
    for done, (person, preset, path) in enumerate(files, 1):
        say({"stage": preset.format, "done": done, "total": total})
        export_file(bpy.context, people[person], preset, path)
    if job.get("blend"):
        say({"stage": "blend", "done": total - 1, "total": total})
        if job.get("video_final"):
            _point_to(Path(job["video_final"]))
        save(Path(job["blend"]))
    say({"stage": "done", "done": total, "total": total})
    return {"blend": job.get("blend"), "exports": [str(path) for _, _, path in files]}


def new_file() -> None:
    """An empty scene that shows and renders what will be put into it."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    # The video and the character keep time together on slow machines too.
    scene.sync_mode = "FRAME_DROP"
    scene.world = bpy.data.worlds.new("World")
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.data.energy = 3.0
    sun.rotation_euler = (0.7, 0.1, 0.4)
    sun.location = (2.0, -3.0, 4.0)
    scene.collection.objects.link(sun)
    for screen in bpy.data.screens:
        for area in screen.areas:
            if area.type == "VIEW_3D":
                area.spaces.active.region_3d.view_perspective = "CAMERA"


def save(path: Path) -> None:
    """Write the .blend, compressed, complete or not at all; paths in it are relative to it.

    OneTakeError where it cannot be written.
    """
    with written(path, ".blend", "no_blend") as partial:
        # Relative paths survive that the folder is moved.
        bpy.ops.wm.save_as_mainfile(
            filepath=str(partial), compress=True, copy=True, relative_remap=True
        )


def _read(job: dict) -> tuple[list[Take], SmoothingSettings | None]:
    try:
        smoothing = job.get("smoothing")
        settings = None if smoothing is None else SmoothingSettings.from_dict(smoothing)
    except ValueError as error:
        raise OneTakeError("bad_smoothing", str(error)) from error
    return [_read_take(Path(path)) for path in job["takes"]], settings


def _read_take(path: Path) -> Take:
    try:
        return Take.load(path)
    except TakeError as error:
        raise OneTakeError("bad_take", str(error)) from error
    except OSError as error:
        raise OneTakeError("bad_take", f"{path.name} cannot be read: {error.strerror}.") from error


def _point_to(path: Path) -> None:
    """Make the movies of this file refer to `path`, where the caller is about to put them."""
    for image in bpy.data.images:
        if image.source == "MOVIE":
            image.name = path.name.encode(errors="replace").decode()  # a name is text, a path not
            image.filepath = str(path)
