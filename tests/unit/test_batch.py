"""A batch's parts: what it finds, passes on, shares out and shows."""

import argparse
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from backend import cli
from backend.batch import display as shown
from backend.batch import share as sharing
from backend.batch.clips import Clip, find_clips
from backend.batch.display import Progress
from backend.batch.memory import families, parse_size
from backend.batch.outcome import DONE, FAILED, Outcome
from backend.batch.page import page
from backend.batch.record import options_of
from backend.batch.report import Report
from backend.batch.share import Share, share_out
from backend.errors import OneTakeError

RECORD = {
    "verdict": "check", "warnings": ["The person shakes <much>."], "frames": 30, "seconds": 1.0,
    "start": 0.0, "found": 0.9, "strip": "AAAA", "key": "k",
    "files": ["jump & run.take.npz", "jump & run.quality.png", "jump & run.unreal.fbx",
              "jump & run.person2.unreal.fbx", "jump & run.thing"],
    "people": [{"number": 1, "found": 0.9, "confidence": 0.8, "jitter_before": 9.0,
                "jitter_after": 4.0, "skate_before": None, "skate_after": None}],
}  # fmt: skip


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Makes files below a folder that is the current one, and finds clips there."""
    monkeypatch.chdir(tmp_path)

    def make(*names: str) -> None:
        for name in names:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(name)

    return make


def places(*given: str, match=(), output="out") -> dict[str, str]:
    clips = find_clips([Path(each) for each in given], Path(output), match)
    return {clip.name: (clip.folder / clip.video.stem).as_posix() for clip in clips}


def test_a_folder_is_mirrored(tree):
    tree("in/a.mp4", "in/day1/a.mp4", "in/day1/B.MOV", "in/day1/notes.txt", "in/.bin/x.mp4",
         "in/._a.mp4", "in/a.preview.mp4", "in/a.proxy.mp4")  # fmt: skip
    expected = {"a.mp4": "out/a", "day1/a.mp4": "out/day1/a", "day1/B.MOV": "out/day1/B"}
    assert places("in") == expected
    assert places("in", "in/a.mp4") == expected, "none twice"
    assert places("in", match=["*.mov"]) == {"day1/B.MOV": "out/day1/B"}
    assert set(places("in", match=["day1/*", "a.*"])) >= set(expected)
    assert set(places("in", match=["*.txt"])) == {"day1/notes.txt"}


def test_equal_names_do_not_collide(tree):
    tree("in/a.mp4", "in/A.mov", "in/a.person2.mp4", "in/b.mp4", "x/c.mp4", "y/c.mp4", "y/d.mp4")
    assert places("in") == {
        "a.mp4": "out/a.mp4/a", "A.mov": "out/A.mov/A",
        "a.person2.mp4": "out/a.person2.mp4/a.person2", "b.mp4": "out/b",
    }  # fmt: skip
    assert places("x/c.mp4", "y/c.mp4", "y/d.mp4") == {
        "x/c.mp4": "out/x/c", "y/c.mp4": "out/y/c", "d.mp4": "out/d",
    }  # fmt: skip
    assert places("x", "y") == {"x/c.mp4": "out/x/c", "y/c.mp4": "out/y/c", "y/d.mp4": "out/y/d"}


def test_a_result_never_overwrites_a_video(tree):
    tree("in/a.mp4", "in/a.preview.mp4")
    with pytest.raises(OneTakeError, match="would overwrite"):
        places("in/a.mp4", "in/a.preview.mp4", output="in")


def test_a_folder_without_videos_is_a_sentence(tree):
    tree("in/notes.txt")
    with pytest.raises(OneTakeError, match="Nothing in in is a video"):
        places("in")


def option_values() -> list[list[str]]:
    """Every option of convert with a value of its own; they come from the parser itself."""
    values = []
    for action in cli._parser()._subparsers._group_actions[0].choices["convert"]._actions:
        if not action.option_strings or action.dest in ("help", "progress", "threads", "output"):
            continue
        flag = action.option_strings[-1]
        if action.nargs == 0:
            values.append([flag])
        elif action.choices:
            values.append([f"{flag}={list(action.choices)[-1]}"])
        elif action.type is float:
            values.append([f"{flag}=1.5"])
        elif action.type is int:
            values.append([f"{flag}=2"])
        else:
            values.append([f"{flag}={'1,3' if flag == '--people' else 'walk'}"])
    return values


@pytest.mark.parametrize("given", option_values(), ids=lambda given: given[0])
def test_every_option_of_convert_reaches_each_clip(given):
    """So will those that convert gains."""
    if given[0].split("=")[0] in ("--jobs", "--match", "--max-memory", "--quality-sheet"):
        assert options_of(cli._parse(["convert", "in", *given])) == options_of(
            cli._parse(["convert", "in"])
        )
        return
    chosen = cli._parse(["convert", "in", *given])
    again = cli._parse(["convert", "clip", *options_of(chosen)])
    assert vars(again) | {"videos": []} == vars(chosen) | {"videos": []}
    plain = options_of(cli._parse(["convert", "in"]))
    assert set(given) - set(plain) <= set(options_of(chosen))


def test_lists_and_flags_become_options():
    chosen = argparse.Namespace(
        videos=["a"], export=["unreal", "glb"], nothing=None, off=False, no_foot_lock=True, fov=-1.5
    )
    expected = ["--export=unreal,glb", "--fov=-1.5", "--no-foot-lock"]
    assert options_of(chosen) == expected


def test_sizes_of_memory():
    assert parse_size("6") == parse_size("6GB") == parse_size("6 GiB") == 6e9
    assert parse_size("800m") == 8e8 and parse_size("1.5G") == 1.5e9
    for wrong in ("", "lots", "-1", "0"):
        with pytest.raises(OneTakeError, match="--max-memory wants"):
            parse_size(wrong)


def test_jobs_share_processors_memory_and_gpu(monkeypatch):
    monkeypatch.setattr(sharing, "available_cores", lambda: 16)
    assert share_out(None, 100, None, "cpu") == Share(8, 2, None, "cpu")
    assert share_out(None, 3, None, "cpu").jobs == 3, "no more than there are clips"
    assert share_out(12, 100, None, "cpu") == Share(12, 1, None, "cpu")
    assert share_out(12, 100, 5_000_000_000, "cpu").jobs == 4
    assert share_out(12, 100, 1, "cpu").jobs == 1, "one always runs"
    monkeypatch.setattr(sharing, "choose_device", lambda wanted: "cuda")
    monkeypatch.setattr(sharing, "_gpu_room", lambda: 8_000_000_000)
    assert share_out(None, 100, None, "auto") == Share(2, 8, None, "cuda")


@pytest.mark.skipif(os.name != "posix", reason="Windows does not tell")
def test_a_familys_memory_is_that_of_all_its_members():
    block = bytearray(64 << 20)
    sizes = families([os.getpid(), 2**22 + 1])
    assert list(sizes) == [os.getpid()] and sizes[os.getpid()] > len(block)


def test_time_left_goes_by_the_size_of_what_is_left(tmp_path):
    def clip(name, size):
        (tmp_path / name).write_bytes(bytes(size))
        return Clip(tmp_path / name, name, tmp_path)

    progress = Progress(4, kept=1, sizes=1000)
    assert progress.seconds_left(0, 2) is None
    progress.add(Outcome(clip("a", 100), DONE, RECORD, seconds=10))
    assert progress.seconds_left(0, 1) == pytest.approx(90)
    assert progress.seconds_left(10, 2) == pytest.approx(40)
    progress.add(Outcome(clip("b", 500), FAILED, error="No.", seconds=1))
    assert progress.seconds_left(0, 1) == pytest.approx(40), "a failure tells nothing of speed"
    assert (progress.ended, progress.failed) == (3, 1)


def test_the_table_is_drawn_over_itself(monkeypatch, tmp_path):
    written = []
    monkeypatch.setattr(shown, "write", written.append)
    monkeypatch.setattr(shown.shutil, "get_terminal_size", lambda: os.terminal_size((76, 24)))
    clip = Clip(tmp_path / "a.mp4", "a folder with a long name/and/another/a.mp4", tmp_path)
    worker = SimpleNamespace(clip=clip, stage="finding people", done=3, total=6, seconds=4.0)
    pool = SimpleNamespace(running=[worker], jobs=1)
    table = shown.Table(Progress(2, kept=1, sizes=0))
    table.tick(pool)
    first = written[-1].splitlines()
    assert len(first) == 2 and all(len(line) < 76 for line in first)
    assert "finding people" in first[0] and "######------" in first[0]
    assert first[1] == "  1 of 2 clips, 1 unchanged"
    table.ended(Outcome(clip, FAILED, error="It is no video."))
    assert written[-2] == "\x1b[2F\x1b[J" and written[-1].startswith("[1/2] a folder")
    assert "Error: It is no video." in written[-1]
    table.close()
    assert written[-1].startswith("[1/2]"), "nothing is left to take away"


def test_report_and_page(tmp_path):
    folder = tmp_path / "day 1"
    clips = [Clip(tmp_path / f"{n}.mp4", n, folder) for n in ("jump & run", "bad <b>", "later")]
    report = Report(tmp_path, clips, ["--fov=60"], Share(2, 1, None, "cpu"))
    report.add(Outcome(clips[0], DONE, RECORD, seconds=3.0))
    report.add(Outcome(clips[1], FAILED, error="It is <empty>.", code="empty_file"))
    told = report.to_dict()
    assert told["counts"] == {"failed": 1, "redo": 0, "check": 1, "good": 0, "waiting": 1}
    assert [clip["name"] for clip in told["clips"]] == ["bad <b>", "jump & run", "later"]
    assert told["clips"][1]["files"][0] == "day 1/jump & run.take.npz"
    text = page(told)
    assert 'href="day%201/jump%20%26%20run.quality.png"' in text
    assert ">jump &amp; run.thing</a>" in text, "what nobody has named is linked too"
    assert ">.unreal.fbx</a>" in text and ">.person2.unreal.fbx</a>" in text
    assert "It is &lt;empty&gt;." in text and "shakes &lt;much&gt;" in text
    assert "9.0 → 4.0" in text and "http" not in text, "nothing from elsewhere"
    report.write()
    assert "strip" not in (tmp_path / "report.json").read_text()
    assert sorted(os.listdir(tmp_path)) == ["report.html", "report.json"]
