"""What every button does, for scripts: `from bl_ext.user_default.onetake import api`.

    api.set_up()                                        # once, takes minutes
    for character in api.import_video("/clips/jump.mp4", frames=(1, 60)):
        print(character.armature.name, character.action.name)
        api.set_smoothing(bpy.context, character, api.SmoothingSettings(min_cutoff=0.8))
        api.export(bpy.context, [character], api.export_presets()["unreal"], "/clips")
        api.retarget(bpy.context, character, bpy.data.objects["Armature"], "mixamo")

`start_...` returns at once with a task that Blender's own timer looks after, `set_up`, `check` and
`import_video` wait until it is over, in background and with a window. Everything raises
OneTakeError, whose `message` is a sentence for the user.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import bpy

from ..backend.errors import OneTakeError
from ..backend.motion.smoothing import SmoothingSettings
from .backend_process import queue
from .backend_process.environment import Environment
from .backend_process.import_task import FoundPerson, ImportOptions, ImportTask, found_people
from .backend_process.task import Task
from .bodies.files import chosen_body, official_body, read_official_body
from .bodies.wear import set_pose_correctives, wear
from .export.exporting import export, export_file
from .export.fbx import export_fbx
from .export.presets import export_presets
from .preferences import current_environment, refresh
from .retarget.bone_map import BoneMap
from .retarget.presets import read_rig_preset, remove_rig_preset, rig_presets, save_rig_preset
from .retarget.script import retarget
from .scene.build import MatchRate
from .scene.camera import camera_fov
from .scene.character import Character, characters
from .scene.edits import discard_edits, is_edited, keep_edits
from .scene.nla import push_down
from .scene.target import Shape, find_target
from .shape.change import change_height, change_shape, fit_from_video, height
from .smoothing.live import finish, set_in_place, set_smoothing
from .smoothing.presets import presets, read_preset, remove_preset, save_preset
from .sources import seconds_of, video_frame_rate
from .staging.place import place_at
from .staging.rate import match_frame_rate

__all__ = [
    "BoneMap",
    "Character",
    "Environment",
    "FoundPerson",
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
    "choose_people",
    "discard",
    "discard_edits",
    "dismiss",
    "environment",
    "export",
    "export_fbx",
    "export_file",
    "export_presets",
    "find_people",
    "finish",
    "fit_from_video",
    "height",
    "import_video",
    "is_edited",
    "keep_edits",
    "log",
    "match_frame_rate",
    "offered",
    "official_body",
    "offline_reason",
    "place_at",
    "presets",
    "push_down",
    "read_official_body",
    "read_preset",
    "read_rig_preset",
    "remove_preset",
    "remove_rig_preset",
    "resume",
    "retarget",
    "rig_presets",
    "save_preset",
    "save_rig_preset",
    "set_in_place",
    "set_pose_correctives",
    "set_smoothing",
    "set_up",
    "setting_up",
    "start_check",
    "start_import",
    "start_set_up",
    "tasks",
    "video_frame_rate",
    "wear",
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


def setting_up() -> bool:
    """Whether a set-up runs or waits: what is started meanwhile has its turn after it."""
    return any(task.title == "Set-up" and not task.state.over for task in queue.tasks)


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
    people: str | Sequence[int] = "all",
    estimator: str = "onetake",
    quality: str = "balanced",
    fov: float | None = None,
    match_rate: MatchRate = "unless_animated",
    start: float | None = None,
    target: bpy.types.Object | None = None,
    shape: Shape = "keep",
    body: str | None = None,
    scene: bpy.types.Scene | None = None,
) -> ImportTask:
    """Let a video become animated characters in the scene (the current one where None).

    frames: first and last of the video, counted from 1. people: all, largest, choose (the task asks
    when they are found: `choose_people`), or numbers from `find_people`. estimator: onetake or ik.
    quality: fast, balanced or best. fov: the lens's horizontal field of view, radians; the video is
    to tell where None. match_rate: whose frame rate the scene has then, and start: the scene's
    frame at which the video starts, as `scene.build.import_take` says. target: an armature for the
    first person's motion, its shape to keep or that of the video: `scene.target.drive`. body:
    onetake, or neutral, male or female, the official body; the preferences' where None.
    """
    video = Path(bpy.path.abspath(str(video))).absolute()
    begin, end = seconds_of(video, frames)
    options = ImportOptions(
        video=str(video),
        start=begin,
        end=end,
        people=people if isinstance(people, str) else ",".join(map(str, people)),
        estimator=estimator,
        quality=quality,
        fov=fov and math.degrees(fov),
        match_rate=match_rate,
        first_frame=start,
        target=find_target(target).name if target else None,
        shape=shape,
        smpl=chosen_body(body),
    )
    task = ImportTask.new(_ready(), options, (scene or bpy.context.scene).session_uid)
    queue.add(task)
    return task


def import_video(video: str | Path, **options: object) -> list[Character]:
    """`start_import`, waited for: the characters, the most prominent person's first."""
    if options.get("people") == "choose":
        raise OneTakeError("bad_option", "Nobody is there to ask: give the numbers of the people.")
    task = start_import(video, **options)
    _wait(task)
    return [Character.of(bpy.data.objects[name]) for name in task.armatures]


def find_people(
    video: str | Path,
    folder: str | Path,
    *,
    frames: tuple[int, int] | None = None,
    quality: str = "balanced",
) -> list[FoundPerson]:
    """Who is in a video, the most prominent first, with a picture of each written into folder.

    An import of these people with the same frames and quality goes on from what this has found.
    """
    video = Path(bpy.path.abspath(str(video))).absolute()
    begin, end = seconds_of(video, frames)
    options = ImportOptions(str(video), begin, end, people="choose", quality=quality)
    arguments = options.arguments(Path(folder).absolute())
    task = Task(video.name, lambda: _ready().backend_command(*arguments))
    queue.add(task)
    return found_people(_wait(task).result)


def choose_people(task: ImportTask, numbers: Sequence[int]) -> None:
    """Go on with an import that has asked whom it is to import (`task.asks`, `task.people`)."""
    queue.choose(task, set(numbers))


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
    if where.missing and not setting_up():
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
