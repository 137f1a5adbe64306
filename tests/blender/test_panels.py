"""What the panels draw, checked against Blender's own description of a layout."""

from types import SimpleNamespace

import blf
import bpy
import numpy as np
import pytest
from onetake.addon.backend_process import queue
from onetake.addon.backend_process.environment import Environment
from onetake.addon.backend_process.task import State, Task
from onetake.addon.panels import jobs, setup, text, thumbnail

import onetake
from onetake import api
from tests.blender import running
from tests.blender.running import STAGE, until
from tests.blender.test_import_video import SAMPLE, Backend

RNA = bpy.types.UILayout.bl_rna


class Layout:
    """Takes only what a UILayout takes, and keeps the texts and buttons."""

    def __init__(self, drawn: list | None = None) -> None:
        object.__setattr__(self, "drawn", [] if drawn is None else drawn)

    def __setattr__(self, name: str, value: object) -> None:
        assert not RNA.properties[name].is_readonly

    def __getattr__(self, name: str):
        known = RNA.functions[name].parameters

        def draw(*given: object, **options: object):
            assert set(options) <= set(known.keys()), f"{name} takes no {set(options)}"
            if "icon" in options:
                assert options["icon"] in known["icon"].enum_items, options["icon"]
            self.drawn.append((name, *given, options))
            if name == "operator":
                kind = bpy.ops
                for part in given[0].split("."):
                    kind = getattr(kind, part)
                return Button(kind.get_rna_type().properties)
            if name == "prop":
                assert hasattr(given[0], given[1])
            return Layout(self.drawn)

        return draw

    @property
    def texts(self) -> str:
        return " ".join(str(item[-1].get("text", "")) for item in self.drawn)

    @property
    def buttons(self) -> list[str]:
        return [item[1] for item in self.drawn if item[0] == "operator"]


class Button:
    def __init__(self, properties) -> None:
        object.__setattr__(self, "known", properties)

    def __setattr__(self, name: str, value: object) -> None:
        assert name in self.known, f"the operator has no {name}"


# In background there is no region, and no size of the user interface.
CONTEXT = SimpleNamespace(
    region=SimpleNamespace(width=280),
    preferences=SimpleNamespace(
        system=SimpleNamespace(ui_scale=1.0), ui_styles=bpy.context.preferences.ui_styles
    ),
)


def drawn(panel: type) -> Layout:
    layout = Layout()
    panel.draw(SimpleNamespace(layout=layout), CONTEXT)
    return layout


@pytest.fixture
def addon(context, tmp_path, monkeypatch):
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ONETAKE_BACKEND_PYTHON", raising=False)
    onetake.register()
    yield
    onetake.unregister()


@pytest.fixture
def backend(addon, tmp_path, monkeypatch, cubes):
    backend = Backend(tmp_path, cubes)
    monkeypatch.setattr(Environment, "missing", [])
    monkeypatch.setattr(Environment, "backend_command", lambda _, *given: backend.command(*given))
    return backend


def test_before_set_up_the_button_for_it_is_shown(addon):
    assert "Set OneTake up first" in drawn(jobs.VIEW3D_PT_onetake).texts
    panel = drawn(setup.VIEW3D_PT_onetake_setup)
    assert panel.buttons == ["onetake.set_up", "onetake.show_log", "onetake.show_preferences"]
    assert "Networks missing" in panel.texts and "GB free" in panel.texts


def test_offline_says_why_and_what_to_do(addon, monkeypatch):
    for forbidden in (False, True):
        app = SimpleNamespace(online_access=False, online_access_override=forbidden)
        monkeypatch.setattr(setup, "bpy", SimpleNamespace(app=app))
        shown = drawn(setup.VIEW3D_PT_onetake_setup).texts
        assert "Go Online and Set Up" in shown
        assert "not allowed online" in shown and "folder of wheels" in shown
    monkeypatch.setattr(api, "bpy", SimpleNamespace(app=app))
    with pytest.raises(Exception, match="not allowed online"):
        api.start_set_up()
    assert not queue.tasks


def test_pytorch_is_named_whatever_else_is_missing(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    (tmp_path / "lib" / "python3.11" / "site-packages" / "torch-2.13.0.dist-info").mkdir(
        parents=True
    )
    environment = Environment(tmp_path / "home", chosen=tmp_path)
    assert environment.missing == ["networks", "body"] and environment.torch == "2.13.0"


def test_wheels_need_no_network(tmp_path):
    wheels = Environment(tmp_path / "home", wheels=tmp_path)
    assert not wheels.needs_network and Environment(tmp_path / "home").needs_network
    _, variables = wheels.set_up_command()
    assert variables["PIP_NO_INDEX"] == "1" and variables["PIP_FIND_LINKS"] == str(tmp_path)
    command, variables = Environment(tmp_path / "home").set_up_command()
    assert "PIP_NO_INDEX" not in variables and variables["ONETAKE_HOME"] == str(tmp_path / "home")
    assert command[-2:] == ["--progress", "json"] and "--backend-only" in command


def test_a_running_import_shows_stage_steps_and_picture(backend):
    backend.before = [STAGE, {"leash": True}]
    task, waiting = api.start_import(SAMPLE), api.start_import(SAMPLE)
    until(lambda: task.stage)
    picture = np.zeros((256, 256, 4), np.uint8)
    picture[..., 0] = 255
    np.save(task.thumbnail, picture)
    thumbnail.update()
    shown = thumbnail._previews["thumbnail"]
    assert tuple(shown.image_size) == (256, 256)
    assert shown.image_pixels_float[:4] == pytest.approx([1, 0, 0, 0])
    panel = drawn(jobs.VIEW3D_PT_onetake)
    assert "Finding people" in panel.texts and "1 of 4" in panel.texts
    assert "Waiting for its turn" in panel.texts
    assert panel.buttons == ["onetake.import_video", "onetake.cancel_job", "onetake.cancel_job"]
    (progress,) = [item for item in panel.drawn if item[0] == "progress"]
    assert progress[-1]["factor"] == pytest.approx(1 / 4)
    assert waiting.state is State.WAITING


def test_each_end_has_its_words(backend):
    backend.answer = {"error": "Nobody was found in sample.mp4.", "code": "no_person"}
    task = api.start_import(SAMPLE)
    queue.wait(task)
    panel = drawn(jobs.VIEW3D_PT_onetake)
    assert "Nobody was found" in panel.texts
    assert panel.buttons[1:] == ["onetake.dismiss_job", "onetake.show_log"]
    bpy.ops.onetake.show_log()
    assert bpy.data.texts["OneTake Log"].as_string()


def test_a_selected_character_has_its_sliders_and_buttons(backend):
    first, _ = api.import_video(SAMPLE)
    bpy.context.view_layer.objects.active = first.armature
    layout = Layout()
    for name in ("character", "smoothing", "smoothing_parts", "shape"):
        panel = getattr(bpy.types, f"ONETAKE_PT_{name}")
        assert panel.poll(bpy.context)
        panel.draw(SimpleNamespace(layout=layout), bpy.context)
    assert "onetake.place_at_cursor" in layout.buttons and "onetake.fit_shape" in layout.buttons
    sliders = [item[2] for item in layout.drawn if item[0] == "prop"]
    assert {"min_cutoff", "beta", "in_place", "height", "betas", "strength_arms"} <= set(sliders)


def test_an_offer_is_shown(backend):
    backend.before = [STAGE, {"leash": True}]
    task = api.start_import(SAMPLE)
    until(lambda: task.stage)
    onetake.unregister()
    onetake.register()
    panel = drawn(jobs.VIEW3D_PT_onetake)
    assert "sample.mp4 was interrupted" in panel.texts
    assert panel.buttons[1:] == ["onetake.resume_job", "onetake.discard_job"]


def test_set_up_is_followed_by_a_look_at_the_disk(addon, tmp_path):
    assert "Networks missing" in drawn(setup.VIEW3D_PT_onetake_setup).texts
    path = running.script(tmp_path / "script", [{"say": {"result": {}}}])
    task = Task("Set-up", lambda: running.command(path))
    queue.add(task)
    models = tmp_path / "home" / "models"
    models.mkdir(parents=True)
    for name in ("pose_detection.tflite", "pose_landmark_full.tflite", "body-1.npz"):
        (models / name).touch()
    queue.wait(task)
    assert "Networks missing" not in drawn(setup.VIEW3D_PT_onetake_backend).texts


def test_a_paragraph_fits_its_region():
    blf.size(0, CONTEXT.preferences.ui_styles[0].widget.points)
    for word in ("ill", "MWM"):
        layout = Layout()
        text.paragraph(layout, CONTEXT, f"{word} " * 40)
        lines = [item[-1]["text"] for item in layout.drawn if item[0] == "label"]
        widths = [blf.dimensions(0, line)[0] for line in lines]
        assert 180 < max(widths[:-1]) < 240 and min(widths[:-1]) > 180
        assert " ".join(lines) == " ".join([word] * 40)
    assert "ten" * 60 in [*text._wrapped("ten" * 60 + " a", 200, 11)]
    assert text.duration(12.4) == "12 s" and text.duration(200) == "3 min"
