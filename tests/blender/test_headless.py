"""The script that turns takes into files, as a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest
from onetake.addon.job import run
from onetake.addon.scene.character import characters, stored_take
from onetake.backend.errors import OneTakeError
from onetake.backend.export_preset import SHIPPED
from onetake.backend.motion.smoothing import SmoothingSettings

from tests.blender.synthetic import random_take

SCRIPT = Path(__file__).parents[2] / "addon" / "headless.py"


@pytest.fixture
def folder(tmp_path, cubes):
    """A folder with a hard name that holds two takes, their body and a video."""
    folder = tmp_path / "it's a “take” ✓"
    folder.mkdir()
    for number in (1, 2):
        take = random_take(cubes, 20, seed=number, person_id=number)
        take.save(folder / f"clip.person{number}.take.npz")
    names = ("v_template", "shapedirs", "J_regressor", "weights", "f", "quads", "beta_names")
    arrays = {name: np.asarray(getattr(cubes, name)) for name in names}
    np.savez(folder / "body.npz", name=cubes.name, **arrays)
    (folder / "clip.mp4").write_bytes(b"")
    return folder


def _job(folder, **changes):
    job = {
        "takes": [str(folder / f"clip.person{number}.take.npz") for number in (1, 2)],
        "body": str(folder / "body.npz"),
        "video": None,
        "video_fps": None,
        "smoothing": None,
        "blend": str(folder / "clip.blend"),
        "exports": [
            _export("fbx", folder / "clip.fbx", folder / "clip.person2.fbx"),
            _export("bvh", folder / "clip.bvh", folder / "clip.person2.bvh"),
        ],
    }
    return {**job, **changes}


def _export(preset, *paths):
    return {"preset": str(SHIPPED / f"{preset}.json"), "paths": [str(path) for path in paths]}


def _run(folder, job):
    """Exit status and messages."""
    path = folder.parent / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    temporary = folder.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(path)],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert not list(temporary.iterdir())
    # Nothing of Blender's own is on the descriptor of the messages.
    messages = [json.loads(line) for line in done.stdout.splitlines() if line]
    return done.returncode, messages


def test_a_job_makes_a_blend_and_an_fbx_a_person(context, folder):
    settings = SmoothingSettings(min_cutoff=2.0)
    status, messages = _run(
        folder,
        _job(folder, smoothing=settings.to_dict(), video=str(folder / "clip.mp4"), video_fps=25.0),
    )
    assert status == 0, messages
    assert messages[-1]["result"]["blend"] == str(folder / "clip.blend")
    progress = [message["done"] / message["total"] for message in messages[:-1]]
    assert progress == sorted(progress) and progress[0] == 0 and progress[-1] == 1
    made = {path.name for path in folder.iterdir()}
    assert {"clip.blend", "clip.fbx", "clip.person2.fbx", "clip.bvh", "clip.person2.bvh"} < made
    assert not [name for name in made if "part" in name]

    bpy.ops.wm.open_mainfile(filepath=str(folder / "clip.blend"))
    people = characters(bpy.context.scene)
    assert [person.armature.name for person in people] == ["clip", "clip.person2"]
    assert all(person.smoothing == settings for person in people)
    assert len(stored_take(people[1])) == 20
    assert (bpy.context.scene.render.fps, bpy.context.scene.frame_end) == (25, 17)
    (image,) = [image for image in bpy.data.images if image.source == "MOVIE"]
    assert image.filepath == "//clip.mp4"


def test_the_blend_refers_to_where_the_video_will_be(context, folder):
    final = folder / "other.mp4"
    job = _job(folder, video=str(folder / "clip.mp4"), video_final=str(final), exports=None)
    assert _run(folder, job)[0] == 0
    bpy.ops.wm.open_mainfile(filepath=str(folder / "clip.blend"))
    assert [image.filepath for image in bpy.data.images] == ["//other.mp4"]


def test_a_job_on_standard_input_ends_when_that_closes(folder):
    def start():
        return subprocess.Popen(
            [sys.executable, str(SCRIPT), "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    line = json.dumps(_job(folder)).encode() + b"\n"
    with start() as held:
        held.stdin.write(line)
        held.stdin.flush()
        messages = [json.loads(line) for line in held.stdout if line.startswith(b"{")]
        assert held.wait(60) == 0 and messages[-1]["result"]
    (folder / "clip.blend").unlink()
    with start() as left:
        left.stdin.write(line)
        left.stdin.close()
        assert left.wait(60) == 1
    assert not (folder / "clip.blend").exists()


def test_one_path_does_for_one_take(folder):
    job = _job(folder, blend=None, exports=[_export("fbx", folder / "one.fbx")])
    status, _ = _run(folder, {**job, "takes": job["takes"][:1]})
    assert status == 0 and (folder / "one.fbx").exists() and not (folder / "clip.blend").exists()


def test_an_error_is_a_message_and_a_status(folder):
    status, messages = _run(folder, _job(folder, takes=[]))
    assert status != 0
    assert messages == [{"error": "The job names no take.", "code": "usage"}]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"takes": ["/nowhere/a.take.npz"] * 2}, "a.take.npz cannot be read"),
        ({"takes": [__file__] * 2}, "not a OneTake take"),
        ({"exports": [_export("fbx", "one.fbx")]}, "one path a take"),
        ({"video": "/nowhere/clip.mp4"}, "no video"),
        ({"smoothing": {"mode": "sideways"}}, "sideways"),
        ({"blend": "/nowhere/a.blend", "exports": None}, "a.blend could not be written"),
        ({"blend": str(SCRIPT.parent), "exports": None}, "addon could not be written"),
        (
            {"exports": [_export("glb", "/nowhere/a.glb", "/nowhere/b.glb")]},
            "a.glb could not be written",
        ),
    ],
)
def test_what_goes_wrong_is_a_sentence(context, folder, changes, words):
    def names():
        return {path.name for parent in (folder, SCRIPT.parents[1]) for path in parent.iterdir()}

    before = names()
    with pytest.raises(OneTakeError, match=words):
        run(_job(folder, **changes), lambda message: None)
    assert names() == before
