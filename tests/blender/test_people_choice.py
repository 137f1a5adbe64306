"""People chosen from their pictures, and imports onto the selected armature."""

# ruff: noqa: F811 - fixtures come by import
import struct
import zlib

import bpy
import pytest
from onetake.addon import command_line
from onetake.addon.backend_process import queue
from onetake.addon.backend_process.task import State
from onetake.addon.panels import jobs
from onetake.addon.scene.character import characters
from onetake.backend.errors import OneTakeError

import onetake
from onetake import api
from tests.blender.running import until
from tests.blender.test_import_video import (  # noqa: F401
    SAMPLE,
    addon,
    backend,
    home,
    option,
)  # fmt: skip
from tests.blender.test_panels import drawn


def _png(path):
    """A picture of one red point."""

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    parts = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)),
             (b"IDAT", zlib.compress(b"\0\xff\0\0\xff")), (b"IEND", b"")]  # fmt: skip
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts))
    return str(path)


@pytest.fixture
def crowd(backend, tmp_path):
    """A backend that finds three people first."""
    told = [
        {"person": number, "picture": _png(tmp_path / f"{number}.png"), "start": 0.0, "end": 3.5}
        for number in (1, 2, 3)
    ]
    backend.answer = {"result": {"people": told}}
    return backend


def test_the_chosen_people_are_imported(crowd):
    bpy.ops.onetake.import_video(filepath=str(SAMPLE), people="choose", quality="fast")
    assert crowd.asked[0][0] == "people" and option(crowd, "quality") == "fast"
    assert option(crowd, "estimator") == "onetake"
    (task,) = api.tasks()
    assert task.asks and [person.number for person in task.people] == [1, 2, 3]
    assert not characters(bpy.context.scene) and not queue.busy()
    panel = drawn(jobs.VIEW3D_PT_onetake)
    assert panel.buttons.count("onetake.tick_person") == 3
    assert len([item for item in panel.drawn if item[0] == "template_icon"]) == 3
    assert "Import 1 Person" in panel.texts and "2: 0.0 to 3.5 s" in panel.texts
    bpy.ops.onetake.tick_person(number=task.number, person=3)
    assert "Import 2 People" in drawn(jobs.VIEW3D_PT_onetake).texts
    crowd.answer = None
    bpy.ops.onetake.import_ticked(number=task.number)
    queue.wait(task)
    assert crowd.asked[1][0] == "estimate" and option(crowd, "people") == "1,3"
    assert len(characters(bpy.context.scene)) == 2 and not api.tasks()
    assert not task.folder.exists()


def test_nobody_is_no_choice(crowd):
    bpy.ops.onetake.import_video(filepath=str(SAMPLE), people="choose")
    (task,) = api.tasks()
    bpy.ops.onetake.tick_person(number=task.number, person=1)
    with pytest.raises(RuntimeError, match="Choose somebody"):
        bpy.ops.onetake.import_ticked(number=task.number)
    assert task.asks
    bpy.ops.onetake.dismiss_job(number=task.number)
    assert not task.folder.exists()


def test_where_one_person_is_found_nothing_is_asked(crowd):
    crowd.answer["result"]["people"] = crowd.answer["result"]["people"][:1]
    task = api.start_import(SAMPLE, people="choose")
    until(lambda: task.options.people == "1")
    crowd.answer = None
    queue.wait(task)
    assert option(crowd, "people") == "1" and len(characters(bpy.context.scene)) == 2


def test_the_question_survives_blender(crowd):
    task = api.start_import(SAMPLE, people="choose")
    until(lambda: task.asks)
    onetake.unregister()
    onetake.register()
    (offer,) = api.offered()
    assert offer.asks and "choose from" in drawn(jobs.VIEW3D_PT_onetake).texts
    bpy.ops.onetake.resume_job(number=offer.number)
    queue.tick()
    assert len(crowd.asked) == 1 and api.tasks() == [offer]
    crowd.answer = None
    api.choose_people(offer, [2])
    queue.wait(offer)
    assert option(crowd, "people") == "2" and offer.state is State.DONE


def test_scripts_ask_who_is_there_and_give_numbers(crowd, tmp_path):
    found = api.find_people(SAMPLE, tmp_path / "who")
    assert [each.number for each in found] == [1, 2, 3] and found[0].picture.is_file()
    assert not api.tasks()
    crowd.answer = None
    api.import_video(SAMPLE, people=[each.number for each in found[:2]])
    assert option(crowd, "people") == "1,2"
    for people, words in (("choose", "Nobody is there to ask"), ("1,x", "all, largest, or")):
        with pytest.raises(OneTakeError, match=words):
            api.import_video(SAMPLE, people=people)


def test_the_command_line_takes_numbers(crowd, tmp_path, capsys):
    crowd.answer = None
    given = ["import", str(SAMPLE), "--blend", str(tmp_path / "a.blend"), "--fov", "60"]
    assert command_line.execute([*given, "--people", "3,1"]) == 0
    assert option(crowd, "people") == "1,3"
    assert float(option(crowd, "fov")) == pytest.approx(60)
    assert command_line.execute([*given, "--people", "some"]) == 1
    assert "all, largest, or numbers" in capsys.readouterr().err


def test_the_selected_character_gets_the_motion(backend):
    first, _ = api.import_video(SAMPLE)
    bpy.context.view_layer.objects.active = first.body
    old, shape = first.action, first.betas
    bpy.ops.onetake.import_video(filepath=str(SAMPLE), target="selected")
    assert [each.armature.name for each in characters(bpy.context.scene)] == [
        "clip", "clip.person2", "clip.person2.001"
    ]  # fmt: skip
    assert first.action != old and first.action.name.startswith("clip")
    assert list(first.betas) == list(shape)
    bpy.context.view_layer.objects.active = first.camera
    with pytest.raises(RuntimeError, match="Select the armature"):
        bpy.ops.onetake.import_video(filepath=str(SAMPLE), target="selected")


def test_a_target_that_is_gone_is_said(backend):
    first, _ = api.import_video(SAMPLE)
    task = api.start_import(SAMPLE, target=first.armature)
    bpy.data.objects.remove(first.armature)
    queue.wait(task)
    assert "no clip in the scene any more" in task.error.message


def test_the_lens_of_the_scenes_camera_is_used(backend):
    with pytest.raises(RuntimeError, match="no perspective camera"):
        bpy.ops.onetake.import_video(filepath=str(SAMPLE), lens="CAMERA")
    camera = bpy.data.objects.new("c", bpy.data.cameras.new("c"))
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    camera.data.sensor_width, camera.data.lens = 36, 18
    bpy.ops.onetake.import_video(filepath=str(SAMPLE), lens="CAMERA")
    assert float(option(backend, "fov")) == pytest.approx(90, abs=0.01)
