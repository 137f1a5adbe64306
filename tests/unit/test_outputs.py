"""Results appear all together or not at all."""

import errno

import pytest

from backend.errors import OneTakeError
from backend.outputs import Outputs


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_get_their_names_only_at_the_end(tmp_path):
    with Outputs(tmp_path) as outputs:
        outputs.file("a.blend").write_text("new")
        assert "a.blend" not in names(tmp_path)
    assert names(tmp_path) == ["a.blend"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_earlier_results_and_nothing_else(tmp_path, error):
    (tmp_path / "a.blend").write_text("old")
    (tmp_path / "a.person2.fbx").write_text("old")
    with pytest.raises(error), Outputs(tmp_path) as outputs:
        outputs.file("a.blend").write_text("half")
        outputs.remove(tmp_path / "a.person2.fbx")
        raise error
    assert names(tmp_path) == ["a.blend", "a.person2.fbx"]
    assert (tmp_path / "a.blend").read_text() == "old"


def test_results_of_people_no_longer_found_go_with_success(tmp_path):
    (tmp_path / "a.person2.fbx").write_text("old")
    with Outputs(tmp_path) as outputs:
        outputs.file("a.fbx").write_text("new")
        outputs.remove(tmp_path / "a.person2.fbx")
    assert names(tmp_path) == ["a.fbx"]


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path):
    with pytest.raises(OneTakeError, match="full") as caught, Outputs(tmp_path) as outputs:
        outputs.file("a.blend").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.code == "disk_full"
    assert names(tmp_path) == []


def test_a_file_in_the_folders_place_is_a_sentence(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OneTakeError, match="file, not a folder"), Outputs(tmp_path / "taken"):
        pass


def test_what_a_killed_run_left_is_replaced(tmp_path):
    outputs = Outputs(tmp_path)
    with outputs:
        hidden = outputs.file("a.blend")
        hidden.write_text("done")
    hidden.write_text("left by a killed run")
    with Outputs(tmp_path) as again:
        again.file("a.blend").write_text("new")
    assert names(tmp_path) == ["a.blend"]
