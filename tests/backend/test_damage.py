"""Disks that are full or may only be read, and files of our own that are damaged."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from backend import body, cli
from backend.body import load_body
from backend.bootstrap.pose_models import models_installed
from backend.motion.take import Take
from tests.backend.process import BACKEND, ROOT
from tests.needs import skip_unless


@pytest.fixture(scope="module")
def converted(own_home, person, tmp_path_factory) -> Path:
    """A folder of a home in which `person` was converted, once, and the results of that."""
    folder = tmp_path_factory.mktemp("converted")
    shutil.copytree(own_home / "models", folder / "home" / "models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONETAKE_HOME", str(folder / "home"))
        assert cli.run(["estimate", str(person), "--output", str(folder / "first")]) == 0
    return folder


@pytest.fixture
def home(converted, tmp_path, monkeypatch) -> Path:
    """That home to damage, beside `first`, the results."""
    shutil.copytree(converted, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garble(path: Path) -> None:
    data = bytearray(path.read_bytes())
    middle = slice(len(data) // 2, len(data) // 2 + 64)
    data[middle] = bytes(len(data[middle]))
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("stage", "damage"),
    [("people", halve), ("people", Path.unlink), ("motion", halve), ("motion", garble)],
)
def test_a_damaged_stage_is_made_again(home, person, tmp_path, capsys, stage, damage):
    (folder,) = home.glob(f"jobs/*/{stage}-*")
    for path in list(folder.iterdir()):
        damage(path)
    capsys.readouterr()
    assert cli.run(["estimate", str(person), "--output", str(tmp_path / "again")]) == 0
    err = capsys.readouterr().err
    assert ("finding people" in err) == (stage == "people")
    assert ("fitting person" in err) == (stage == "motion")
    first, again = (Take.load(tmp_path / name / "person.take.npz") for name in ("first", "again"))
    assert np.array_equal(first.poses, again.poses)
    cli.run(["estimate", str(person), "--output", str(tmp_path / "again")])
    assert "finding" not in (err := capsys.readouterr().err) and "fitting" not in err


@pytest.mark.parametrize("name", ["pose_detection.tflite", "pose_landmark_full.tflite"])
@pytest.mark.parametrize("damage", [halve, garble])
def test_a_damaged_network_is_named_and_brought_back_by_the_next_run(
    home, person, tmp_path, capsys, name, damage
):
    damage(home / "models" / name)
    shutil.rmtree(home / "jobs")
    assert cli.run(["estimate", str(person), "--output", str(tmp_path / "again")]) == 1
    err = capsys.readouterr().err
    assert f"Error: The network {name} was damaged" in err and "again" in err
    assert not models_installed(home / "models"), "so set-up brings it"
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("damage", [halve, garble])
def test_a_damaged_body_is_made_again(own_home, tmp_path, monkeypatch, damage):
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path))
    shutil.copytree(own_home / "models", tmp_path / "models")
    whole = body.body_path().read_bytes()
    before = load_body()
    damage(body.body_path())
    made = []

    def make_body(path: Path) -> None:  # the real one takes a quarter of a minute
        made.append(path)
        path.write_bytes(whole)

    monkeypatch.setattr("backend.body.make.make_body", make_body)
    assert np.array_equal(load_body().v_template, before.v_template)
    load_body()
    assert made == [body.body_path()]


def in_small_disk(
    folder: Path, kilobytes: int, command: list[str], *, holds: Path | None = None, options="rw"
) -> tuple[int, str, list[str]]:
    """Run a command where `folder` is a disk of its own: status, stderr, what lies there then.

    holds: a folder whose contents lie there first; more of them than fit.
    """
    private = ["unshare", "--map-root-user", "--mount"]
    possible = shutil.which("unshare") and subprocess.run([*private, "true"], check=False)
    skip_unless(possible and possible.returncode == 0, "no private mounts on this machine")
    folder.mkdir(exist_ok=True)
    script = """set -e
        mount -t tmpfs -o size="$1"k tmpfs "$2"
        test -z "$3" || cp -a "$3/." "$2" || true
        mount -o remount,"$4" "$2"
        folder="$2"; shift 4; set +e
        "$@"; status=$?
        ls -A "$folder"
        exit $status"""
    arguments = [str(kilobytes), str(folder), str(holds or ""), options, *command]
    done = subprocess.run(
        [*private, "sh", "-c", script, "sh", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stderr.decode(), done.stdout.decode().split()


def the_error(err: str) -> str:
    assert "Traceback" not in err and "unexpected" not in err and ".onetake-" not in err, err
    (sentence,) = [line for line in err.splitlines() if line.startswith("Error: ")]
    return sentence


# The first writes fit and a later one does not: the take, the preview or FBX, the .blend.
@pytest.mark.parametrize("kilobytes", [8, 100, 1200, 2200])
def test_a_full_disk_for_the_results(home, blender, person, tmp_path, kilobytes):
    out = tmp_path / "out"
    command = [*BACKEND, "convert", str(person), "--output", str(out)]
    status, err, left = in_small_disk(out, kilobytes, command)
    sentence = the_error(err)
    assert status == 1 and left == []
    assert "is full" in sentence or "No space left" in sentence


def test_a_full_disk_keeps_earlier_results(home, person, tmp_path):
    earlier, out = tmp_path / "earlier", tmp_path / "out"
    earlier.mkdir()
    (earlier / "person.take.npz").write_bytes(b"of an earlier run")
    (earlier / "other").write_bytes(bytes(90_000))
    command = [*BACKEND, "estimate", str(person), "--output", str(out)]
    status, err, left = in_small_disk(
        out, 100, ["sh", "-c", '"$@"; s=$?; cat "$0"/person.take.npz; exit $s', str(out), *command],
        holds=earlier,
    )  # fmt: skip
    assert status == 1 and "is full" in the_error(err) and "--output" in err
    assert " ".join(left) == "of an earlier runother person.take.npz"


def test_a_full_disk_for_what_onetake_keeps(own_home, person, tmp_path, monkeypatch):
    home, out = tmp_path / "home", tmp_path / "out"
    monkeypatch.setenv("ONETAKE_HOME", str(home))
    models = tmp_path / "models of a home"
    shutil.copytree(own_home / "models", models / "models")
    (models / "z").write_bytes(bytes(8_000_000))  # copied last, as far as it fits
    size = sum(path.stat().st_size for path in models.glob("models/*")) // 1024
    command = [*BACKEND, "estimate", str(person), "--output", str(out)]
    status, err, left = in_small_disk(home, size + 1000, command, holds=models)
    assert status == 1 and not out.exists() and "models" in left
    assert "is full" in the_error(err) and "ONETAKE_HOME" in err


def test_results_that_may_not_be_written(home, person, tmp_path):
    out = tmp_path / "out"
    command = [*BACKEND, "estimate", str(person), "--output", str(out), "--end", "0.7"]
    holds = tmp_path / "first"
    status, err, left = in_small_disk(out, 1000, command, holds=holds, options="ro")
    assert status == 1 and "cannot be written to; choose another" in the_error(err)
    assert "finding people" not in err, "said before the work, not after"
    assert left == ["person.take.npz"]


def test_a_home_that_may_not_be_written(converted, person, tmp_path, monkeypatch):
    """What is in the cache needs no writing; what is not, says what is wrong."""
    home, out = tmp_path / "home", tmp_path / "out"
    monkeypatch.setenv("ONETAKE_HOME", str(home))
    for options, expected in (([], 0), (["--end", "0.7"], 1)):
        command = [*BACKEND, "estimate", str(person), "--output", str(out), *options]
        holds = converted / "home"
        status, err, _ = in_small_disk(home, 40_000, command, holds=holds, options="ro")
        assert status == expected, err
    assert "ONETAKE_HOME" in the_error(err)
    assert os.listdir(out) == ["person.take.npz"]


def test_a_home_in_a_files_place(person, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "file" / "home"))
    assert cli.run(["estimate", str(person), "--output", str(tmp_path / "out")]) == 1
    assert "file is a file, not a folder" in the_error(capsys.readouterr().err)
    assert os.listdir(tmp_path) == ["file"]
