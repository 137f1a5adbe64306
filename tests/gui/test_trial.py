"""The animator's whole way, in a real Blender window, with a real mouse. In this order."""

import pytest

from tests.gui.window import HEIGHT

ADDON = "bl_ext.user_default.onetake"
PREFERENCES = f"bpy.context.preferences.addons['{ADDON}'].preferences"
OURS = "/trial/blender/extensions/.user/user_default/onetake"
DROP = (400, 400)  # on the viewport, clear of the sidebar and of the tools
ARROW, TAB = (1051, 103), (1043, 257)  # opens the sidebar; the fourth tab in it
AT_THE_RIGHT = 0.815  # of the sidebar: the cross on a job
SECONDS = 1800  # for what takes long on a machine that is busy

SETUP_STAGES = ("Python", "PyTorch", "Video", "Networks", "Body")
IMPORT_STAGES = ("finding people", "fitting person 1")
GRACE, LOOKS = 0.5, 3  # s that a cancelled backend may take, and looks after which it is gone
QUIET = ("Xvfb", "blender", "/bin/sh")  # what runs when nothing does


def test_the_zip_is_dropped_and_its_tab_opened(window):
    window.drop("/trial/home/" + zip_of(window), *DROP)
    window.confirm()
    window.wait(f"'{ADDON}' in bpy.context.preferences.addons")
    window.click(*ARROW)
    window.wait("sidebar()[2].width > 50")
    window.click(*TAB)
    window.wait("sidebar()[2].active_panel_category == 'OneTake'")
    window.ask("watch()")
    assert window.ask("answer(api.environment().missing)") == [
        "Python environment", "networks", "body",
    ]  # fmt: skip


def test_without_a_network_set_up_says_so(window):
    assert not window.ask("answer(bpy.app.online_access)")
    window.press("onetake.set_up")  # "Go Online and Set Up"
    error = failure(window)
    assert window.ask("answer(bpy.app.online_access)")
    assert "the network cannot be reached" in error
    window.show("no network")
    dismiss(window)


def test_a_full_disk_is_said_before_anything_is_downloaded(window):
    window.ask(f"{PREFERENCES}.home = '/small/onetake'")
    window.press("onetake.set_up")
    assert "OneTake needs" in failure(window)
    dismiss(window)
    window.ask(f"{PREFERENCES}.home = ''")


def test_set_up_goes_on_wherever_it_was_killed(window):
    """From local wheels, through the button; nothing of a killed one goes on."""
    window.ask(f"{PREFERENCES}.wheels = '/wheels'")
    for stage in SETUP_STAGES:
        window.ask(f"at = ({stage!r}, kill); stages.clear()")
        window.press("onetake.set_up")
        assert "ended by signal 9" in failure(window)
        assert idle(window)
        window.show(f"killed at {stage}")
        dismiss(window)
    window.ask("stages.clear()")
    window.press("onetake.set_up")
    window.wait("api.tasks() and all(task.state.over for task in api.tasks())", SECONDS)
    assert window.ask("answer(api.tasks()[0].error and api.tasks()[0].error.message)") is None
    # Of the five steps only the last was left.
    assert window.ask("answer([stage for stage, _, _ in stages])") == ["Body"]
    assert window.ask("answer(api.environment().missing)") == []
    window.show("set up")
    dismiss(window)


def test_a_video_becomes_a_character(window):
    """Through the button and the file browser; Blender is held up for 60 ms at most."""
    window.ask("stages.clear(); held.clear(); pictures.clear()")
    choose_video(window, row=0)
    window.wait("not api.tasks() and characters()", SECONDS)
    assert window.ask("answer(len(set(pictures) - {None}))") > 0
    stages = window.ask("answer(stages)")
    people = [done for stage, done, _ in stages if stage == "finding people"]
    assert people == sorted(people) and len(set(people)) > 5 and people[-1] == 30
    assert [item for item in window.ask("answer([c.name for c in characters()])")] == ["jump"]
    assert window.ask("answer(keys().shape[1])") == 30
    held = window.ask("answer(held)")
    print(f"\nBlender was held up {len(held)} times, for {1000 * max(held):.0f} ms at most")
    assert max(held) < 0.060
    window.show("imported")


def test_a_cancelled_import_is_gone_within_a_second(window):
    window.ask("at = ('finding people', pause)")
    choose_video(window, row=1)
    window.wait("at is None")
    pid = window.ask("answer(api.tasks()[0].pid)")
    x, y = window.find("onetake.cancel_job")  # the backend waits meanwhile
    window.show("importing")
    window.ask(f"os.kill({pid}, signal.SIGCONT)")
    window.ask(
        "began = []; cancel = api.tasks()[0].cancel\n"
        "api.tasks()[0].cancel = lambda: (began.append(time.monotonic()), cancel())\n"
        "ended = lambda: api.tasks() or began.append(time.monotonic())\n"
        f"queue = sys.modules['{ADDON}.addon.backend_process.queue']\n"
        "queue.listeners.append(ended)"
    )
    window.click(x, y)
    window.wait("not api.tasks()")
    began, ended, looks = window.ask("queue.listeners.remove(ended); answer([*began[:2], looks])")
    print(f"\ncancelled in {ended - began:.2f} s")
    # Half a second is the backend's to tidy up in. It is gone then, and Blender, which looks ten
    # times a second where it need not draw for longer than that, sees it at once.
    late = [look for look in looks if began + GRACE < look <= ended]
    assert len(late) <= LOOKS
    assert not window.ask(f"answer(os.path.exists('/proc/{pid}'))") and idle(window)
    assert not list(takes(window))
    assert window.ask("answer(len(characters()))") == 1


def test_both_sliders_follow_the_mouse(window):
    drag_sliders(window, 24)
    window.show("sliders")


def test_a_drag_is_undone_and_done_again(window):
    """By the keyboard, over the viewport; what was still to be keyed then is keyed after it."""
    before = state(window)
    window.slide(*window.find(".min_cutoff", 0.6), 24)
    after = state(window)
    assert after[0] > before[0] and after[1] != before[1]
    window.move(*DROP)
    window.settle()
    window.type("ctrl+z")
    assert state(window) == before
    window.type("ctrl+shift+z")
    assert state(window) == after
    window.type("ctrl+z")
    assert state(window) == before


def test_saved_and_opened_again_the_sliders_still_work(window):
    window.ask("bpy.ops.wm.save_as_mainfile(filepath='/trial/home/jump.blend')")
    saved = window.ask("answer(keys().tolist())")
    window.tell("bpy.ops.wm.open_mainfile(filepath='/trial/home/jump.blend')")
    window.wait("characters() and not bpy.data.is_dirty")
    assert window.ask("answer(keys().tolist())") == saved
    window.wait("sidebar()[2].active_panel_category == 'OneTake'")
    drag_sliders(window, -24)


@pytest.mark.parametrize(("editor", "menu"), [("CLIP_EDITOR", 363), ("SEQUENCE_EDITOR", 415)])
def test_a_clip_and_a_strip_are_imported_from_their_menus(window, editor, menu):
    """In the editor below the viewport, whose menus open upwards: ours is the last entry."""
    before = window.ask(
        "low = next(a for a in bpy.context.window_manager.windows[0].screen.areas"
        " if a.type == 'DOPESHEET_EDITOR')\n"
        f"low.ui_type = {editor!r}\n"
        "if low.type == 'CLIP_EDITOR':\n"
        "    low.spaces.active.clip = bpy.data.movieclips.load('/trial/home/jump.mp4')\n"
        "else:\n"
        "    editor = bpy.context.scene.sequence_editor_create()\n"
        "    strip = editor.sequences.new_movie('jump', '/trial/home/jump.mp4', 1, 11)\n"
        "    strip.frame_final_duration, editor.active_strip = 20, strip\n"
        "answer(len(characters()))"
    )
    window.settle()
    window.click(menu, 735)
    window.show(f"menu of {editor}")
    window.click(menu + 90, 711)
    window.confirm(below=711)  # "Import"
    window.wait(f"not api.tasks() and len(characters()) == {before + 1}", SECONDS)
    # The clip starts with the scene, and lasts 30 frames; the strip shows 20 of them from 11 on.
    frames = "[api.Character.of(bpy.context.view_layer.objects.active).action.frame_range[:]"
    first, last = window.ask(f"answer({frames}])")[0]
    assert (first, last) == ((1, 30) if editor == "CLIP_EDITOR" else (11, 30))
    window.ask("low.ui_type = 'TIMELINE'")


@pytest.mark.parametrize("stage", IMPORT_STAGES)
def test_a_killed_import_says_so_and_blender_lives(window, stage):
    window.ask(f"at = ({stage!r}, kill); api.start_import('/trial/home/walk.mp4')")
    assert "ended by signal 9" in failure(window)
    assert idle(window)
    window.show(f"killed at {stage}")
    dismiss(window)
    assert not list(takes(window))


@pytest.mark.parametrize("stage", IMPORT_STAGES)
def test_a_disk_that_fills_up_is_named(window, folder, stage):
    models = folder / OURS.removeprefix("/trial/") / "models"
    window.ask(
        "os.makedirs('/small/onetake/models', exist_ok=True)\n"
        f"for name in {sorted(path.name for path in models.iterdir())}:\n"
        f"    if not os.path.lexists('/small/onetake/models/' + name):\n"
        f"        os.symlink('{OURS}/models/' + name, '/small/onetake/models/' + name)\n"
        f"{PREFERENCES}.environment = str(api.environment().python.parent.parent)\n"
        f"{PREFERENCES}.home = '/small/onetake'\n"
        f"at = ({stage!r}, fill); api.start_import('/trial/home/jump.mp4')"
    )
    error = failure(window)
    window.show(f"full at {stage}")
    dismiss(window)
    window.ask(f"os.remove('/small/filler'); {PREFERENCES}.home = {PREFERENCES}.environment = ''")
    assert "No space left" in error or "full" in error


def test_from_the_zip_to_the_first_animation_in_fewer_than_six_clicks(window, folder):
    """In another Blender that has never been started, with an environment that is there already."""
    python = window.ask("answer(str(api.environment().python))")
    window.close()
    window.open(variables={
        "BLENDER_USER_RESOURCES": "/trial/second",
        "ONETAKE_BACKEND_PYTHON": python, "ONETAKE_WHEELS": "/wheels",
    })  # fmt: skip
    window.clicks = 0
    window.drop("/trial/home/" + zip_of(window), *DROP)
    window.confirm()
    window.wait(f"'{ADDON}' in bpy.context.preferences.addons")
    window.ask("watch()")
    window.drop("/trial/home/jump.mp4", *DROP)
    window.settle()
    window.click(*DROP)  # "Import Video as Animation" in the menu that opens under the mouse
    window.confirm()  # "Set Up and Import"
    window.wait("len(api.tasks()) == 2")
    window.show("set-up and import")
    window.wait("characters()", SECONDS)
    print(f"\nfrom the zip to the first animation: {window.clicks} clicks, nothing typed")
    assert window.clicks < 6
    window.show("first animation")
    window.close()
    assert idle(window, but=("Xvfb",))
    window.open()


def test_switched_off_and_uninstalled_nothing_is_left(window, folder):
    window.ask(
        f"ticks = [sys.modules['{ADDON}.addon.' + name].tick"
        " for name in ('backend_process.queue', 'smoothing.live')]"
    )
    window.ask(f"bpy.ops.preferences.addon_disable(module='{ADDON}')")
    left = (
        "[each.__name__ for name in dir(bpy.app.handlers)"
        " for each in [getattr(bpy.app.handlers, name)] if isinstance(each, list)"
        " for each in each if 'onetake' in each.__module__]"
    )
    assert window.ask(f"answer({left})") == []
    assert (
        window.ask("answer([bpy.app.timers.is_registered(tick) for tick in ticks])") == [False] * 2
    )
    window.ask("bpy.ops.extensions.package_uninstall(repo_index=1, pkg_id='onetake')")
    window.wait(f"'{ADDON}' not in bpy.context.preferences.addons")
    assert idle(window)
    window.close()
    names = [path.name for path in (folder / "blender").rglob("*onetake*")]
    assert names == []
    assert not [path for path in window.machine.written() if "onetake" in path.lower()]
    blenders = "^.X|^blender|^pulse|^quit|_autosave.blend$"
    assert window.machine.run("sh", "-c", f"ls -A /tmp | grep -vE '{blenders}' || true") == ""
    words = ("Warning", "Error", "Traceback", "leak")
    said = window.console().splitlines()
    assert [line for line in said if any(word in line for word in words)] == []


def zip_of(window) -> str:
    (path,) = (window.folder / "home").glob("onetake-*.zip")
    return path.name


def takes(window):
    return (window.folder / OURS.removeprefix("/trial/") / "takes").glob("*/job.json")


def failure(window) -> str:
    """Wait until the only task has failed; what it says."""
    window.wait("api.tasks() and all(task.state.over for task in api.tasks())", SECONDS)
    state, error = window.ask(
        "answer([api.tasks()[0].state.name, api.tasks()[0].error and api.tasks()[0].error.message])"
    )
    assert state == "FAILED", state
    return error


def dismiss(window) -> None:
    window.press("onetake.dismiss_job", AT_THE_RIGHT)
    window.wait("not api.tasks()")


def idle(window, but: tuple[str, ...] = QUIET) -> bool:
    """Whether nothing runs but Blender and the screen."""
    return not [line for line in window.machine.processes() if not line.startswith(but)]


def choose_video(window, row: int) -> None:
    """Import the video in this row of the file browser."""
    window.press("onetake.import_video")
    browser = (
        "next(([w.x, w.y, w.width, w.height] for w in bpy.context.window_manager.windows"
        " for a in w.screen.areas if a.type == 'FILE_BROWSER'), None)"
    )
    x, y, width, height = window.wait(browser)
    name = (
        "next(a.spaces.active.params.filename for w in bpy.context.window_manager.windows"
        " for a in w.screen.areas if a.type == 'FILE_BROWSER')"
    )
    while not window.ask(f"answer({name})"):  # a thread of Blender's lists the folder
        window.click(x + width // 2, HEIGHT - y - height + 79 + 20 * row)
    window.ask("stages.clear()")
    window.confirm()
    window.wait("api.tasks() or stages")  # it may be over already


def state(window, name: str = "min_cutoff") -> list:
    """A slider's value and the newest character's keys, when all of them follow."""
    window.wait("not any('onetake_pending' in item for item in characters())")
    return window.ask(f"answer([characters()[-1].onetake_controls.{name}, keys().tolist()])")


def drag_sliders(window, way: int) -> None:
    """Each changes its value in the mouse's direction, and the keys with it."""
    for name in ("min_cutoff", "beta"):
        value, before = state(window, name)
        window.slide(*window.find("." + name, 0.6), way)
        window.wait(f"characters()[-1].onetake_controls.{name} != {value}")
        moved, keys = state(window, name)
        print(f"{name}: {value:.2f} to {moved:.2f}")
        assert (moved - value) * way > 0 and keys != before
