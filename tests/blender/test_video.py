"""The video behind the character keeps its own time."""

import bpy
import numpy as np
import pytest
from onetake.addon.scene.build import import_take
from onetake.addon.scene.rest_skeleton import blender_axes
from onetake.addon.staging.rate import match_frame_rate
from onetake.backend.errors import OneTakeError

from tests.blender.synthetic import random_take


@pytest.fixture(scope="module")
def movie(tmp_path_factory):
    """60 pictures, 30 a second, 64 by 48."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "BLENDER_WORKBENCH"
    folder = tmp_path_factory.mktemp("movie")
    image = bpy.data.images.new("grey", 64, 48)
    image.filepath_raw, image.file_format = str(folder / "grey.png"), "PNG"
    image.save()
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    strip = strips.new_image("grey", str(folder / "grey.png"), channel=1, frame_start=1)
    strip.frame_final_duration = 60
    render = scene.render
    render.resolution_x, render.resolution_y, render.fps = 64, 48, 30
    scene.frame_start, scene.frame_end = 1, 60
    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = "VIDEO"
    render.image_settings.file_format = "FFMPEG"
    render.ffmpeg.format, render.ffmpeg.codec = "MPEG4", "H264"
    render.filepath = str(folder / "clip é ✓.mp4")
    render.use_file_extension = False
    bpy.ops.render.render(animation=True)
    return folder / "clip é ✓.mp4"


def _background(camera):
    (background,) = camera.data.background_images
    return background


def test_the_video_plays_behind_the_character(context, cubes, movie):
    context.scene.frame_start = 5
    character = import_take(context, random_take(cubes, 48), cubes, video_path=movie)
    background = _background(character.camera)
    assert background.image.source == "MOVIE" and background.image.frame_duration == 60
    assert character.camera.data.show_background_images
    assert background.image_user.frame_start == 5 and background.image_user.frame_duration == 60
    # All of the video, also where the person has left it.
    assert context.scene.frame_end == 64
    assert character.camera.data.animation_data is None


def test_the_video_keeps_its_speed_in_a_scene_of_another_rate(context, cubes, movie):
    cube = bpy.data.objects.new("cube", None)
    context.scene.collection.objects.link(cube)
    cube.keyframe_insert("location", frame=10)
    context.scene.render.fps = 24
    character = import_take(context, random_take(cubes, 60), cubes, video_path=movie)
    for frame in range(1, 49):
        context.scene.frame_set(frame)
        graph = bpy.context.evaluated_depsgraph_get()
        user = _background(character.camera.evaluated_get(graph)).image_user
        shown = frame - user.frame_start + user.frame_offset
        assert shown == int((frame - 1) / 24 * 30 + 1e-6)
    assert _background(character.camera).image_user.frame_duration >= 60


def test_the_video_keeps_its_speed_when_the_rate_is_matched_later(context, cubes, movie):
    character = import_take(context, random_take(cubes, 60), cubes, video_path=movie)
    for rate, to in ((24, "scene"), (60, "scene"), (30, "video")):
        if to == "scene":
            context.scene.render.fps = rate
        match_frame_rate(context, character, to)
        assert context.scene.render.fps == rate
        for frame in range(1, 2 * rate, 7):
            context.scene.frame_set(frame)
            graph = bpy.context.evaluated_depsgraph_get()
            user = _background(character.camera.evaluated_get(graph)).image_user
            shown = frame - user.frame_start + user.frame_offset
            assert shown == int((frame - 1) / rate * 30 + 1e-6)


def test_a_missing_video_is_said_so_before_anything_is_built(context, cubes, tmp_path):
    with pytest.raises(OneTakeError, match="no video"):
        import_take(context, random_take(cubes), cubes, video_path=tmp_path / "none.mp4")
    assert not bpy.data.objects


def test_a_moving_camera_is_keyed_at_the_takes_times(context, cubes):
    take = random_take(cubes, moving_camera=True)
    camera = import_take(context, take, cubes).camera
    for frame in (0, 20, 47):
        context.scene.frame_set(1 + frame)
        place = blender_axes(-take.camera_R[frame].T @ take.camera_t[frame])
        assert np.abs(np.array(camera.matrix_world.translation) - place).max() < 1e-4
