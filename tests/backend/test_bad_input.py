"""Videos, names and options as they come: a result that is right, or one sentence and no trace."""

import json
import os
import subprocess
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from backend import cli, commands
from backend.motion.take import Take
from backend.people import PersonTrack
from backend.video import VideoWriter, frames, probe
from tests.backend.conftest import FRAMES
from tests.backend.pictures import encode, sound
from tests.backend.process import BACKEND, ROOT
from tests.needs import skip_unless

skip_unless(os.name == "posix", "pipes and names that Windows does not have")


@pytest.fixture
def run(own_home, monkeypatch, capsys, tmp_path):
    """run(*arguments) in an empty folder: the exit status and what stderr got."""
    monkeypatch.setenv("ONETAKE_HOME", str(own_home))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def run(*arguments: str | Path) -> tuple[int, str]:
        capsys.readouterr()
        return cli.run([str(argument) for argument in arguments]), capsys.readouterr().err

    return run


def process(own_home: Path, *arguments: str | Path, **options) -> subprocess.CompletedProcess:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "ONETAKE_HOME": str(own_home)}
    env.update(options.pop("env", {}))
    command = [*BACKEND, *map(str, arguments)]
    return subprocess.run(command, env=env, timeout=120, check=False, **options)


def sentences(err: str) -> list[str]:
    """The errors of stderr, which holds nothing a user should not see."""
    assert "Traceback" not in err and ".onetake-" not in err and "unexpected" not in err, err
    errors = [line for line in err.splitlines() if line.startswith("Error: ")]
    assert all(line.endswith(".") and len(line) < 500 for line in errors), errors
    return errors


@pytest.fixture(scope="session")
def empty_room(person_frames) -> np.ndarray:
    """The place without the person, who is in the left half."""
    room = person_frames[0].copy()
    half = room.shape[1] // 2
    room[:, :half] = room[:, half:][:, ::-1]
    return room


def video(path: Path, pictures: list[np.ndarray], fps: float = 30) -> Path:
    with VideoWriter(path, fps) as writer:
        for rgb in pictures:
            writer.write(rgb)
    return path


def no_frames(path: Path) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        out.start_encoding()
    return path


def test_what_is_no_video_is_one_sentence_each_and_leaves_no_trace(run, person, empty_room):
    here = Path.cwd()
    (here / "folder.mp4").mkdir()
    (here / "empty.mp4").touch()
    (here / "text.mp4").write_text("not a video\n" * 200)
    (here / "cut.mp4").write_bytes(person.read_bytes()[:300])
    (here / "video.h264").write_bytes(bytes(range(256)) * 40)
    cv2.imwrite(str(here / "photo.jpg"), empty_room)
    (here / "photo.jpg").rename(here / "photo.mp4")
    cv2.imwrite(str(here / "picture.png"), empty_room)
    sound(here / "sound.m4a")
    no_frames(here / "nothing.mkv")
    video(here / "nobody.mp4", [empty_room] * 10)
    os.mkfifo(here / "pipe.mp4")
    expected = {
        "none.mp4": "no file none.mp4",
        "folder.mp4": "is a folder",
        "empty.mp4": "is empty",
        "text.mp4": "not a video",
        "cut.mp4": "cut short",
        "video.h264": "video.h264",
        "photo.mp4": "is a picture",
        "picture.png": "is a picture",
        "sound.m4a": "has no video in it",
        "nothing.mkv": "nothing.mkv",
        "nobody.mp4": "Nobody was found",
        "pipe.mp4": "a pipe",
        "n" * 300 + ".mp4": "no file",
    }
    before = sorted(here.iterdir())
    status, err = run("estimate", *expected, "--output", "made/for/this")
    assert status == 1
    for (name, words), sentence in zip(expected.items(), sentences(err), strict=True):
        assert words in sentence, (name, sentence)
    assert f"0 of {len(expected)} videos done." in err
    assert sorted(here.iterdir()) == before, "not even the output folder"


def test_a_failure_does_not_stop_the_other_videos(run, person):
    status, err = run("estimate", "none.mp4", person, "--output", "out")
    assert status == 1 and len(sentences(err)) == 1 and "1 of 2 videos done." in err
    assert os.listdir("out") == ["person.take.npz"]


@pytest.mark.parametrize("fps", [5, 240])
def test_slow_and_fast_cameras(run, person_frames, fps):
    pictures = person_frames[::3] if fps == 5 else person_frames
    clip = video(Path("clip.mp4"), pictures, fps)
    assert run("estimate", clip, "--output", "out", "--smooth")[0] == 0
    for name in ("clip.take.npz", "clip.smooth.take.npz"):
        take = Take.load(f"out/{name}")
        assert take.fps == fps
        np.testing.assert_allclose(take.timestamps, np.arange(len(pictures)) / fps, atol=1e-4)
        assert (take.confidence > 0.3).mean() > 0.9


@pytest.mark.parametrize("count", [1, 2, 3])
def test_hardly_any_frames(run, person_frames, count):
    clip = video(Path("clip.mp4"), person_frames[:count])
    assert run("estimate", clip, "--output", "out", "--smooth")[0] == 0
    for name in ("clip.take.npz", "clip.smooth.take.npz"):
        take = Take.load(f"out/{name}")  # refuses what is not all numbers
        assert len(take) == count and take.confidence.min() > 0
        assert 1.2 < np.ptp(take.joints[0, :, 1]) < 2.2, "somebody who stands, in metres"


@pytest.mark.parametrize("end", ["first", "last"])
def test_a_person_in_the_first_or_last_second_only(run, person_frames, empty_room, end):
    there, away = person_frames, [empty_room] * 45
    video(Path("clip.mp4"), there + away if end == "first" else away + there)
    assert run("estimate", "clip.mp4", "--output", "out")[0] == 0
    take = Take.load("out/clip.take.npz")
    begin = 0 if end == "first" else 45 / 30
    assert abs(take.timestamps[0] - begin) <= 2 / 30, "from the first sighting"
    assert abs(take.timestamps[-1] - (begin + (FRAMES - 1) / 30)) <= 2 / 30, "to the last"
    assert take.confidence.any(axis=1).all()


def test_a_person_who_is_gone_in_the_middle_is_filled_in_and_not_believed(
    run, person_frames, empty_room
):
    video(Path("clip.mp4"), person_frames + [empty_room] * 20 + person_frames[::-1])
    status, err = run("estimate", "clip.mp4", "--output", "out", "--silhouettes")
    assert status == 0 and "seen in 75%" in err
    assert len(os.listdir("out")) == 2, "one person, not two"
    take, track = Take.load("out/clip.take.npz"), PersonTrack.load("out/clip.track.npz")
    gap = slice(FRAMES, FRAMES + 20)
    assert len(take) == 2 * FRAMES + 20
    assert not take.confidence[gap].any() and not take.landmarks[gap, :, 2].any()
    assert not track.seen[gap].any() and not track.score[gap].any() and not track.masks[gap].any()
    assert take.confidence[: FRAMES - 2].all() and take.confidence[FRAMES + 22 :].all()
    # Filled with a way from the last sighting to the next, which is at the same place.
    ends = take.trans[[FRAMES - 1, FRAMES + 20]]
    assert np.linalg.norm(take.trans[gap] - ends.mean(0), axis=-1).max() < 1
    assert not take.contacts[gap].any() or take.contacts[gap].max() <= 1


def test_a_truncated_video_gives_what_is_left_and_says_so(run, person_frames, tmp_path):
    whole = encode(tmp_path / "whole.mp4", person_frames * 2, g="10")
    data = whole.read_bytes()
    Path("cut.mp4").write_bytes(data[: len(data) * 6 // 10])
    status, err = run("estimate", "cut.mp4", "--output", "out")
    assert status == 0 and not sentences(err)
    assert "Note: cut.mp4 is cut short" in err and "of about 60 frames" in err
    assert 20 < len(Take.load("out/cut.take.npz")) < 50
    again = run("estimate", "cut.mp4", "--output", "out")[1]
    assert "finding people" not in again and "Note: cut.mp4 is cut short" in again


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--start nan", "--start nan"),
        ("--start -1", "--start -1"),
        ("--start 2 --end 1", "--start 2 and --end 1"),
        ("--start 1 --end 1", "--end 1"),
        ("--end 0", "--end 0"),
        ("--start 100", "it lasts 1.0 s"),
        ("--start soon", "'soon'"),
        ("--fov 0", "1 to 170"),
        ("--fov 180", "1 to 170"),
        ("--fov nan", "1 to 170"),
        ("--focal -500", "-500 pixels"),
        ("--focal inf", "inf pixels"),
        ("--focal nan", "nan pixels"),
        ("--fov 50 --focal 500", "not allowed with"),
        ("--fov", "expected one argument"),
        ("--estimator magic", "'magic'"),
        ("--smooth --smoothing harder", "choose dance, default"),
        ("--smooth --smoothing bad.json", "not a JSON file"),
        ("--smooth --smoothing list.json", "is not a smoothing preset"),
        ("--smooth --smoothing nan.json", "above 0 Hz"),
        ("--smooth --smoothing key.json", "'speed'"),
        ("--smo", "no option --smo"),
        ("-v.mp4", "given as ./-v.mp4"),
    ],
)
def test_a_bad_option_is_one_sentence(run, person, options, words):
    Path("-v.mp4").write_bytes(person.read_bytes())
    Path("bad.json").write_bytes(b"\xff\xfe")
    Path("list.json").write_text("[1]")
    Path("nan.json").write_text('{"min_cutoff": NaN}')
    Path("key.json").write_text('{"speed": 1}')
    status, err = run("estimate", person, *options.split())
    assert status == 1
    (sentence,) = sentences(err)
    assert words in sentence
    assert not Path("output").exists()


@pytest.mark.parametrize("options", ["--fov 1", "--fov 170", "--focal 50", "--focal 40000"])
def test_the_widest_and_the_longest_lens(run, person, options):
    assert run("estimate", person, "--output", "out", *options.split())[0] == 0
    assert Take.load("out/person.take.npz").focal_source == "user"


@pytest.mark.parametrize("arguments", [[], ["estimate"], ["make-body", "now"], ["dance"]])
def test_a_bad_command_is_one_sentence(run, arguments):
    status, err = run(*arguments)
    assert status == 1 and len(sentences(err)) == 1 and err.count("\n") == 1


def test_options_may_stand_between_videos_and_a_dash_may_begin_a_name(run, person):
    Path("-v.mp4").write_bytes(person.read_bytes())
    Path("w.mp4").write_bytes(person.read_bytes())
    assert run("estimate", "./-v.mp4", "--output", "out", "w.mp4")[0] == 0
    assert sorted(os.listdir("out")) == ["-v.take.npz", "w.take.npz"]
    assert run("estimate", "--output", "again", "--", "-v.mp4")[0] == 0
    assert os.listdir("again") == ["-v.take.npz"]


@pytest.mark.parametrize(
    "names",
    [
        ("a/clip.mp4", "b/clip.mp4"),
        ("clip.mp4", "clip.mov"),
        ("clip.mp4", "Clip.mp4"),
        ("clip.mp4", "clip.person2.mp4"),
        ("out/clip.mp4", "out/clip.preview.mp4"),
        ("clip.mp4", "clip.mp4"),
    ],
)
def test_videos_whose_results_would_collide_are_refused(run, names):
    status, err = run("estimate", *names, "--output", "out")
    assert status == 1
    (sentence,) = sentences(err)
    assert names[0] in sentence and "--output" in sentence


def test_results_may_lie_beside_the_video(run, person):
    Path("clip.mp4").write_bytes(person.read_bytes())
    assert run("estimate", "clip.mp4", "--output", ".")[0] == 0
    assert Path("clip.mp4").read_bytes() == person.read_bytes()
    assert sorted(os.listdir(".")) == ["clip.mp4", "clip.take.npz"]


@pytest.mark.parametrize("place", ["file", "file/in/it"])
def test_an_output_inside_a_file_is_one_sentence(run, person, place):
    Path("file").write_text("mine")
    status, err = run("estimate", person, "--output", place)
    assert status == 1 and "file is a file, not a folder" in sentences(err)[0]
    assert os.listdir(".") == ["file"] and Path("file").read_text() == "mine"


def test_results_of_people_no_longer_found_go(run, person):
    Path("out").mkdir()
    for name in ("person.person2.take.npz", "person.person3.fbx", "person.person2.fbx", "x.fbx"):
        Path("out", name).write_text("of an earlier run")
    assert run("estimate", person, "--output", "out")[0] == 0
    assert sorted(os.listdir("out")) == ["person.take.npz", "x.fbx"]


NAMES = ['it\'s a "clip" 🤸 ünï; $(x) %03d.mp4', "-v.mp4", "two\nlines.mp4", b"no text \xff.mp4"]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_converts(own_home, blender, person, name, tmp_path):
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(person.read_bytes())
    out = tmp_path / f"out of {path.stem}"
    done = process(own_home, "convert", path, "--output", out, capture_output=True)
    assert done.returncode == 0, done.stderr
    endings = ("blend", "fbx", "preview.mp4", "take.npz")
    assert sorted(os.listdir(out)) == [f"{path.stem}.{ending}" for ending in endings]
    Take.load(out / f"{path.stem}.take.npz").video_name.encode()


def turned(person_frames: list[np.ndarray], path: Path) -> list[float]:
    """A video as phones write it: turned, uneven, late. The true times of its frames."""
    times = np.cumsum([2000] + [20] * 9 + [100] * 9 + [20] * 9).tolist()
    stored = [np.ascontiguousarray(np.rot90(rgb)) for rgb in person_frames[: len(times)]]
    encode(path, stored, times, matrix=[0, 1, 0, -1, 0, 0, 0, 0, 1])
    return [(time - times[0]) / 1000 for time in times]


def test_a_turned_uneven_late_video_gets_an_upright_copy_in_time(run, blender, person_frames):
    times = turned(person_frames, Path("clip.mp4"))
    status, err = run("convert", "clip.mp4", "--output", "out")
    assert status == 0, err
    np.testing.assert_allclose(Take.load("out/clip.take.npz").timestamps, times, atol=1e-3)

    copy = probe("out/clip.proxy.mp4")
    height, width = person_frames[0].shape[:2]
    assert copy.plain and (copy.width, copy.height) == (width, height)
    with frames(copy) as reader:
        for frame in reader:
            shown = np.argmin(
                [np.abs(frame.rgb - rgb.astype(float)).mean() for rgb in person_frames]
            )
            nearest = np.abs(np.array(times) - frame.timestamp).argmin()
            late = abs(times[shown] - times[nearest])
            assert late < 0.06, f"{frame.timestamp} s shows {times[shown]} s"

    code = """import bpy, json, sys
bpy.ops.wm.open_mainfile(filepath=sys.argv[1])
scene = bpy.context.scene
(movie,) = [image.filepath for image in bpy.data.images if image.source == "MOVIE"]
rate = scene.render.fps / scene.render.fps_base
print("\\n" + json.dumps([movie, rate, scene.frame_end - scene.frame_start]))"""
    blend = Path("out/clip.blend").resolve()
    told = subprocess.run([blender, "-c", code, blend], capture_output=True, text=True, timeout=60)
    # Blender's own words may come after ours.
    (line,) = [line for line in told.stdout.splitlines() if line.startswith("[")]
    movie, rate, length = json.loads(line)
    assert movie == "//clip.proxy.mp4" and rate == pytest.approx(copy.fps, rel=1e-3)
    assert abs(length / rate - times[-1]) <= 1.5 / rate


def test_a_clock_that_jumps_by_a_day_is_no_endless_scene(run, blender, person_frames):
    """As recorders write it whose clock overflows: half the clip comes 26 hours later."""
    half = FRAMES // 2
    times = [33 * k for k in range(half)] + [95_443_000 + 33 * k for k in range(FRAMES - half)]
    encode(Path("clip.mp4"), person_frames, times)
    status, err = run("convert", "clip.mp4", "--output", "out")
    assert status == 1 and "choose a part of it with --end" in sentences(err)[0]
    assert not Path("out").exists()
    status, err = run("convert", "clip.mp4", "--output", "out", "--end", "60")
    assert status == 0, err
    assert probe("out/clip.proxy.mp4").duration < 2


def test_libraries_are_silent_and_their_words_are_in_the_log(own_home, person, tmp_path):
    done = process(
        own_home, "estimate", person, "--output", tmp_path, "--end", "0.5", capture_output=True
    )
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 0 and done.stdout == b""
    assert lines[0] == str(person) and all(line.startswith("  ") for line in lines[1:]), lines
    assert "TensorFlow Lite" in (own_home / "onetake.log").read_text()


def test_a_terminal_that_knows_ascii_only(own_home, person, tmp_path):
    path = tmp_path / "🤸 ünï.mp4"
    path.write_bytes(person.read_bytes())
    env = {"PYTHONIOENCODING": "ascii"}
    done = process(own_home, "estimate", path, "--output", tmp_path, capture_output=True, env=env)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr and done.stderr.decode("ascii")
    assert (tmp_path / "🤸 ünï.take.npz").exists()


def test_nobody_need_listen(own_home, person, tmp_path):
    """`2>&1 | head -1`: the work goes on when the terminal is gone."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = process(own_home, "estimate", person, "--output", tmp_path, stderr=writing)
    finally:
        os.close(writing)
    assert done.returncode == 0 and (tmp_path / "person.take.npz").exists()


def test_nobody_need_ever_have_listened(own_home, person, tmp_path):
    done = process(
        own_home, "estimate", person, "--output", tmp_path, preexec_fn=lambda: os.close(2)
    )
    assert done.returncode == 0 and (tmp_path / "person.take.npz").exists()


def test_what_nobody_foresaw_is_one_sentence_and_a_traceback_in_the_log(
    run, person, own_home, monkeypatch
):
    monkeypatch.setattr(commands, "convert_video", lambda *a, **k: 1 / 0)
    status, err = run("estimate", person, person.parent / "none.mp4")
    assert status == 1 and err.count("Something unexpected went wrong") == 2
    assert "Traceback" not in err and str(own_home / "onetake.log") in err
    assert not Path("output").exists()
