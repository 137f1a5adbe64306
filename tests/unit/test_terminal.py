"""Progress that can be read on every terminal, and in a log."""

import io
import os
import re
from types import SimpleNamespace

import pytest

from backend import terminal as module
from backend.terminal import Terminal


class Screen(io.StringIO):
    """A terminal (or a file) that remembers what it was sent."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    def seen(self) -> list[str]:
        """The lines as they look in the end: what is drawn over is gone."""
        lines = []
        for line in self.getvalue().split("\n"):
            cells = ""
            for part in line.split("\r"):
                cells = part + cells[len(part) :]
            lines.append(cells.rstrip())
        return lines


def as_stderr(screen: Screen, monkeypatch) -> Screen:
    # pytest has its own sys.stderr in each phase of a test.
    monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=screen))
    return screen


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def live(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    return as_stderr(Screen(True), monkeypatch)


@pytest.fixture
def log(monkeypatch):
    return as_stderr(Screen(False), monkeypatch)


def work(clock, steps, seconds, total, terminal=None):
    terminal = terminal or Terminal()
    for done in range(1, steps + 1):
        clock.now += seconds
        terminal.progress("finding people", done, total)
    return terminal


def test_a_terminal_shows_frames_total_speed_and_time_left(clock, live):
    work(clock, 50, 0.1, 200)
    assert live.seen() == ["  finding people: 50 of 200, 10/s, 15 s left"]


def test_a_stage_ends_with_what_it_took(clock, live):
    terminal = work(clock, 200, 0.1, 200)
    terminal.progress("fitting person 1", 0, 200)
    clock.now += 100
    terminal.say("done")
    assert live.seen() == [
        "  finding people: 200 in 20 s",
        "  fitting person 1: 0 in 1 min 40 s",
        "done",
        "",
    ]


def test_more_frames_than_the_file_claimed(clock, live):
    work(clock, 210, 0.1, 200)
    assert live.seen() == ["  finding people: 210 of 210, 10/s"]


def test_a_total_that_nobody_knows(clock, live):
    work(clock, 50, 0.1, 0)
    assert live.seen() == ["  finding people: 50, 10/s"]


def test_a_terminal_is_not_drawn_more_often_than_it_can_be_read(clock, live):
    work(clock, 1000, 0.001, 1000)
    assert 8 <= live.getvalue().count("\r") <= 11


def test_a_log_gets_a_line_now_and_then(clock, log):
    terminal = work(clock, 450, 0.1, 500)
    terminal.finish()
    lines = log.getvalue().splitlines()
    assert len(lines) == 5
    assert all(re.fullmatch(r"  finding people: \d+ of 500, 10/s, [\d.]+ s left", line)
               for line in lines[:-1])  # fmt: skip
    assert lines[-1] == "  finding people: 450 in 45 s"
    assert "\r" not in log.getvalue() and "\x1b" not in log.getvalue()


def test_a_shorter_line_leaves_nothing_of_the_longer_one(clock, live):
    terminal = Terminal()
    terminal.progress("a stage with a long name", 1, 100000)
    clock.now += 1
    terminal.progress("short", 100000, 100000)
    clock.now += 1
    terminal.progress("short", 1, 1)
    assert live.seen() == ["  a stage with a long name: 1 in 1.0 s", "  short: 1 of 1"]
    assert "\x1b" not in live.getvalue(), "not every terminal knows escape codes"


@pytest.mark.parametrize("columns", [20, 40])
def test_a_narrow_terminal_never_wraps(clock, live, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal = work(clock, 50, 0.1, 200)
    terminal.finish()
    drawn = re.split(r"[\r\n]", live.getvalue())
    assert max(map(len, drawn)) < columns


def test_finishing_twice_is_finishing_once(clock, live):
    terminal = work(clock, 5, 0.1, 5)
    terminal.finish()
    before = live.getvalue()
    terminal.finish()
    assert live.getvalue() == before


@pytest.mark.parametrize("is_terminal", [True, False])
def test_nobody_need_listen(clock, monkeypatch, is_terminal):
    class Gone(Screen):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    as_stderr(Gone(is_terminal), monkeypatch)
    terminal = work(clock, 50, 1.0, 50)
    terminal.finish()
    terminal.say("done")
    assert module.sys.stderr.name == os.devnull, "Python flushes it at its end"
