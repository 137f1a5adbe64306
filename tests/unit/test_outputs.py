"""Results appear all together or not at all."""

import errno
import os
from pathlib import Path

import pytest

from backend.errors import OneTakeError
from backend.outputs import Outputs


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_get_their_names_only_at_the_end(tmp_path):
    with Outputs(tmp_path, "a") as outputs:
        outputs.file("a.blend").write_text("new")
        assert "a.blend" not in names(tmp_path)
    assert names(tmp_path) == ["a.blend"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_earlier_results_and_nothing_else(tmp_path, error):
    (tmp_path / "a.blend").write_text("old")
    (tmp_path / "a.person2.fbx").write_text("old")
    with pytest.raises(error), Outputs(tmp_path, "a") as outputs:
        outputs.file("a.blend").write_text("half")
        outputs.remove(tmp_path / "a.person2.fbx")
        raise error
    assert names(tmp_path) == ["a.blend", "a.person2.fbx"]
    assert (tmp_path / "a.blend").read_text() == "old"


def test_results_of_people_no_longer_found_go_with_success(tmp_path):
    (tmp_path / "a.person2.fbx").write_text("old")
    with Outputs(tmp_path, "a") as outputs:
        outputs.file("a.fbx").write_text("new")
        outputs.remove(tmp_path / "a.person2.fbx")
    assert names(tmp_path) == ["a.fbx"]


@pytest.mark.parametrize("place", ["taken", "taken/deep/er"])
def test_a_file_in_the_folders_place_is_a_sentence(tmp_path, place):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OneTakeError, match="taken is a file, not a folder") as caught:
        Outputs(tmp_path / place, "a").__enter__()
    assert caught.value.code == "not_a_folder"
    assert names(tmp_path) == ["taken"]


def test_a_folder_in_a_files_place_is_a_sentence_and_stays(tmp_path):
    (tmp_path / "a.blend").mkdir()
    (tmp_path / "a.fbx").write_text("old")
    with pytest.raises(OneTakeError, match="in the way"), Outputs(tmp_path, "a") as outputs:
        outputs.file("a.fbx").write_text("new")
        outputs.file("a.blend")
    assert names(tmp_path) == ["a.blend", "a.fbx"]
    assert (tmp_path / "a.fbx").read_text() == "old"


def test_what_a_killed_run_left_goes_and_other_videos_files_stay(tmp_path):
    # A writer in the block may put a temporary name of its own around the hidden one.
    killed = Outputs(tmp_path, "a").__enter__()
    hidden = killed.file("a.blend")
    hidden.write_text("half")
    hidden.with_name(f".{hidden.stem}.123.part.blend@").write_text("half")
    other = Outputs(tmp_path, "a.b").__enter__()
    running = other.file("a.b.blend")
    running.write_text("running")
    with Outputs(tmp_path, "a") as again:
        assert [path for path in tmp_path.iterdir() if path.read_text()] == [running]
        again.file("a.blend").write_text("new")
    other.__exit__(None, None, None)
    assert names(tmp_path) == ["a.b.blend", "a.blend"]


@pytest.mark.parametrize("when", range(6))
def test_all_files_get_their_names_or_none(tmp_path, monkeypatch, when):
    """An interrupt right after any rename: what was there is as it was."""
    before = {"a.blend": "old blend", "a.fbx": "old fbx", "a.person2.fbx": "old person"}
    for name, text in before.items():
        (tmp_path / name).write_text(text)
    replace, calls = Path.replace, iter(range(100))

    def interrupted(self, target):
        result = replace(self, target)
        if next(calls) == when:
            raise KeyboardInterrupt
        return result

    with pytest.raises(KeyboardInterrupt), Outputs(tmp_path, "a") as outputs:
        for name in ("a.blend", "a.fbx", "a.preview.mp4"):
            outputs.file(name).write_text("new")
        outputs.remove(tmp_path / "a.person2.fbx")
        monkeypatch.setattr(Path, "replace", interrupted)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before


def test_a_result_that_was_not_written_keeps_back_the_others(tmp_path):
    (tmp_path / "a.blend").write_text("old")
    with pytest.raises(OneTakeError), Outputs(tmp_path, "a") as outputs:
        outputs.file("a.blend").write_text("new")
        outputs.file("a.fbx")
    assert names(tmp_path) == ["a.blend"]
    assert (tmp_path / "a.blend").read_text() == "old"


def test_a_folder_that_was_made_for_nothing_goes(tmp_path):
    deep = tmp_path / "not" / "yet" / "there"
    with pytest.raises(ValueError), Outputs(deep, "a") as outputs:
        outputs.file("a.blend").write_text("half")
        raise ValueError
    assert names(tmp_path) == []
    with Outputs(deep, "a") as outputs:
        outputs.file("a.blend").write_text("whole")
    assert names(deep) == ["a.blend"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EROFS, "read_only"),
        (errno.EACCES, "read_only"),
        (errno.EIO, "write_failed"),
    ],
)
def test_what_a_disk_refuses_is_one_sentence_and_leaves_nothing(tmp_path, number, code):
    with pytest.raises(OneTakeError, match="--output") as caught, Outputs(tmp_path, "a") as outputs:
        outputs.file("a.blend").write_text("half")
        raise OSError(number, os.strerror(number))
    assert caught.value.code == code
    assert str(tmp_path) in caught.value.message and "\n" not in caught.value.message
    assert names(tmp_path) == []
