"""Tasks and their queue: progress, cancel, death, and that nothing is left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import bpy
import pytest
from onetake.addon.backend_process import queue
from onetake.addon.backend_process.task import GRACE_SECONDS, State, Task

import onetake
from onetake import api
from tests.blender import running
from tests.blender.running import STAGE, alive, until
from tests.needs import skip_unless

skip_unless(Path("/proc/self/stat").exists(), "watches processes through /proc")


@pytest.fixture
def addon(tmp_path, monkeypatch):
    """The add-on, enabled, at home in an empty folder."""
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))
    onetake.register()
    yield
    onetake.unregister()


@pytest.fixture
def task_of(addon, tmp_path):
    """Queues a task that does these steps."""

    def add(*steps: dict, **options: float) -> Task:
        path = running.script(tmp_path / f"script{len(list(tmp_path.iterdir()))}", list(steps))
        task = Task("Task", lambda: running.command(path), **options)
        queue.add(task)
        return task

    return add


def test_a_task_tells_how_far_it_is_and_ends_with_a_result(task_of):
    task = task_of(STAGE, {"print": "a library chatters"}, {"say": {"note": "one person"}},
                   {"say": {"stage": "fitting person 1", "done": 4, "total": 4}},
                   {"say": {"result": {"takes": []}}})  # fmt: skip
    seen = []
    queue.listeners.append(lambda: seen.append((task.stage, task.done, task.total)))
    queue.wait(task)
    queue.listeners.pop()
    assert task.state is State.DONE and task.result == {"takes": []}
    assert seen[-1] == ("fitting person 1", 4, 4) and task.factor == 1.0
    assert task.notes == ["one person"] and task.noise == ["a library chatters"]
    assert task.error is None and task.pid is None


def test_the_time_left_follows_from_the_steps_done(task_of, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(
        "onetake.addon.backend_process.task.time.monotonic", lambda: now[0]
    )  # fmt: skip
    task = Task("Task", lambda: None)
    for done in range(5):
        task._take({"stage": "finding people", "done": done, "total": 20})
        now[0] += 2.0
    assert task.left == pytest.approx(2.0 * 16)
    task._take({"stage": "fitting person 1", "done": 0, "total": 20})
    assert task.left is None, "nothing is known of a stage that has just begun"


def test_the_second_waits_for_the_first(task_of):
    first = task_of(STAGE, {"sleep": 0.1}, {"say": {"result": {}}})
    second = task_of({"say": {"result": {"number": 2}}})
    until(lambda: first.state is State.RUNNING and first.stage)
    assert second.state is State.WAITING and second.pid is None
    until(lambda: second.state is State.DONE)
    assert first.state is State.DONE and second.result == {"number": 2}
    assert queue.tick() is None, "the timer goes on with nothing to do"


@pytest.mark.parametrize("step", ["leash", "deaf"])
def test_cancel_ends_the_process_within_a_second(task_of, step):
    task = task_of(STAGE, {step: True})
    until(lambda: task.stage)
    pid = task.pid
    assert alive(pid)
    api.cancel(task)
    until(lambda: task.state.over)  # the deaf one would take ten minutes
    assert GRACE_SECONDS < 1.0
    assert task.state is State.CANCELLED and not alive(pid) and task.error is None


def test_one_that_waits_is_cancelled_without_ever_beginning(task_of):
    first, second = task_of({"leash": True}), task_of({"leash": True})
    until(lambda: first.pid)
    api.cancel(second)
    assert second.state is State.CANCELLED and second.pid is None
    assert first.state is State.RUNNING


def test_a_killed_backend_is_a_sentence_and_the_next_one_runs(task_of):
    task = task_of(STAGE, {"deaf": True})
    following = task_of({"say": {"result": {}}})
    until(lambda: task.stage)
    os.kill(task.pid, signal.SIGKILL)
    until(lambda: task.state.over)
    assert task.state is State.FAILED
    assert "signal 9" in task.error.message and "start again" in task.error.message
    until(lambda: following.state is State.DONE)


def test_its_own_error_counts_more_than_how_it_ended(task_of):
    task = task_of({"say": {"error": "Nobody was found.", "code": "no_person"}}, {"exit": 1})
    queue.wait(task)
    assert task.state is State.FAILED and task.error.message == "Nobody was found."


def test_a_program_that_is_not_there_is_a_sentence(addon):
    task = Task("Task", lambda: (["/nowhere/python"], {}))
    queue.add(task)
    queue.wait(task)
    assert "/nowhere/python cannot be started" in task.error.message


def test_a_crash_is_in_the_log(task_of):
    task = task_of({"print": "Segmentation fault (core dumped)"}, {"exit": 139})
    queue.wait(task)
    assert "status 139" in task.error.message
    assert "Segmentation fault" in api.log()


def test_a_file_that_opens_ends_what_runs(task_of):
    task, other = task_of(STAGE, {"deaf": True}), task_of({"leash": True})
    until(lambda: task.stage)
    pid = task.pid
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    assert not alive(pid) and not queue.tasks
    assert task.state is State.CANCELLED and other.state is State.CANCELLED


ORPHANS = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from tests.blender import running, conftest
from pathlib import Path
from onetake.addon.backend_process.process import Process
child = Process(running.command(Path(sys.argv[2])), grace=1.0)
while not child.messages():
    time.sleep(0.01)
print(child.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_blender_that_is_killed_leaves_no_process(tmp_path, root):
    path = running.script(tmp_path / "script", [STAGE, {"leash": True}])
    done = subprocess.run(
        [sys.executable, "-c", ORPHANS, root, path], stdout=subprocess.PIPE, encoding="utf-8"
    )
    pid = int(done.stdout.splitlines()[-1])  # Blender 5.2 tells of its start before
    until(lambda: not alive(pid))
