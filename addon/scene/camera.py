"""The video's camera: exactly the take's pinhole, with the video behind the character."""

import math
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

from ...backend.errors import OneTakeError
from ...backend.motion.rotations import continuous_quaternions, matrix_to_quaternion
from ...backend.motion.take import Take
from .curves import Curve, new_action, stretch_curves, write_curves
from .rest_skeleton import TO_BLENDER
from .timing import frame_rate, frames_of

# Frames a second of the scene that a camera was made for, and of the video behind it.
_RATE, _VIDEO_RATE = "onetake_rate", "onetake_video_rate"

_WORLD = np.eye(4)
_WORLD[:3, :3] = TO_BLENDER

# A computer vision camera looks along +z with y down, Blender's along -z with y up.
_FLIP = np.diag([1.0, -1.0, -1.0])


def create_camera(
    scene: bpy.types.Scene,
    collection: bpy.types.Collection,
    name: str,
    take: Take,
    start: float,
    world: np.ndarray = _WORLD,
) -> bpy.types.Object:
    """A camera that projects the world to the video's pixels; keyed where the take's one moves.

    It becomes the scene's camera, and the video's size the render size, where the scene has none.
    start: frame of the video's first picture. world: (4, 4) from the take's world to the scene's.
    """
    data = bpy.data.cameras.new(name)
    camera = bpy.data.objects.new(name, data)
    collection.objects.link(camera)
    camera.rotation_mode = "QUATERNION"
    aspect = _set_intrinsics(data, take.camera_K, take.image_size)
    if scene.camera is None:
        scene.camera = camera
        scene.render.resolution_x, scene.render.resolution_y = map(int, take.image_size)
        scene.render.resolution_percentage = 100
        scene.render.pixel_aspect_x, scene.render.pixel_aspect_y = aspect
    camera[_RATE] = frame_rate(scene)
    _place(scene, camera, take, start, world)
    return camera


def show_video(
    scene: bpy.types.Scene, camera: bpy.types.Object, path: Path, rate: float, start: float
) -> float:
    """Show an upright video of constant `rate` (frames/s), its start at frame `start`.

    Returns the scene frame of its last picture.
    """
    image = bpy.data.images.load(str(path), check_existing=True)
    data = camera.data
    data.show_background_images = True
    background = data.background_images.new()
    background.image = image
    background.alpha = 1.0
    background.display_depth = "BACK"
    background.frame_method = "FIT"
    user = background.image_user
    user.frame_start = round(start)
    user.use_auto_refresh = True
    length = max(image.frame_duration, 1)
    camera[_VIDEO_RATE] = rate
    played = frame_rate(scene) / rate
    user.frame_duration = max(length, math.ceil(length * played))
    if not math.isclose(played, 1.0, rel_tol=1e-5):
        _retime(data, len(data.background_images) - 1, user.frame_start, played, length)
    return user.frame_start + (length - 1) * played


def retime_camera(camera: bpy.types.Object, start: float, rate: float) -> None:
    """Keep a camera's and its video's own speed where the scene's rate (frames/s) is another now.

    start: the frame of the video's first picture.
    """
    action = camera.animation_data and camera.animation_data.action
    if action:
        stretch_curves(action, start, rate / camera[_RATE])
    camera[_RATE] = rate
    for index, background in enumerate(camera.data.background_images):
        if background.image and background.image.source == "MOVIE":
            user = background.image_user
            length = max(background.image.frame_duration, 1)
            played = rate / camera[_VIDEO_RATE]
            user.frame_duration = max(length, math.ceil(length * played))
            _retime(camera.data, index, user.frame_start, played, length)


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


def _set_intrinsics(
    data: bpy.types.Camera, intrinsics: np.ndarray, size: np.ndarray
) -> tuple[float, float]:
    """Lens and shifts from K (3, 3) in pixels; returns the pixel aspect (x, y) that K needs."""
    (fx, _, cx), (_, fy, cy), _ = np.asarray(intrinsics, np.float64)
    width, height = map(float, size)
    # With the fit fixed to the width, focal length and both shifts are fractions of the width.
    data.sensor_fit = "HORIZONTAL"
    data.sensor_width = 36.0
    data.lens = fx * data.sensor_width / width
    tall = fy / fx  # how much wider than high a pixel is
    data.shift_x = (width / 2 - cx) / width
    data.shift_y = (cy - height / 2) / (width * tall)
    data.clip_start, data.clip_end = 0.01, 1000.0
    return max(tall, 1.0), max(1.0 / tall, 1.0)


def _place(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    take: Take,
    start: float,
    world: np.ndarray,
) -> None:
    world_to_camera = np.asarray(take.camera_R, np.float64)
    camera_to_world = np.swapaxes(world_to_camera, -1, -2)
    turned = np.array(Matrix(world.tolist()).to_quaternion().to_matrix())
    rotations = turned @ camera_to_world @ _FLIP
    places = -np.einsum("...ab,...b->...a", camera_to_world, take.camera_t)
    places = places @ world[:3, :3].T + world[:3, 3]
    turns = matrix_to_quaternion(rotations)
    if turns.ndim == 1 and places.ndim == 1:
        camera.location, camera.rotation_quaternion = places, turns
        return
    count = len(take)
    places = np.broadcast_to(places, (count, 3))
    turns = continuous_quaternions(np.broadcast_to(turns, (count, 4)))
    group = "Object Transforms"
    curves = [Curve("location", axis, group, places[:, axis]) for axis in range(3)]
    curves += [Curve("rotation_quaternion", part, group, turns[:, part]) for part in range(4)]
    action = new_action(camera, camera.name)
    frames = frames_of(take.timestamps, start, frame_rate(scene))
    write_curves(action, frames, curves)


def _retime(data: bpy.types.Camera, index: int, start: int, played: float, length: int) -> None:
    """Slide the movie's frame offset so that it keeps its own speed in a scene of another rate.

    index: of the background image. played: scene frames for one frame of the movie, of which
    Blender shows one for one.
    """
    scene_frames = np.arange(math.ceil(length * played) + 1)
    offsets = np.floor(scene_frames / played + 1e-6) - scene_frames
    path = f"background_images[{index}].image_user.frame_offset"
    action = data.animation_data and data.animation_data.action
    action = action or new_action(data, f"{data.name}.video")
    write_curves(action, start + scene_frames, [Curve(path, 0, "Video", offsets)])
