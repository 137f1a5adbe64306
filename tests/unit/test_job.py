"""Finished stages are kept, unfinished ones made again."""

import errno
import os
from pathlib import Path

import pytest

from backend import job as jobs
from backend.errors import OneTakeError
from backend.job import Job, fingerprint, trim_cache


@pytest.fixture
def video(tmp_path, monkeypatch):
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"x" * 3_000_000)
    return path


def write(text):
    return lambda folder: (folder / "result").write_text(text)


def read(folder):
    return (folder / "result").read_text()


def stage(video, settings, make):
    return Job(video).stage("people", settings, make, read)


def kept(video):
    return [path.name for path in Job(video).folder.glob("*")]


def test_a_finished_stage_is_not_made_again(video):
    assert stage(video, {"version": 1}, write("one")) == "one"
    assert stage(video, {"version": 1}, write("two")) == "one"


def test_other_settings_or_another_version_make_it_again(video):
    stage(video, {"version": 1}, write("one"))
    assert stage(video, {"version": 2}, write("two")) == "two"


def test_a_changed_video_has_another_fingerprint(video):
    before = fingerprint(video)
    with video.open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"y")
    assert fingerprint(video) != before


def test_a_stage_that_was_interrupted_is_made_again(video):
    def interrupted(folder):
        (folder / "result").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stage(video, {}, interrupted)
    assert kept(video) == []
    assert stage(video, {}, write("whole")) == "whole"


@pytest.mark.parametrize("damage", [lambda file: file.write_bytes(b"\xff"), Path.unlink])
def test_a_damaged_stage_is_made_again(video, damage):
    stage(video, {}, write("first"))
    (result,) = Job(video).folder.glob("*/result")
    damage(result)
    assert stage(video, {}, write("second")) == "second"
    assert stage(video, {}, write("third")) == "second"


def test_two_jobs_on_one_video_do_not_disturb_each_other(video):
    def slow(folder):
        (folder / "result").write_text("slow")
        assert stage(video, {}, write("quick")) == "quick"

    assert stage(video, {}, slow) == "slow"
    assert len(kept(video)) == 1


def test_a_full_disk_is_a_sentence_about_the_cache_and_leaves_nothing(video):
    def full(folder):
        (folder / "result").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OneTakeError, match="ONETAKE_HOME") as caught:
        stage(video, {}, full)
    assert caught.value.code == "disk_full"
    assert kept(video) == []


def test_a_stage_that_its_maker_cannot_read_is_not_kept(video):
    with pytest.raises(UnicodeDecodeError):
        stage(video, {}, lambda folder: (folder / "result").write_bytes(b"\xff"))
    assert kept(video) == []


def test_what_a_killed_job_left_goes_after_a_day(video):
    stage(video, {}, write("whole"))
    old, new = (Job(video).folder / f".people-{name}" for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (1, 1))
    trim_cache()
    assert not old.exists() and new.exists()
    assert stage(video, {}, write("again")) == "whole"


def test_the_cache_drops_what_was_used_longest_ago(video, tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "_KEEP_SECONDS", 10)
    stage(video, {}, write("old"))
    other = tmp_path / "other.mp4"
    other.write_bytes(b"z")
    stage(other, {}, write("new"))
    for path in (Job(video).folder, *Job(video).folder.rglob("*")):
        os.utime(path, (1, 1))
    trim_cache(limit=4)
    assert not Job(video).folder.exists()
    assert kept(other)


def test_trimming_needs_no_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "none"))
    trim_cache()
