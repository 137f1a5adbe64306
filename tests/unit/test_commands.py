"""onetake.py as a user meets it, with stand-ins for the Pythons it would install."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend.bootstrap import commands, installation
from backend.bootstrap.processes import environment

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shell scripts and POSIX signals")


@pytest.fixture
def home(tmp_path):
    """An ONETAKE_HOME that looks complete; its backend's Python is stand_in's script."""
    (tmp_path / "models").mkdir()
    for name in ("pose_detection.tflite", "pose_landmark_full.tflite", "body-1.npz"):
        (tmp_path / "models" / name).touch()
    return tmp_path


def stand_in(home, recipe, script):
    python = recipe.folder(home, recipe.pythons[0]) / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return python


def start(home, *arguments, **options):
    env = {key: value for key, value in os.environ.items() if key != "ONETAKE_BLENDER"}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "onetake.py"), *arguments],
        env={**env, "ONETAKE_HOME": str(home), **options.pop("env", {})},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def run(home, *arguments, **options):
    with start(home, *arguments, **options) as process:
        out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_passes_arguments_folder_and_exit_status(home, tmp_path):
    stand_in(home, installation.backend_recipe(), 'pwd; for a; do echo "<$a>"; done; exit 7')
    status, out, err = run(home, "estimate", "my 'video' 🎬.mp4", "--smooth", cwd=tmp_path)
    assert status == 7
    assert out.splitlines() == [
        str(tmp_path), "<-m>", "<backend>", "<estimate>", "<my 'video' 🎬.mp4>", "<--smooth>",
    ]  # fmt: skip
    assert err == ""


def test_the_environment_of_the_child(home):
    stand_in(home, installation.backend_recipe(), "env")
    bpy = stand_in(home, installation.BLENDER_LTS, "")
    noise = {"PYTHONHOME": "/nowhere", "PYTHONSTARTUP": "x", "LD_LIBRARY_PATH": "/y"}
    # PYTHONHOME would stop the Python that runs onetake.py as well.
    noise.pop("PYTHONHOME")
    status, out, _ = run(home, "convert", "a.mp4", env=noise)
    told = dict(line.split("=", 1) for line in out.splitlines() if "=" in line)
    assert status == 0
    assert told["PYTHONPATH"] == str(ROOT)
    assert told["ONETAKE_HOME"] == str(home)
    assert told["ONETAKE_BLENDER_PYTHON"] == str(bpy)
    assert "ONETAKE_BLENDER" not in told
    assert "PYTHONSTARTUP" not in told and "LD_LIBRARY_PATH" not in told


def test_a_real_blender_takes_the_place_of_the_module(home, tmp_path):
    stand_in(home, installation.backend_recipe(), 'echo "$ONETAKE_BLENDER"; echo "$@"')
    blender = tmp_path / "blender folder" / "blender"
    blender.parent.mkdir()
    blender.write_text("#!/bin/sh\n")
    blender.chmod(0o755)
    for given in (str(blender), str(blender.parent)):
        status, out, _ = run(home, "convert", "--blender", given, "a.mp4")
        assert status == 0
        assert out.splitlines() == [str(blender), "-m backend convert a.mp4"]
    status, _, err = run(home, "convert", f"--blender={tmp_path}/none", "a.mp4")
    assert status == 1
    assert err == f"Error: There is no Blender at {tmp_path}/none.\n"


def test_estimate_needs_no_blender_and_convert_does(home):
    stand_in(home, installation.backend_recipe(), "exit 0")
    install = installation.Installation(home, print)
    assert install.find(())
    assert install.find(installation.BLENDERS) is None


def test_a_complete_installation_starts_at_once(home):
    stand_in(home, installation.backend_recipe(), "exit 0")
    start = time.monotonic()
    assert run(home, "estimate", "a.mp4")[0] == 0
    assert time.monotonic() - start < 2  # a fraction of a second; the machine may be busy


def test_a_misspelt_command_installs_nothing(tmp_path):
    home = tmp_path / "home"
    status, _, err = run(home, "covert")
    assert status == 2 and "did you mean convert?" in err
    assert not home.exists()


@pytest.mark.parametrize("arguments", [(), ("--help",), ("convert", "--help")])
def test_help_installs_nothing(tmp_path, arguments):
    home = tmp_path / "home"
    status, out, _ = run(home, *arguments)
    assert status == 0 and "python3 onetake.py convert" in out
    assert not home.exists()


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    status, _, err = run(tmp_path / "file" / "home", "setup")
    assert status == 1
    assert err.count("\n") == 1 and err.startswith("Error: ") and "file" in err


def alive(pid):
    """Whether a process runs; one that is dead and not yet waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize(
    ("signum", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
@pytest.mark.parametrize("stubborn", [False, True])
def test_a_signal_ends_every_process_within_two_seconds(home, signum, status, stubborn):
    """The stand-in starts a process of its own; the stubborn ones take no notice of signals."""
    trap = "trap '' INT TERM HUP\n" if stubborn else ""
    script = f"{trap}sleep 60 & echo $$ $!; wait; wait"
    stand_in(home, installation.backend_recipe(), script)
    process = start(home, "estimate", "a.mp4")
    try:
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert len(pids) == 2 and all(alive(pid) for pid in pids)
        begin = time.monotonic()
        process.send_signal(signum)
        _, err = process.communicate(timeout=10)
        took = time.monotonic() - begin
    finally:
        process.kill()
        process.wait()
    assert process.returncode == status
    assert not any(alive(pid) for pid in pids)
    assert took < 2
    assert err == "Stopped.\n"


def test_a_child_may_tidy_up_when_stopped(home, tmp_path):
    mark = tmp_path / "tidied"
    script = f"trap 'sleep 0.3; touch {mark}; exit 130' INT\necho ready; sleep 60 & wait"
    stand_in(home, installation.backend_recipe(), script)
    process = start(home, "estimate", "a.mp4")
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert mark.exists()


@pytest.mark.parametrize(
    ("name", "words"), [("SEGV", "crashed"), ("ABRT", "crashed"), ("KILL", "memory")]
)
def test_a_child_killed_by_a_signal_is_a_failure_and_a_sentence(home, name, words):
    stand_in(home, installation.backend_recipe(), f"kill -{name} $$")
    status, _, err = run(home, "estimate", "a.mp4")
    assert status == 128 + signal.Signals[f"SIG{name}"]
    assert err.startswith("Error: ") and words in err and err.count("\n") == 1


def test_the_users_folder_shadows_nothing(tmp_path):
    """A backend folder or a random.py beside the user's videos must not be imported."""
    (tmp_path / "random.py").write_text("raise SystemExit('the wrong random')")
    env = environment({"PYTHONPATH": str(ROOT)})
    code = "import random, backend; print(backend.__file__)"
    command = [sys.executable, "-c", code]
    if sys.version_info < (3, 11):
        pytest.skip("PYTHONSAFEPATH came with 3.11")
    answer = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert answer.stdout.strip() == str(ROOT / "backend" / "__init__.py"), answer.stderr


def test_blender_option_wants_a_path(home):
    assert run(home, "convert", "--blender")[0] == 1
    assert commands.NEED_BLENDER.isdisjoint(commands.NEED_NO_BLENDER)
