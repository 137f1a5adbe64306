"""Run by a fresh Blender with an empty user folder: installs the zip, presses every button, leaves.

    python installed.py onetake.zip folder

In the folder: a.take.npz, body.npz, smpl.npz and `python`, which stands for the backend's Python
and runs the steps of the file that is called like the command (see fake_backend.py). What a button
does is compared with what the function of `api` does to another character.
"""

import json
import sys
import time
from pathlib import Path

import bpy
import numpy as np

NAME = "bl_ext.user_default.onetake"
ARCHIVE, FOLDER = sys.argv[1], Path(sys.argv[2])
VIDEO = FOLDER / "clip.mp4"
STAGE = {"say": {"stage": "finding people", "done": 1, "total": 4}}
# It opens a window.
NOT_WITHOUT_WINDOW = {"show_preferences"}
pressed = set()


def install() -> None:
    bpy.ops.extensions.package_install_files(
        filepath=ARCHIVE, repo="user_default", enable_on_install=True
    )
    assert NAME in bpy.context.preferences.addons


def backend_does(command: str, *steps: dict) -> None:
    (FOLDER / command).write_text("\n".join(map(json.dumps, steps)), encoding="utf-8")


def press(button: str, /, **options: object) -> None:
    assert getattr(bpy.ops.onetake, button)(**options) == {"FINISHED"}, button
    pressed.add(button)


def until(condition) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        queue.tick()
        time.sleep(0.01)


def select(character) -> None:
    bpy.context.view_layer.objects.active = character.armature


def state(character) -> list:
    """What a button may change of a character, in numbers."""
    armature, animation = character.armature, character.armature.animation_data
    strips = [strip for track in animation.nla_tracks for strip in track.strips]
    frames = bpy.context.scene.frame_start + np.arange(0, 20, 3)
    heads = []
    for frame in frames:
        bpy.context.scene.frame_set(int(frame))
        heads.append([list(bone.head) for bone in armature.pose.bones])
    return [
        *(keys.tolist() for keys in read_curves(character.action, CHANNELS)),
        armature["onetake_smoothing"], list(armature["onetake_betas"]),
        list(armature["onetake_timing"]), list(armature.delta_location),
        animation.action is None, [list(strip.action.frame_range) for strip in strips], heads,
    ]  # fmt: skip


def alike(first, second) -> None:
    for one, other in zip(state(first), state(second), strict=True):
        if isinstance(one, list):
            assert np.array_equal(np.array(one), np.array(other))
        else:
            assert one == other


def pair() -> list:
    """Characters of the same take: for the buttons, and for the functions."""
    press("import_video", filepath=str(VIDEO))
    by_button = api.Character.of(bpy.context.object)
    (by_function,) = api.import_video(VIDEO)
    alike(by_button, by_function)
    select(by_button)
    return by_button, by_function


def edit(character) -> None:
    bone = character.armature.pose.bones["left_knee"]
    bpy.context.scene.frame_set(5)
    bone.rotation_quaternion = (0.8, 0.6, 0, 0)
    bone.keyframe_insert("rotation_quaternion", frame=5)
    assert api.is_edited(character)


class Layout:
    """Keeps the buttons that a preset menu draws, with what they were given."""

    def __init__(self, buttons: list) -> None:
        object.__setattr__(self, "buttons", buttons)

    def __setattr__(self, name: str, value: object) -> None:
        pass

    def __getattr__(self, name: str):
        def draw(*given, **options):
            if name != "operator":
                return Layout(self.buttons)
            self.buttons.append((given[0], {}))
            return type("Button", (), {"__setattr__": lambda _, key, to, b=self.buttons[-1]:
                                       b[1].__setitem__(key, to)})()  # fmt: skip

        return draw


def preset_buttons() -> list[tuple[str, dict]]:
    """What the popover offers."""
    menu = bpy.types.ONETAKE_PT_smoothing_presets
    panel = type("Panel", (), {"path_menu": menu.path_menu, "layout": Layout(buttons := []),
                               "bl_idname": "", "bl_label": ""})()  # fmt: skip
    menu.draw(panel, bpy.context)
    return buttons


install()
from bl_ext.user_default.onetake import api  # noqa: E402
from bl_ext.user_default.onetake.addon.backend_process import queue  # noqa: E402
from bl_ext.user_default.onetake.addon.scene.curves import read_curves  # noqa: E402
from bl_ext.user_default.onetake.addon.scene.keyframes import CHANNELS  # noqa: E402

assert api.environment().home.parts[-2:] == ("user_default", "onetake")
assert api.environment().missing == ["Python environment", "networks", "body"]
kept = api.environment().home / "models" / "kept"
kept.parent.mkdir(parents=True)
kept.touch()
preferences = bpy.context.preferences.addons[NAME].preferences
assert preferences.home == ""
preferences.home, preferences.environment = str(FOLDER / "home"), str(FOLDER / "python")
assert api.environment().missing == []

# Set-up.
press("set_up")
backend_does("check", STAGE, {"say": {"result": {"frames_per_second": 9.0, "device": "cpu"}}})
press("check")
assert api.check()["device"] == "cpu"
press("show_log")
assert bpy.data.texts["OneTake Log"].as_string() == api.log()

# Characters.
result = {"takes": [str(FOLDER / "a.take.npz")], "body": str(FOLDER / "body.npz")}
FOUND = STAGE, {"say": {"result": {**result, "video": str(VIDEO), "video_fps": 30.0}}}
backend_does("estimate", *FOUND)
mine, theirs = pair()
for character in (mine, theirs):
    edit(character)
press("discard_edits")
api.discard_edits(theirs)
alike(mine, theirs)
mine.armature.onetake_controls.min_cutoff = 0.5
api.set_smoothing(bpy.context, theirs, api.SmoothingSettings(min_cutoff=0.5))
alike(mine, theirs)
mine.armature.onetake_controls.in_place = True
api.set_in_place(bpy.context, theirs, True)
alike(mine, theirs)
mine.armature.onetake_shape.height = 1.5
api.change_height(bpy.context, theirs, mine.armature.onetake_shape.height)
assert abs(api.height(mine) - 1.5) < 1e-5
press("fit_shape")
api.fit_from_video(bpy.context, theirs)
alike(mine, theirs)
bpy.context.scene.cursor.location = (1.0, 2.0, 0.0)
press("place_at_cursor")
api.place_at(theirs, (1.0, 2.0, 0.0))
alike(mine, theirs)
for rate, to in ((24, "scene"), (24, "video")):
    bpy.context.scene.render.fps = rate
    press("match_frame_rate", to=to)
    api.match_frame_rate(bpy.context, theirs, to)
    alike(mine, theirs)
press("push_to_nla")
api.push_down(theirs.armature, theirs.action)
alike(mine, theirs)
mine, theirs = pair()
for character in (mine, theirs):
    edit(character)
press("keep_edits")
api.keep_edits(theirs)
alike(mine, theirs)

# Presets, by what Blender's own menu would press.
dance = next(path for path in api.presets() if path.stem == "dance")
press("apply_smoothing_preset", filepath=str(dance))
api.set_smoothing(bpy.context, theirs, api.read_preset(dance))
alike(mine, theirs)
before = preset_buttons()
assert {given.get("filepath") for _, given in before} >= {str(path) for path in api.presets()}
press("smoothing_preset_add", name="My Dance")
(own,) = set(api.presets()) - {Path(given.get("filepath", ".")) for _, given in before}
assert own.name == "my_dance.json" and Path(bpy.utils.user_resource("SCRIPTS")) in own.parents
assert api.read_preset(own) == api.read_preset(dance)
api.set_smoothing(bpy.context, mine, None)
buttons = [(name, given) for name, given in preset_buttons() if given not in [b[1] for b in before]]
for name, given in buttons:
    press(name.partition(".")[2], **given)
assert [name for name, _ in buttons] == [
    "onetake.apply_smoothing_preset", "onetake.smoothing_preset_add",
], buttons  # fmt: skip
alike(mine, theirs)
assert not own.exists() and len(preset_buttons()) == len(before)

# Another rig.
rigs = [api.import_video(VIDEO)[0].armature for _ in range(2)]
select(mine)
shown = mine.armature.onetake_retargeting
shown.target = rigs[0]
press("retarget")
api.retarget(bpy.context, theirs, rigs[1], shown.bone_map)
first, second = (read_curves(rig.animation_data.action, CHANNELS) for rig in rigs)
assert all(np.array_equal(*keys) for keys in zip(first, second, strict=True))
rows = len(shown.rows)
press("retarget_row", action="ADD")
press("retarget_row", action="REMOVE")
press("retarget_preset_save", name="My Rig")
own = next(path for path in api.rig_presets() if path.stem == "my_rig")
shown.rows.clear()
press("retarget_preset", filepath=str(own))
assert len(shown.rows) == rows
press("retarget_preset_remove")
assert not own.exists()
press("retarget_constrain")
assert any(bone.constraints for bone in rigs[0].pose.bones)
press("retarget_release")
assert not any(bone.constraints for bone in rigs[0].pose.bones)

# Files.
bpy.context.scene.onetake_export.preset = "bvh"
bpy.context.scene.onetake_export.folder = str(FOLDER / "by_button")
(FOLDER / "by_button").mkdir()
(FOLDER / "by_function").mkdir()
press("export")
(by_function,) = api.export(
    bpy.context, [mine], api.export_presets()["bvh"], FOLDER / "by_function"
)
assert (FOLDER / "by_button" / by_function.name).read_bytes() == by_function.read_bytes()

# The official body, which the backend has read.
backend_does("read-body", {"say": {"result": {"body": str(FOLDER / "smpl.npz")}}})
preferences.smpl_male = str(FOLDER / "smpl.npz")
press("use_official_body", body="male")
theirs = api.wear(bpy.context, theirs, "male")
alike(mine, theirs)
mine = api.Character.of(mine.armature)
select(mine)
press("pose_correctives")
api.set_pose_correctives(theirs, True)
alike(mine, theirs)
values = [[key.value for key in each.body.data.shape_keys.key_blocks] for each in (mine, theirs)]
assert len(values[0]) == 218 and np.abs(values[0][11:]).max() > 0.01
assert np.allclose(*values, atol=1e-6)
press("use_own_body")
theirs = api.wear(bpy.context, theirs, "onetake")
alike(mine, theirs)

# From the editors, and people chosen.
clip = bpy.data.movieclips.load(str(VIDEO))
with bpy.context.temp_override(edit_movieclip=clip):
    press("import_clip")
strips = bpy.context.scene.sequence_editor_create()
strips = strips.strips if hasattr(strips, "strips") else strips.sequences
bpy.context.scene.sequence_editor.active_strip = strips.new_movie("clip", str(VIDEO), 1, 1)
press("import_strip")
told = [{"person": number, "picture": "", "start": 0.0, "end": 1.0} for number in (1, 2)]
backend_does("people", STAGE, {"say": {"result": {"people": told}}})
press("import_video", filepath=str(VIDEO), people="choose")
(asking,) = [task for task in api.tasks() if getattr(task, "asks", False)]
press("tick_person", number=asking.number, person=2)
press("import_ticked", number=asking.number)
until(lambda: asking not in api.tasks())

# Jobs.
backend_does("estimate", STAGE, {"say": {"error": "Nobody was found.", "code": "no_person"}})
try:
    press("import_video", filepath=str(VIDEO))
except RuntimeError as error:
    assert "Nobody was found." in str(error)
(failed,) = [task for task in api.tasks() if task.error]
press("dismiss_job", number=failed.number)
backend_does("estimate", STAGE, {"leash": True})
for button in ("resume_job", "discard_job"):
    task = api.start_import(VIDEO)
    until(lambda task=task: task.stage)
    bpy.ops.wm.read_homefile(use_empty=True)
    press(button, number=api.offered()[0].number)
    if button == "resume_job":
        (task,) = api.tasks()
        until(lambda task=task: task.stage)
        press("cancel_job", number=task.number)
        until(lambda: not api.tasks())
assert not api.offered()

every = {name for name in dir(bpy.ops.onetake) if not name.startswith("_")}
assert every == pressed | NOT_WITHOUT_WINDOW, every ^ pressed

install()
assert kept.exists(), "an upgrade must not cost the user's data"
bpy.ops.preferences.addon_disable(module=NAME)
bpy.ops.preferences.addon_enable(module=NAME)
bpy.ops.extensions.package_uninstall(repo_index=1, pkg_id="onetake")
bpy.ops.preferences.addon_disable(module=NAME)
print("USED")
