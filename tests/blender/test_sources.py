"""Videos of the movie clip editor and the sequencer: their part, and their place in time."""

# ruff: noqa: F811 - fixtures come by import
from types import SimpleNamespace

import bpy
import pytest
from onetake.addon.operators import import_source
from onetake.addon.scene.character import characters
from onetake.addon.scene.timing import _sequences
from onetake.addon.sources import clip_source, strip_source
from onetake.backend.errors import OneTakeError

from tests.blender.test_import_video import SAMPLE, addon, backend, home, option  # noqa: F401


@pytest.fixture
def strip(context):
    """The sample from frame 10 of the scene, five frames cut off before and eight after."""
    strips = _sequences(context.scene.sequence_editor_create())
    strip = strips.new_movie("s", str(SAMPLE), 1, 10)
    strip.frame_offset_start, strip.frame_offset_end = 5, 8
    return strip


def test_a_strip_gives_the_part_that_it_shows(strip):
    source = strip_source(strip)
    assert source.video == SAMPLE and source.frames == (6, 100) and source.start == 10
    strip.animation_offset_start = 20  # of the file, as a cut by Blender leaves it
    source = strip_source(strip)
    # From 5.2 on the strip keeps in place what it shows.
    assert source.frames[0] == 26 and source.start == strip.frame_start - 20


def test_a_clip_gives_all_of_itself(context):
    clip = bpy.data.movieclips.load(str(SAMPLE))
    clip.frame_start, clip.frame_offset = 41, 10
    source = clip_source(clip)
    assert source.video == SAMPLE and source.frames is None and source.start == 31


def test_anything_else_is_refused(context):
    with pytest.raises(OneTakeError, match="movie clip editor"):
        clip_source(None)
    strips = _sequences(context.scene.sequence_editor_create())
    with pytest.raises(OneTakeError, match="movie strip"):
        strip_source(strips.new_image("i", str(SAMPLE), 1, 1))


def test_the_strips_animation_plays_in_time_with_it(backend, strip):
    scene = bpy.context.scene
    scene.sequence_editor.active_strip = strip
    scene.render.fps = 30
    assert bpy.ops.onetake.import_strip.poll()
    assert bpy.ops.onetake.import_strip() == {"FINISHED"}
    # Frame 6 of the file and frame 100, and not their neighbours.
    assert 4 / 30 < float(option(backend, "start")) < 5 / 30
    assert 99 / 30 < float(option(backend, "end")) < 100 / 30
    people = characters(scene)
    assert len(people) == 2
    # The takes of this backend begin with the file, which lies at frame 10.
    assert people[0].action.frame_range[0] == pytest.approx(10)
    (background,) = people[0].camera.data.background_images
    assert background.image_user.frame_start == 10


def test_the_next_import_has_a_range_of_its_own(backend, strip):
    bpy.context.scene.sequence_editor.active_strip = strip
    bpy.ops.onetake.import_strip()
    bpy.ops.onetake.import_video(filepath=str(SAMPLE))
    assert "--start" not in backend.asked[-1]
    assert characters(bpy.context.scene)[-1].action.frame_range[0] == 1


def test_a_clips_animation_plays_in_time_with_it(backend):
    clip = bpy.data.movieclips.load(str(SAMPLE))
    clip.frame_start = 21
    assert not bpy.ops.onetake.import_clip.poll()
    with bpy.context.temp_override(edit_movieclip=clip):
        assert bpy.ops.onetake.import_clip.poll()
        assert bpy.ops.onetake.import_clip() == {"FINISHED"}
    assert "--start" not in backend.asked[-1]
    assert characters(bpy.context.scene)[0].action.frame_range[0] == pytest.approx(21)


def test_both_editors_have_an_entry(addon):
    entries = []
    layout = SimpleNamespace(
        separator=lambda: None, operator=lambda name, **_: entries.append(name)
    )
    for menu, draw in import_source.MENUS:
        assert draw in getattr(bpy.types, menu)._dyn_ui_initialize()
        draw(SimpleNamespace(layout=layout), bpy.context)
    assert entries == ["onetake.import_video", "onetake.import_clip", "onetake.import_strip"]
