"""The quality sheet: figures that follow the motion, a verdict, a picture; and a real batch."""

import json
import os
import shutil
import subprocess
from dataclasses import replace

import cv2
import numpy as np
import pytest

from backend.motion.take import Take
from backend.quality import quality_of
from backend.quality.charts import Chart
from backend.quality.drawing import BAD, FINE, PANEL, columns
from backend.quality.figures import clip_figures
from backend.quality.sheet import COUNT, STILL, WIDTH, draw_sheet
from backend.quality.verdict import judge
from backend.video import probe
from tests.backend.process import BACKEND, ROOT

FPS = 30.0


@pytest.fixture(scope="module")
def truth() -> Take:
    """The sample's own motion: calm, sure, seen from end to end."""
    take = Take.load(ROOT / "tests" / "sample" / "sample.truth.take.npz")
    return replace(take, confidence=np.full_like(take.confidence, 0.95))


def figures(take: Take, after: Take | None = None):
    seconds = len(take) / take.fps
    return clip_figures([take], [after or take], frames=len(take), seconds=seconds, start=0.0)


def moved(take: Take, joints: np.ndarray) -> Take:
    return replace(take, joints=(take.joints + joints).astype(np.float32))


def test_a_good_clip_is_good(truth):
    clip = figures(truth)
    assert clip.found == 1.0 and clip.people[0].frames == len(truth)
    assert judge(clip) == ("good", [])
    assert judge(clip, "The file is cut short.") == ("check", ["The file is cut short."])


def test_shaking_is_measured_before_and_after(truth):
    noise = np.random.default_rng(1).normal(0, 0.01, truth.joints.shape)
    person = figures(moved(truth, noise), truth).people[0]
    # The third difference of noise is sqrt(20) as large, and a vector of three sqrt(3).
    expected = 0.01 * np.sqrt(20) * np.sqrt(8 / np.pi) * FPS**3 / 10
    assert person.jitter_before == pytest.approx(expected, rel=0.15)
    assert person.jitter_after < 40 < person.jitter_before
    grade, reasons = judge(figures(moved(truth, noise)))
    assert grade == "redo" and "shakes" in reasons[0]


def test_feet_that_slide_while_they_stand_are_seen(truth):
    still = np.repeat(truth.joints[:1], len(truth), axis=0)
    slide = np.arange(len(truth))[:, None, None] * np.array([0.02, 0, 0])
    contacts = np.zeros_like(truth.contacts)
    contacts[10:20] = 1
    standing = replace(truth, joints=still, contacts=contacts)
    clip = figures(standing, moved(standing, slide))
    assert clip.people[0].skate_before == pytest.approx(0, abs=1e-6)
    assert clip.people[0].skate_after == pytest.approx(20, rel=1e-3)
    assert judge(clip)[0] == "redo" and "slide 20 mm" in judge(clip)[1][0]
    assert figures(replace(standing, contacts=0 * contacts)).people[0].skate_after is None


def test_what_nobody_saw_is_told(truth):
    confidence = truth.confidence.copy()
    confidence[30:75] = 0
    clip = figures(replace(truth, confidence=confidence))
    assert clip.found == pytest.approx(1 - 45 / len(truth))
    assert clip.people[0].gap == pytest.approx((truth.timestamps[29], truth.timestamps[75]))
    grade, reasons = judge(clip)
    assert grade == "check"
    assert any("out of sight from 1.0 to 2.5 s" in reason for reason in reasons), reasons
    assert any("seen in only 58%" in reason for reason in reasons), reasons


@pytest.mark.parametrize("frames", [1, 2, 5])
def test_few_frames_have_no_jitter_and_raise_nothing(truth, frames):
    arrays = (
        "poses",
        "trans",
        "joints",
        "timestamps",
        "confidence",
        "contacts",
        "landmarks",
        "box",
    )
    short = replace(truth, **{name: getattr(truth, name)[:frames] for name in arrays})
    person = figures(short).people[0]
    assert (person.jitter_before is None) == (frames < 4)
    image = draw_sheet("a.mp4", figures(short), judge(figures(short)), [])
    assert image.shape[1] == WIDTH


def test_columns_keep_the_worst_of_many_and_hold_between_few():
    times = np.arange(1000) / 100
    values = np.ones(1000)
    values[503] = 0.1
    assert columns(times, values, (0, 10), 50, np.fmin)[25] == 0.1
    held = columns(np.array([2.0, 4.0]), np.array([1.0, 3.0]), (0, 10), 10, np.fmax)
    np.testing.assert_array_equal(held[1:6], [np.nan, 1, 1, 3, np.nan])


def test_the_confidence_chart_is_red_where_it_is_low(truth):
    confidence = truth.confidence.copy()
    confidence[54:] = 0.2
    person = figures(replace(truth, confidence=confidence)).people[0]
    image = np.full((200, 500, 3), PANEL, np.uint8)
    Chart(image, 0, 0, 500, (0.0, 3.6)).confidence(person)
    middle = 46 + (500 - 58) // 2  # of the curves' area
    fine, bad = ((image == colour).all(axis=-1) for colour in (FINE, BAD))
    assert fine[:, : middle - 5].any() and not fine[:, middle + 5 :].any()
    assert bad[:, middle + 5 :].any() and not bad[:, : middle - 5].any()


def test_the_sheet_shows_the_person(person, truth):
    """The take of another clip, shown over this one's frames: the body covers some of them."""
    from backend.body import load_body

    info = probe(person)
    scale = np.diag([info.width / truth.image_size[0], info.height / truth.image_size[1], 1.0])
    take = replace(truth, camera_K=(scale @ truth.camera_K).astype(np.float32))
    take = replace(take, box=(take.box * np.tile(scale.diagonal()[:2], 2)).astype(np.float32))
    quality = quality_of([take], [take], load_body(), info)
    shown = [still for still in quality.pictures if still.time < info.duration]
    assert len(shown) >= 1 and len(quality.pictures) <= COUNT
    assert all(still.rgb.shape == (STILL[1], STILL[0], 3) for still in quality.pictures)
    assert sum(still.worst for still in quality.pictures) <= 1


def test_a_real_batch_of_good_and_bad_clips(own_home, person, blender, tmp_path):
    folder, out = tmp_path / "clips", tmp_path / "out"
    for day in ("monday", "tuesday"):
        (folder / day).mkdir(parents=True)
        shutil.copy(person, folder / day / "jump.mp4")
    (folder / "text.mp4").write_text("not a video\n" * 200)
    command = [*BACKEND, "convert", folder, "--output", out, "--jobs", "2", "--end", "0.3"]
    env = {"ONETAKE_HOME": str(own_home), "ONETAKE_BLENDER_PYTHON": blender}

    def run() -> tuple[int, str]:
        done = subprocess.run(
            [str(part) for part in command],
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip
        return done.returncode, done.stderr

    status, told = run()
    assert status == 1 and "2 of 3 videos done" in told, told
    assert "\x1b" not in told and "text.mp4: Error: text.mp4 is not a video" in told
    kinds = ("blend", "fbx", "preview.mp4", "quality.json", "quality.png", "take.npz")
    assert sorted(os.listdir(out)) == ["monday", "report.html", "report.json", "tuesday"]
    for day in ("monday", "tuesday"):
        assert sorted(os.listdir(out / day)) == [f"jump.{kind}" for kind in kinds]
        sheet = cv2.imdecode(np.fromfile(out / day / "jump.quality.png", np.uint8), 1)
        assert sheet.shape[1] == WIDTH
    record = json.loads((out / "monday" / "jump.quality.json").read_text())
    assert record["frames"] == 9 and record["people"][0]["frames"] == 9
    assert "data:image/jpeg;base64" in (out / "report.html").read_text()
    before = {path: path.stat().st_mtime_ns for path in out.glob("*/*")}
    status, told = run()
    assert status == 1 and "2 of them done and unchanged" in told
    assert {path: path.stat().st_mtime_ns for path in out.glob("*/*")} == before
