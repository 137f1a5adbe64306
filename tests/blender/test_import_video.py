"""Import Video as Animation, from the operator to the character."""

import json
import math
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from onetake.addon import command_line
from onetake.addon.backend_process import import_task, queue
from onetake.addon.backend_process.environment import Environment
from onetake.addon.backend_process.import_task import ImportTask
from onetake.addon.backend_process.task import State
from onetake.addon.scene.character import characters, stored_take
from onetake.backend.errors import OneTakeError

import onetake
from onetake import api
from tests.blender import running
from tests.blender.running import STAGE, alive, until
from tests.blender.synthetic import random_take
from tests.needs import skip_unless

SAMPLE = Path(__file__).parents[2] / "backend" / "sample.mp4"
BODY = ("v_template", "shapedirs", "J_regressor", "weights", "f", "quads", "beta_names")


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """An empty folder for the add-on's data."""
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def addon(context, home):
    """The add-on, enabled in an empty scene."""
    onetake.register()
    yield
    onetake.unregister()


class Backend:
    """Says what a test wants; `asked` keeps the arguments of every run."""

    def __init__(self, tmp_path, cubes) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.before: list[dict] = [STAGE]
        self.answer: dict | None = None
        self.copies = False  # the video is none that Blender could show
        self._folder, self._cubes = tmp_path, cubes
        arrays = {name: np.asarray(getattr(cubes, name)) for name in BODY}
        np.savez(tmp_path / "body.npz", name=cubes.name, **arrays)

    def command(self, *arguments: str):
        """In place of Environment.backend_command."""
        self.asked.append(arguments)
        folder = Path(arguments[arguments.index("--output") + 1])
        answer = self.answer or {"result": self._takes(folder)}
        path = self._folder / f"script{len(self.asked)}"
        return running.command(running.script(path, [*self.before, {"say": answer}]))

    def _takes(self, folder: Path) -> dict:
        paths = [folder / "sample.take.npz", folder / "sample.person2.take.npz"]
        for number, path in enumerate(paths, 1):
            random_take(self._cubes, 20, seed=number, person_id=number).save(path)
        body = str(self._folder / "body.npz")
        shown = SAMPLE
        if self.copies:
            shown = Path(shutil.copy(SAMPLE, folder / "sample.proxy.mp4")).resolve()
        return {"takes": [*map(str, paths)], "body": body, "video": str(shown), "video_fps": 30.0}


@pytest.fixture
def backend(addon, tmp_path, monkeypatch, cubes) -> Backend:
    """Stands for a backend that is set up and finds two people."""
    backend = Backend(tmp_path, cubes)
    monkeypatch.setattr(Environment, "missing", [])
    monkeypatch.setattr(Environment, "backend_command", lambda _, *given: backend.command(*given))
    return backend


def option(backend: Backend, name: str) -> str:
    given = backend.asked[-1]
    return given[given.index(f"--{name}") + 1]


def test_the_operator_makes_the_characters(backend, home, cubes):
    assert bpy.ops.onetake.import_video(filepath=str(SAMPLE)) == {"FINISHED"}
    people = characters(bpy.context.scene)
    assert [each.armature.name for each in people] == ["clip", "clip.person2"]
    assert np.array_equal(stored_take(people[0]).poses, random_take(cubes, 20, seed=1).poses)
    assert people[0].action and people[0].camera is people[1].camera
    assert not queue.tasks and not list((home / "takes").iterdir())


def test_the_api_makes_what_the_operator_makes(backend):
    bpy.ops.onetake.import_video(filepath=str(SAMPLE), people="largest")
    asked = backend.asked[0]
    by_hand = api.import_video(SAMPLE, people="largest")
    assert [each.armature.name for each in by_hand] == ["clip.001", "clip.person2.001"]
    assert [a for a in asked if "takes" not in a] == [
        a for a in backend.asked[1] if "takes" not in a
    ]
    curves = [each.armature[name] for each in by_hand[:1] for name in ("onetake_betas",)]
    first = bpy.data.objects["clip"]
    assert list(curves[0]) == list(first["onetake_betas"])
    assert np.array_equal(first["onetake_motion"], by_hand[0].armature["onetake_motion"])


def test_the_options_reach_the_backend(backend):
    bpy.ops.onetake.import_video(
        filepath=str(SAMPLE), people="largest", estimator="onetake", quality="fast",
        lens="FOV", fov=math.radians(60), use_frames=True, first_frame=11, last_frame=20,
    )  # fmt: skip
    assert option(backend, "people") == "largest" and option(backend, "quality") == "fast"
    assert option(backend, "estimator") == "onetake"
    assert float(option(backend, "fov")) == pytest.approx(60)
    # Frame 11 is at 10/30 s, frame 20 at 19/30 s: both well within, their neighbours without.
    assert 9 / 30 < float(option(backend, "start")) < 10 / 30
    assert 19 / 30 < float(option(backend, "end")) < 20 / 30


@pytest.mark.parametrize(("choice", "fps"), [("unless_animated", 30), ("scene", 24)])
def test_the_frame_rate_is_chosen(backend, choice, fps):
    scene = bpy.context.scene
    scene.render.fps = 24
    bpy.ops.onetake.import_video(filepath=str(SAMPLE), match_rate=choice)
    assert scene.render.fps == fps
    for character in characters(scene):
        first, last = character.action.frame_range
        assert last - first == pytest.approx(19 / 30 * fps, abs=1e-3)
    with pytest.raises(OneTakeError, match="match_rate"):
        api.start_import(SAMPLE, match_rate="film")


def test_an_imported_character_has_its_panels_and_functions(backend, tmp_path):
    first, _ = api.import_video(SAMPLE)
    bpy.context.view_layer.objects.active = first.armature
    for name in ("character", "smoothing", "shape"):
        assert getattr(bpy.types, f"ONETAKE_PT_{name}").poll(bpy.context)
    api.set_smoothing(bpy.context, first, api.SmoothingSettings(min_cutoff=0.8))
    assert first.armature.onetake_controls.min_cutoff == pytest.approx(0.8)
    api.change_height(bpy.context, first, 1.9)
    assert api.height(first) == pytest.approx(1.9)
    api.match_frame_rate(bpy.context, first, "scene")
    assert api.export_fbx(bpy.context, first, tmp_path / "a.fbx").exists()
    assert all(hasattr(api, name) for name in api.__all__)


def test_the_scene_camera_tells_the_field_of_view(backend):
    camera = bpy.data.objects.new("c", bpy.data.cameras.new("c"))
    scene = bpy.context.scene
    scene.collection.objects.link(camera)
    with pytest.raises(RuntimeError, match="no perspective camera"):
        bpy.ops.onetake.import_video(filepath=str(SAMPLE), lens="CAMERA")
    scene.camera, camera.data.lens, camera.data.sensor_width = camera, 18.0, 36.0
    bpy.ops.onetake.import_video(filepath=str(SAMPLE), lens="CAMERA")
    assert float(option(backend, "fov")) == pytest.approx(90, abs=0.01)


def test_choices_are_those_of_the_backend(root):
    source = (root / "backend" / "estimators" / "__init__.py").read_text(encoding="utf-8")
    rna = bpy.ops.onetake  # the operator's lists are the task's
    onetake.register()
    try:
        properties = rna.import_video.get_rna_type().properties
        for name, known in (("people", import_task.PEOPLE), ("quality", import_task.QUALITIES),
                            ("estimator", import_task.ESTIMATORS),
                            ("match_rate", import_task.MATCH_RATES)):  # fmt: skip
            assert [item.identifier for item in properties[name].enum_items] == list(known)
        assert properties["quality"].default == "balanced"
        assert f'DEFAULT = "{properties["estimator"].default}"' in source
    finally:
        onetake.unregister()
    assert f"QUALITIES = {import_task.QUALITIES}".replace("'", '"') in source
    assert all(f'"{name}": _Entry(' in source for name in import_task.ESTIMATORS)


def test_a_note_on_the_video_stays_until_it_is_read(backend, home):
    backend.before = [STAGE, {"say": {"note": "Note: the video is damaged after 2 s."}}]
    bpy.ops.onetake.import_video(filepath=str(SAMPLE))
    (task,) = api.tasks()
    assert task.imported and task.problem == "Note: the video is damaged after 2 s."
    assert len(characters(bpy.context.scene)) == 2 and queue.tick() is None
    bpy.ops.onetake.dismiss_job(number=task.number)
    assert not api.tasks()


def test_the_command_line_makes_a_file(backend, tmp_path, capsys):
    blend = tmp_path / "jump.blend"
    given = ["import", str(SAMPLE), "--blend", str(blend), "--frames", "2", "5"]
    assert command_line.execute([*given, "--people", "largest"]) == 0
    assert (
        option(backend, "people") == "largest" and 1 / 60 < float(option(backend, "end")) < 5 / 30
    )
    assert "clip, clip.person2" in capsys.readouterr().out
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    assert len(characters(bpy.context.scene)) == 2
    assert command_line.execute(["import", "/nowhere.mp4", "--blend", str(blend)]) == 1
    assert "no video at /nowhere.mp4" in capsys.readouterr().err
    assert command_line.execute(["emigrate"]) == 1
    assert "invalid choice: 'emigrate'" in capsys.readouterr().err


def test_the_command_line_says_how_far_it_is(monkeypatch, capsys):
    task = SimpleNamespace(title="jump.mp4", stage="finding people", done=1, total=4)
    monkeypatch.setattr(command_line.queue, "tasks", [task])
    command_line._tell()
    assert capsys.readouterr().err == "jump.mp4: finding people 1/4\n"


def test_the_copy_that_the_scene_shows_stays(backend, home, tmp_path, monkeypatch):
    home.mkdir()
    (tmp_path / "link").symlink_to(home)
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "link"))
    backend.copies = True
    bpy.ops.onetake.import_video(filepath=str(SAMPLE))
    (folder,) = (home / "takes").iterdir()
    assert [path.name for path in folder.iterdir()] == ["sample.proxy.mp4"]
    (image,) = [image for image in bpy.data.images if image.source == "MOVIE"]
    assert Path(bpy.path.abspath(image.filepath)).samefile(folder / "sample.proxy.mp4")
    assert not ImportTask.left_behind(api.environment())


def test_what_goes_wrong_is_reported(backend, home):
    with pytest.raises(RuntimeError, match="no video at /nowhere"):
        bpy.ops.onetake.import_video(filepath="/nowhere/a.mp4")
    with pytest.raises(RuntimeError, match="last frame comes before"):
        bpy.ops.onetake.import_video(
            filepath=str(SAMPLE), use_frames=True, first_frame=9, last_frame=2
        )
    backend.answer = {"error": "Nobody was found in sample.mp4.", "code": "no_person"}
    with pytest.raises(RuntimeError, match="Nobody was found"):
        bpy.ops.onetake.import_video(filepath=str(SAMPLE))
    (task,) = api.tasks()
    bpy.ops.onetake.dismiss_job(number=task.number)
    assert not api.tasks() and not task.folder.exists()
    assert not characters(bpy.context.scene)


def test_without_set_up_it_says_so(addon, monkeypatch):
    monkeypatch.delenv("ONETAKE_BACKEND_PYTHON", raising=False)
    assert api.environment().missing == ["Python environment", "networks", "body"]
    with pytest.raises(RuntimeError, match="not set up yet"):
        bpy.ops.onetake.import_video(filepath=str(SAMPLE))


def test_cancel_deletes_what_it_had(backend, home):
    backend.before = [STAGE, {"leash": True}]
    task = api.start_import(SAMPLE)
    until(lambda: task.stage)
    pid = task.pid
    with pytest.raises(RuntimeError, match="no such job"):
        bpy.ops.onetake.cancel_job(number=0)
    bpy.ops.onetake.cancel_job(number=task.number)
    until(lambda: not queue.tasks)
    assert task.state is State.CANCELLED and not alive(pid)
    assert not list((home / "takes").iterdir()) and not api.offered()


def test_a_deleted_scene_ends_its_import(backend):
    other = bpy.data.scenes.new("Other")
    backend.before = [STAGE, {"leash": True}]
    task = api.start_import(SAMPLE, scene=other)
    until(lambda: task.stage)
    pid = task.pid
    other.name = "Renamed"
    queue.tick()
    assert task.state is State.RUNNING
    bpy.data.scenes.remove(other)
    until(lambda: task.state.over)
    assert not alive(pid) and not queue.tasks


def test_it_comes_into_the_scene_it_was_started_from(backend):
    other = bpy.data.scenes.new("Other")
    task = api.start_import(SAMPLE, scene=other)
    queue.wait(task)
    assert len(characters(other)) == 2 and not characters(bpy.context.scene)
    assert bpy.context.window.scene != other, "the user's view has changed"


def test_a_closed_file_is_offered_its_import_again(backend, home):
    backend.before = [STAGE, {"leash": True}]
    task = api.start_import(SAMPLE, quality="fast")
    until(lambda: task.stage)
    pid = task.pid
    bpy.ops.wm.read_homefile(use_empty=True)
    assert not alive(pid) and not api.tasks()
    (offer,) = api.offered()
    assert offer.state is State.WAITING and offer.options == task.options
    backend.before = [STAGE]
    bpy.ops.onetake.resume_job(number=offer.number)
    (task,) = api.tasks()
    queue.wait(task)
    assert len(characters(bpy.context.scene)) == 2
    assert not api.offered() and not list((home / "takes").iterdir())


def test_a_finished_import_survives_blender(backend, home, monkeypatch):
    monkeypatch.setattr(queue, "arrive", queue.nobody)  # the user is in Edit Mode
    task = api.start_import(SAMPLE)
    until(lambda: task.state is State.DONE)
    assert queue.tick() is not None, "the timer must go on until it has arrived"
    onetake.unregister()
    onetake.register()
    (offer,) = api.offered()
    assert offer.state is State.DONE and len(backend.asked) == 1
    bpy.ops.onetake.resume_job(number=offer.number)
    until(lambda: not queue.tasks)
    assert len(backend.asked) == 1, "nothing had to be computed again"
    assert len(characters(bpy.context.scene)) == 2


def test_an_import_of_another_blender_is_not_offered(backend, home):
    backend.before = [STAGE, {"leash": True}]
    task = api.start_import(SAMPLE)
    assert not ImportTask.left_behind(api.environment()), "this one works on it"
    task.end()
    task.release()
    (again,) = ImportTask.left_behind(api.environment())
    assert not ImportTask.left_behind(api.environment())
    queue.offer([again])
    bpy.ops.onetake.discard_job(number=again.number)
    assert not list((home / "takes").iterdir())


def test_a_damaged_folder_offers_nothing(backend, home):
    for number, text in enumerate(("{", "[]", json.dumps({"options": {"video": "/nowhere"}}))):
        folder = home / "takes" / str(number)
        folder.mkdir(parents=True)
        (folder / "job.json").write_text(text)
    assert ImportTask.left_behind(api.environment()) == []


def test_a_take_that_does_not_fit_is_a_sentence(backend, tmp_path):
    backend_result = {"takes": [str(SAMPLE)], "body": str(tmp_path / "body.npz"),
                      "video": str(SAMPLE), "video_fps": 30.0}  # fmt: skip
    queue.arrive, arrive = queue.nobody, queue.arrive
    task = api.start_import(SAMPLE)
    until(lambda: task.state is State.DONE)
    task.result, queue.arrive = backend_result, arrive
    until(lambda: task.state.over and not queue.busy())
    assert task.state is State.FAILED and "sample.mp4" in task.error.message


def test_edit_mode_is_not_disturbed(backend):
    from onetake.addon import arrival

    mesh = bpy.data.objects.new("m", bpy.data.meshes.new("m"))
    bpy.context.scene.collection.objects.link(mesh)
    bpy.context.view_layer.objects.active = mesh
    bpy.ops.object.mode_set(mode="EDIT")
    window = bpy.context.window_manager.windows[0]
    assert arrival._mode(window) == "EDIT"
    task = api.start_import(SAMPLE)
    until(lambda: task.state is State.DONE)
    queue.tick()
    assert not task.imported and bpy.context.object.mode == "EDIT"
    bpy.ops.object.mode_set(mode="OBJECT")
    until(lambda: task.imported)


def test_a_bad_option_is_refused(backend):
    with pytest.raises(OneTakeError, match="quality is one of"):
        api.start_import(SAMPLE, quality="splendid")


def test_a_dropped_video_is_taken():
    onetake.register()
    try:
        handler = bpy.types.FileHandler.bl_rna_get_subclass_py("ONETAKE_FH_video")
        assert handler.bl_import_operator == "onetake.import_video"
        assert {".mp4", ".mov", ".webm"} < set(handler.bl_file_extensions.split(";"))
    finally:
        onetake.unregister()


def test_the_real_backend_finds_the_person(addon, home, tmp_path, monkeypatch, real_body_path):
    skip_unless(os.environ.get("ONETAKE_BACKEND_PYTHON"), "no Python of the backend is named")
    home.mkdir()
    (home / "models").symlink_to(real_body_path.parent)
    seen = []
    queue.listeners.append(lambda: seen.extend(task.stage for task in queue.tasks))
    (person,) = api.import_video(SAMPLE, frames=(1, 10), quality="fast")
    queue.listeners.pop()
    assert len(stored_take(person)) == 10
    assert {"finding people", "fitting person 1"} <= set(seen)
