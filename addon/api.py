"""What every button does, for scripts: `from bl_ext.user_default.onetake import api`.

    api.set_up()                                        # once, takes minutes
    for character in api.import_video("/clips/jump.mp4", frames=(1, 60)):
        print(character.armature.name, character.action.name)
        api.set_smoothing(bpy.context, character, api.SmoothingSettings(min_cutoff=0.8))
        api.export_fbx(bpy.context, character, "/clips/jump.fbx")

`start_...` returns at once with a task that Blender's own timer looks after, `set_up`, `check` and
`import_video` wait until it is over, in background and with a window. Everything raises
OneTakeError, whose `message` is a sentence for the user.
"""

import math
from pathlib import Path

import bpy

from ..backend.errors import OneTakeError
from ..backend.motion.smoothing import SmoothingSettings
from .backend_process import queue
from .backend_process.environment import Environment
from .backend_process.import_task import ImportOptions, ImportTask
from .backend_process.task import Task
from .export.fbx import export_fbx
from .preferences import current_environment, refresh
from .scene.build import MatchRate
from .scene.character import Character, characters
from .scene.edits import discard_edits, is_edited, keep_edits
from .scene.nla import push_down
from .scene.timing import frame_rate
from .shape.change import change_height, change_shape, fit_from_video, height
from .smoothing.live import finish, set_in_place, set_smoothing
from .smoothing.presets import presets, read_preset, remove_preset, save_preset
from .staging.place import place_at
from .staging.rate import match_frame_rate

__all__ = [
    "Character",
    "Environment",
    "ImportTask",
    "OneTakeError",
    "SmoothingSettings",
    "Task",
    "camera_fov",
    "cancel",
    "change_height",
    "change_shape",
    "characters",
    "check",
    "discard",
    "discard_edits",
    "dismiss",
    "environment",
    "export_fbx",
    "finish",
    "fit_from_video",
    "height",
    "import_video",
    "is_edited",
    "keep_edits",
    "log",
    "match_frame_rate",
    "offered",
    "offline_reason",
    "place_at",
    "presets",
    "push_down",
    "read_preset",
    "remove_preset",
    "resume",
    "save_preset",
    "set_in_place",
    "set_smoothing",
    "set_up",
    "start_check",
    "start_import",
    "start_set_up",
    "tasks",
    "video_frame_rate",
]

_LOG_CHARACTERS = 20_000  # of each log's end
_SETUP_GRACE = 2.5  # seconds: a cancelled set-up ends the installer that it runs


def environment() -> Environment:
    """Where the backend is, and what of it is missing."""
    return current_environment()


def start_set_up() -> Task:
    """Install what is missing of the backend; goes on from where an earlier set-up broke off.

    Raises offline where that needs a network that Blender may not use.
    """
    where = current_environment()
    if where.needs_network and not bpy.app.online_access:
        raise OneTakeError("offline", offline_reason())
    task = Task("Set-up", where.set_up_command, _SETUP_GRACE)
    queue.add(task)
    return task


def set_up() -> None:
    """`start_set_up`, waited for."""
    _wait(start_set_up())
    refresh()


def offline_reason() -> str:
    """Why set-up cannot begin without the network, and the ways out."""
    return (
        "Set-up downloads the backend, and Blender is not allowed online: allow it in Preferences, "
        "System, Network, or name a folder of wheels or an existing environment in the add-on's "
        "preferences."
    )


def start_check() -> Task:
    """Take part of the sample video through the networks. Its result: frames_per_second, device."""
    task = Task("Check", lambda: _ready().backend_command("check"))
    queue.add(task)
    return task


def check() -> dict:
    """`start_check`, waited for; its result."""
    return _wait(start_check()).result


def start_import(
    video: str | Path,
    *,
    frames: tuple[int, int] | None = None,
    people: str = "all",
    estimator: str = "onetake",
    quality: str = "balanced",
    fov: float | None = None,
    match_rate: MatchRate = "unless_animated",
    scene: bpy.types.Scene | None = None,
) -> ImportTask:
    """Let a video become animated characters in the scene (the current one where None).

    frames: first and last of the video, counted from 1. people: all or largest. estimator: onetake
    or ik. quality: fast, balanced or best. fov: the lens's horizontal field of view, radians;
    the video is to tell where None. match_rate: whose frame rate the scene has then, as
    `scene.build.import_take` says.
    """
    video = Path(bpy.path.abspath(str(video))).absolute()
    start = end = None
    if frames:
        rate = video_frame_rate(video)
        # From half a frame before the first: times are rounded.
        start = max(0.0, (frames[0] - 1.5) / rate)
        end = (frames[1] - 0.5) / rate
    options = ImportOptions(
        str(video), start, end, people, estimator, quality, fov and math.degrees(fov), match_rate
    )
    task = ImportTask.new(_ready(), options, (scene or bpy.context.scene).session_uid)
    queue.add(task)
    return task


def import_video(video: str | Path, **options: object) -> list[Character]:
    """`start_import`, waited for: the characters, the most prominent person's first."""
    task = start_import(video, **options)
    _wait(task)
    return [Character.of(bpy.data.objects[name]) for name in task.armatures]


def tasks() -> list[Task]:
    """Those that run, wait, or ended with something to say."""
    return list(queue.tasks)


def cancel(task: Task) -> None:
    """Stop a task; it is gone within a second."""
    task.cancel()
    queue.tick()


def dismiss(task: Task) -> None:
    """Forget an ended task, and delete what it has kept."""
    queue.dismiss(task)


def offered() -> list[ImportTask]:
    """Imports that were left behind, done or half done, when their file or Blender was closed."""
    return list(queue.offered)


def resume(task: ImportTask, scene: bpy.types.Scene | None = None) -> None:
    """Go on with an offered import, into a scene (the current one where None)."""
    queue.resume(task, (scene or bpy.context.scene).session_uid)


def discard(task: ImportTask) -> None:
    """Delete an offered import."""
    queue.discard(task)


def video_frame_rate(video: Path) -> float:
    """Frames a second, as Blender reads the file. Raises not_a_video."""
    try:
        clip = bpy.data.movieclips.load(str(video))
    except RuntimeError as error:
        raise OneTakeError(
            "not_a_video",
            f"{video.name} is no video that Blender reads: import it without a frame range.",
        ) from error
    try:
        return clip.fps or frame_rate(bpy.context.scene)
    finally:
        bpy.data.movieclips.remove(clip)


def camera_fov(scene: bpy.types.Scene) -> float:
    """The horizontal field of view of the scene's camera, radians. Raises no_camera."""
    if scene.camera is None or scene.camera.data.type != "PERSP":
        raise OneTakeError(
            "no_camera",
            "The scene has no perspective camera to take the lens from: make one active, or choose "
            "another lens.",
        )
    corners = scene.camera.data.view_frame(scene=scene)
    width = max(c.x for c in corners) - min(c.x for c in corners)
    return 2.0 * math.atan(width / 2.0 / -corners[0].z)


def log() -> str:
    """The ends of the set-up's and the backend's logs, and what failed processes said last."""
    where = current_environment().home
    parts = []
    for name in ("setup.log", "onetake.log"):
        path = where / name
        if path.exists():
            text = path.read_text(encoding="utf-8", errors="replace")[-_LOG_CHARACTERS:]
            parts.append(f"== {path}\n{text}")
    for task in queue.tasks:
        if task.noise:
            parts.append(f"== {task.title}\n" + "\n".join(task.noise))
    return "\n\n".join(parts) or "Nothing has been logged yet."


def _ready() -> Environment:
    where = current_environment()
    if where.missing:
        raise OneTakeError(
            "not_set_up",
            f"OneTake is not set up yet (missing: {', '.join(where.missing)}): press Set Up in the "
            "OneTake tab of the sidebar.",
        )
    return where


def _wait(task: Task) -> Task:
    queue.wait(task)
    error = task.error or (None if task.result else OneTakeError("cancelled", "It was cancelled."))
    if task in queue.tasks:
        queue.dismiss(task)
    if error:
        raise error
    return task
