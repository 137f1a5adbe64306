"""What the add-on hears from the backend: JSON lines, until it closes the backend's input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from backend.body import BODY_VERSION
from backend.json_progress import JsonProgress
from backend.motion.take import Take
from backend.preview.thumbnail import SIDE, Thumbnail, drawn
from tests.backend.conftest import FRAMES
from tests.backend.process import BACKEND, ROOT


def start(own_home: Path, *arguments: object, command=BACKEND) -> subprocess.Popen:
    return subprocess.Popen(
        [str(each) for each in (*command, *arguments, "--progress", "json")],
        env={**os.environ, "PYTHONPATH": str(ROOT), "ONETAKE_HOME": str(own_home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def messages(process: subprocess.Popen):
    return (json.loads(line) for line in process.stdout if line.strip())


@pytest.fixture(scope="module")
def told(own_home, person, tmp_path_factory):
    """Folder, messages and exit status of an estimate."""
    folder = tmp_path_factory.mktemp("told")
    with start(
        # An end of its own, so that no other test has done a stage already.
        own_home, "estimate", person, "--output", folder / "out", "--quality", "fast",
        "--end", "1000",
        "--thumbnail", folder / "thumbnail.npy", "--upright-copy",
    ) as process:  # fmt: skip
        return folder, list(messages(process)), process.wait(60)


def test_stages_and_the_result_are_told(told, own_home, person):
    folder, heard, status = told
    assert status == 0
    stages = [message for message in heard if "stage" in message]
    names = list(dict.fromkeys(message["stage"] for message in stages))
    assert names == ["finding people", "fitting person 1"]
    for name in names:
        done = [message["done"] for message in stages if message["stage"] == name]
        assert done == sorted(done) and done[-1] == FRAMES
        assert all(m["total"] == FRAMES for m in stages if m["stage"] == name)
    result = heard[-1]["result"]
    assert Path(result["takes"][0]) == folder / "out" / "person.take.npz"
    assert len(Take.load(result["takes"][0])) == FRAMES
    assert Path(result["body"]) == own_home / "models" / f"body-{BODY_VERSION}.npz"
    assert Path(result["video"]) == person and result["video_fps"] == 30.0
    assert any("person 1" in message.get("note", "") for message in heard)


def test_the_thumbnail_is_a_picture_of_the_person(told):
    folder, _, _ = told
    picture = np.load(folder / "thumbnail.npy", allow_pickle=False)
    assert picture.shape == (SIDE, SIDE, 4) and picture.dtype == np.uint8
    assert sorted(path.name for path in folder.iterdir()) == ["out", "thumbnail.npy"]


def test_an_error_is_a_message_with_its_code(own_home, tmp_path):
    with start(own_home, "estimate", tmp_path / "no.mp4", "--output", tmp_path) as process:
        heard = list(messages(process))
        assert process.wait(60) == 1
    assert heard[-1]["code"] == "no_such_file" and "no.mp4" in heard[-1]["error"]


def test_it_ends_when_its_input_closes_and_leaves_no_files(own_home, person, tmp_path):
    # --quality best takes long enough to be in the middle of it.
    with start(
        own_home, "estimate", person, "--output", tmp_path / "out", "--quality", "best"
    ) as process:
        next(message for message in messages(process) if message.get("done"))
        process.stdin.close()
        assert process.wait(20) == 130
    # It has tidied up, and was not ended for want of patience.
    assert not (tmp_path / "out").exists()


NOISY = """
import os, sys
from backend.json_progress import JsonProgress
progress = JsonProgress()
os.write(1, b"a C library speaks")
print("so does Python")
progress.progress("stage", 1, 2)
os.write(1, b"without a line's end")
progress.done({"answer": 42})
"""


def test_what_libraries_print_is_no_message(own_home):
    with start(own_home, command=(sys.executable, "-c", NOISY)) as process:
        assert list(messages(process)) == [
            {"stage": "stage", "done": 1, "total": 2}, {"result": {"answer": 42}}
        ]  # fmt: skip
        assert b"a C library speaks" in process.stderr.read()


def test_messages_come_no_faster_than_they_can_be_shown(monkeypatch):
    sent, now = [], [0.0]

    class Messages:
        def send(self, message: dict) -> None:
            sent.append(message["done"])

    monkeypatch.setattr("backend.json_progress.Messages", Messages)
    monkeypatch.setattr("backend.json_progress.time.monotonic", lambda: now[0])
    progress = JsonProgress()
    for done in range(1, 101):
        progress.progress("finding people", done, 100)
        now[0] += 0.01
    assert sent[0] == 1 and sent[-1] == 100 and 10 <= len(sent) <= 13
    progress.progress("fitting person 1", 0, 100)
    assert sent[-1] == 0, "a stage is told at once"


def test_a_thumbnail_stands_upright_with_its_limbs(tmp_path):
    rgb = np.zeros((100, 200, 3), np.uint8)
    rgb[:50] = 200  # bright above
    person = np.zeros((33, 3), np.float32)
    person[[11, 12]] = [[20, 75, 1], [180, 75, 1]]  # shoulders, in the dark
    picture = drawn(rgb, [person])[::-1]
    assert not picture[: SIDE // 4 - 1, :, 3].any(), "nothing above a wide picture"
    assert picture[SIDE // 4 + 10, 100, :3].tolist() == [200] * 3
    line = picture[round(SIDE / 4 + 75 * SIDE / 200), SIDE // 2, :3]
    assert line[0] > 200 > line[2], "the line between the shoulders"
    person[11, 2] = 0.1
    assert not drawn(rgb, [person])[::-1][round(SIDE / 4 + 75 * SIDE / 200), SIDE // 2, :3].any()
    Thumbnail(tmp_path / "no" / "a.npy")(rgb, [])  # nobody need be able to read it
