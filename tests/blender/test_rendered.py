"""The pictures of the rendered clips show their truth."""

import json
import subprocess
import sys
from dataclasses import asdict, replace

import bpy
import numpy as np
import pytest
from onetake.backend.evaluation.rendered.clips import CLIPS
from onetake.backend.evaluation.rendered.truth import Motion, truth
from onetake.backend.motion.body import Body

from tests.blender.conftest import ROOT

SCRIPT = ROOT / "tests" / "rendered" / "render.py"
FRAMES = [0, 4]


@pytest.fixture(scope="module")
def body(real_body_path) -> Body:
    return Body.load(real_body_path)


@pytest.fixture(scope="module", params=["kick", "jog"])  # a camera that stands, and one that pans
def clip(request):
    """Five frames, apart enough to differ, the size of a stamp."""
    chosen = next(clip for clip in CLIPS if clip.name == request.param)
    return replace(chosen, fps=5, frames=5, size=(64, 36), shutter=0.0)


@pytest.fixture(scope="module")
def take(clip, body, shared):
    return truth(clip, Motion(shared / "motion"), body)


@pytest.fixture(scope="module")
def drawn(clip, take, real_body_path, tmp_path_factory):
    """What the script made of a job: its folder, and what it printed."""
    folder = tmp_path_factory.mktemp("frames")
    take.save(folder / "take.npz")
    job = {
        "take": str(folder / "take.npz"),
        "body": str(real_body_path),
        "clip": asdict(clip),
        "frames": FRAMES,
        "folder": str(folder),
    }
    (folder / "job.json").write_text(json.dumps(job))
    done = subprocess.run(
        [sys.executable, SCRIPT, folder / "job.json"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_it_draws_what_it_is_asked_for_and_says_so(drawn):
    folder, said = drawn
    assert sorted(path.name for path in folder.glob("*.png")) == ["00000.png", "00004.png"]
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert lines[-1] == {"result": {"frames": 2}}
    assert {"stage": "frame", "done": 1, "total": 2} in lines


def test_the_joints_lie_on_the_persons_pixels(drawn, clip, take, body, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    monkeypatch.syspath_prepend(str(ROOT / "addon"))
    import render

    render.build(asdict(clip), take, body)
    for item in bpy.context.scene.objects:
        if item.parent and item.parent.type == "ARMATURE":
            item.hide_render = True
    for frame in FRAMES:
        empty = tmp_path / f"{frame}.png"
        render.draw(frame, empty)
        changed = np.abs(_pixels(drawn[0] / f"{frame:05d}.png") - _pixels(empty)).max(axis=2) > 0.1
        R = np.broadcast_to(take.camera_R, (len(take), 3, 3))[frame]
        t = np.broadcast_to(take.camera_t, (len(take), 3))[frame]
        seen = (take.joints[frame] @ R.T + t) @ take.camera_K.T
        x, y = (seen[:, :2] / seen[:, 2:]).astype(int).T
        grown = np.pad(changed, 1)  # a wrist is thinner than such a pixel
        near = np.any([np.roll(grown, (a, b), (0, 1)) for a in (-1, 0, 1) for b in (-1, 0, 1)], 0)
        assert near[1:-1, 1:-1][y, x].mean() > 0.95
        rows = np.flatnonzero(changed.sum(axis=1) > 1)
        head = 15
        assert rows[0] <= y[head] <= rows[0] + 6  # and nobody's head is anywhere else


def _pixels(path) -> np.ndarray:
    """(height, width, 3) 0..1, the upper row first."""
    image = bpy.data.images.load(str(path))
    width, height = image.size
    values = np.array(image.pixels[:], np.float32).reshape(height, width, 4)[::-1, :, :3]
    bpy.data.images.remove(image)
    return values
