"""One call from a take to a character in the scene."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import bpy
import numpy as np

from ...backend.errors import OneTakeError
from ...backend.motion.body import Body
from ...backend.motion.smoothing import SmoothingSettings
from ...backend.motion.take import Take
from .armature import create_armature
from .body_mesh import create_body
from .camera import create_camera, show_video
from .character import Character, look_through, remember
from .rest_skeleton import RestSkeleton
from .rig import axes
from .target import Shape, drive
from .timing import cover, frame_rate, frames_of, is_animated, set_frame_rate

MatchRate = Literal["unless_animated", "scene", "video"]

# Rest joints further than this, in metres, from those of the take mean another body.
_SAME_BODY = 0.005


def import_take(
    context: bpy.types.Context,
    take: Take,
    body: Body,
    *,
    video_path: str | Path | None = None,
    video_fps: float | None = None,
    smoothing: SmoothingSettings | None = None,
    match_rate: MatchRate = "unless_animated",
    camera: bpy.types.Object | None = None,
    start: float | None = None,
    target: bpy.types.Object | None = None,
    shape: Shape = "keep",
) -> Character:
    """Put one take into the scene: a collection with armature, skinned body, key frames, camera.

    video_path: the picture behind the character: upright, starting at 0, video_fps frames a second
    (the take's own rate where None). smoothing: None keys the motion as it was estimated.
    camera: that of another take of the same video, to share it.

    A scene without animation gets the video's range. match_rate: "video" gives the scene its frame
    rate, "scene" keeps the scene's, "unless_animated" does the first in a scene without animation
    and the second in another; the keys sit at their times all the same. start: frame of the scene
    at which the video starts, its first where None.

    target: an armature (`target.find_target`) to key in place of a new one; shape: see
    `target.drive`. Its camera is a new one, which sees it where it stands.
    Pushes no undo step. OneTakeError where take and body, or the video, do not fit.
    """
    skeleton = RestSkeleton.of(body)
    _require_same_body(take, body, skeleton)
    if video_path and not Path(video_path).is_file():
        raise OneTakeError("no_video", f"There is no video at {video_path}: choose another.")
    # The new character becomes the active object: no other can stay in a mode of its own.
    if context.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    context.view_layer.update()  # the camera goes by where the target is now
    scene, rate = context.scene, video_fps or take.fps
    fresh = not is_animated(scene)
    if match_rate == "video" or (match_rate == "unless_animated" and fresh):
        set_frame_rate(scene, rate)
    start = float(scene.frame_start if start is None else start)
    if target is None:
        character = _create(context, take, body, skeleton)
        remember(context, character, take, skeleton, smoothing, start)
    else:
        character, take = drive(
            context, target, take, skeleton, smoothing, shape=shape, start=start
        )
    last = frames_of(take.timestamps[-1:], start, frame_rate(scene))[0]
    if camera is None:
        camera = _camera(scene, character.armature, take, start)
        if video_path:
            last = max(last, show_video(scene, camera, Path(video_path), rate, start))
    character = look_through(character, camera)
    cover(scene, last, fresh=fresh)
    _select_only(context, character.armature)
    return character


def import_takes(
    context: bpy.types.Context,
    takes: Sequence[Take],
    body: Body,
    *,
    video_path: str | Path | None = None,
    video_fps: float | None = None,
    smoothing: SmoothingSettings | None = None,
    match_rate: MatchRate = "unless_animated",
    start: float | None = None,
    target: bpy.types.Object | None = None,
    shape: Shape = "keep",
) -> list[Character]:
    """Every person of one video, in front of one camera. See `import_take`.

    The first of them drives the target, if there is one, before a camera of its own.
    """
    start = context.scene.frame_start if start is None else start  # before the range grows
    made: list[Character] = []
    for take in takes:
        drives = target if not made else None
        before = made[1:] if target else made
        made.append(
            import_take(
                context,
                take,
                body,
                video_path=video_path,
                video_fps=video_fps,
                smoothing=smoothing,
                match_rate="scene" if made else match_rate,
                camera=before[0].camera if before else None,
                start=start,
                target=drives,
                shape=shape,
            )
        )
    return made


def _create(
    context: bpy.types.Context, take: Take, body: Body, skeleton: RestSkeleton
) -> Character:
    """Armature and body in a collection of their own."""
    clip = _clip(take)
    name = clip if take.person_id == 1 else f"{clip}.person{take.person_id}"
    collection = bpy.data.collections.new(name)
    context.scene.collection.children.link(collection)
    armature = create_armature(context, collection, name, skeleton, take.betas)
    body_object = create_body(
        collection, f"{name}.body", body, take.betas, armature, take.person_id
    )
    return Character(armature, body_object, None)


def _camera(
    scene: bpy.types.Scene, armature: bpy.types.Object, take: Take, start: float
) -> bpy.types.Object:
    """The video's camera, beside the armature, wherever that has been put."""
    world = np.eye(4)
    world[:3, :3] = axes(armature)
    world = np.array(armature.matrix_world) @ world
    collection = next(iter(armature.users_collection), scene.collection)
    return create_camera(scene, collection, f"{_clip(take)}.camera", take, start, world)


def _clip(take: Take) -> str:
    return Path(take.video_name).stem or "take"


def _require_same_body(take: Take, body: Body, skeleton: RestSkeleton) -> None:
    if take.body != body.name:
        raise OneTakeError(
            "wrong_body",
            f"The take was made with the {take.body} body, not with {body.name}: convert it again.",
        )
    # Both hang at their own height; only the figure counts.
    difference = skeleton.joints(take.betas) - take.rest
    if np.abs(difference - difference[0]).max() > _SAME_BODY:
        raise OneTakeError(
            "wrong_body",
            f"The take was made with another version of the {body.name} body; convert it again.",
        )


def _select_only(context: bpy.types.Context, armature: bpy.types.Object) -> None:
    for item in context.view_layer.objects:
        item.select_set(item == armature)
    context.view_layer.objects.active = armature
