"""Finished stages are kept, unfinished ones made again."""

import os

import pytest

from backend import job as jobs
from backend.job import Job, fingerprint, trim_cache


@pytest.fixture
def video(tmp_path, monkeypatch):
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"x" * 3_000_000)
    return path


def write(text):
    return lambda folder: (folder / "result").write_text(text)


def test_a_finished_stage_is_not_made_again(video):
    first = Job(video).stage("people", {"version": 1}, write("one"))
    second = Job(video).stage("people", {"version": 1}, write("two"))
    assert first == second
    assert (second / "result").read_text() == "one"


def test_other_settings_or_another_version_make_it_again(video):
    Job(video).stage("people", {"version": 1}, write("one"))
    assert (
        Job(video).stage("people", {"version": 2}, write("two")) / "result"
    ).read_text() == "two"


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
        Job(video).stage("people", {}, interrupted)
    assert list(Job(video).folder.iterdir()) == []
    assert (Job(video).stage("people", {}, write("whole")) / "result").read_text() == "whole"


def test_what_a_killed_process_left_is_not_taken_for_a_result(video):
    job = Job(video)
    done = job.stage("people", {}, write("whole"))
    killed = done.with_name(f".{done.name}.part")
    done.rename(killed)
    (killed / "result").write_text("half")
    assert (job.stage("people", {}, write("whole")) / "result").read_text() == "whole"


def test_the_cache_drops_what_was_used_longest_ago(video, tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "_KEEP_SECONDS", 10)
    old = Job(video).stage("people", {}, write("old"))
    other = tmp_path / "other.mp4"
    other.write_bytes(b"z")
    new = Job(other).stage("people", {}, write("new"))
    for path in (old, old / "result", old.parent):
        os.utime(path, (1, 1))
    trim_cache(limit=4)
    assert not old.exists()
    assert new.exists()
