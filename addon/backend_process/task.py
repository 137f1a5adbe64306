"""One piece of work that the backend does: its process, its progress, how it ended. No bpy."""

import itertools
import time
from collections.abc import Callable
from enum import Enum

from ...backend.errors import OneTakeError
from .environment import Command
from .process import Process

_numbers = itertools.count(1)

# Of a cancelled conversion: the user sees it end within a second, two looks and a redraw later.
GRACE_SECONDS = 0.5


class State(Enum):
    """Where a task stands; `over` at its end, well or badly."""

    WAITING = "Waiting"
    RUNNING = "Running"
    CANCELLING = "Cancelling"
    DONE = "Done"
    FAILED = "Failed"
    CANCELLED = "Cancelled"

    @property
    def over(self) -> bool:
        """Whether it will not change any more."""
        return self in (State.DONE, State.FAILED, State.CANCELLED)


class Task:
    """Work for a process that speaks the backend's messages.

    title: for the user. command: how to run it, asked for when its turn comes. grace: seconds that
    its process may tidy up for. Its fields are for reading: a number that no other task has, stage,
    done of total steps (0: unknown), left in seconds (None: unknown), notes, the result, and the
    error for the user.
    """

    def __init__(
        self, title: str, command: Callable[[], Command], grace: float = GRACE_SECONDS
    ) -> None:
        self.title = title
        self.number = next(_numbers)
        self.state = State.WAITING
        self.stage, self.done, self.total = "", 0, 0
        self.left: float | None = None
        self.notes: list[str] = []
        self.noise: list[str] = []
        self.error: OneTakeError | None = None
        self.result: dict | None = None
        self._command, self._grace = command, grace
        self._process: Process | None = None
        self._began = (0.0, 0)  # of the stage: when, and at which step

    @property
    def factor(self) -> float:
        """How much of the stage is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def pid(self) -> int | None:
        """Its process, while there is one."""
        return self._process and self._process.pid

    def start(self) -> None:
        """Its turn has come."""
        assert self.state is State.WAITING
        self.state = State.RUNNING
        try:
            self._process = Process(self._command(), self._grace)
        except OneTakeError as error:
            self._fail(error)

    def poll(self) -> bool:
        """Take in what the process has said; whether anything has changed. Never waits."""
        if self._process is None:
            return False
        status = self._process.status  # first: all that it said before is there then
        messages = self._process.messages()
        for message in messages:
            self._take(message)
        if status is not None:
            self._close()
            self._conclude(status)
        return bool(messages) or status is not None

    def cancel(self) -> None:
        """Stop it, or let it not begin; `poll` tells when it has ended."""
        if self.state is State.WAITING:
            self.state = State.CANCELLED
        elif self.state is State.RUNNING:
            self.state = State.CANCELLING
            if self._process:
                self._process.stop()

    def end(self) -> None:
        """Cancel it and wait until nothing of it runs."""
        self.cancel()
        if self._process:
            self._process.end()
            self._close()
            self._conclude(-1)

    def _take(self, message: dict) -> None:
        if "stage" in message:
            now = time.monotonic()
            if message["stage"] != self.stage:
                self._began = now, message["done"]
            self.stage, self.done, self.total = (
                message["stage"], message["done"], message["total"],
            )  # fmt: skip
            elapsed, steps = now - self._began[0], self.done - self._began[1]
            known = elapsed > 1.0 and steps > 0 and self.total
            self.left = elapsed / steps * (self.total - self.done) if known else None
        elif "note" in message:
            self.notes.append(message["note"])
        elif "error" in message:
            self.error = OneTakeError(message["code"], message["error"])
        elif "result" in message:
            self.result = message["result"]

    def _conclude(self, status: int) -> None:
        self.left = None
        if self.result is not None:
            self.state = State.DONE  # also where Cancel came too late
        elif self.state is State.CANCELLING:
            self.state = State.CANCELLED
        else:
            self._fail(self.error or _broken(status))

    def _fail(self, error: OneTakeError) -> None:
        self.error, self.state = error, State.FAILED

    def _close(self) -> None:
        self._process.close()
        self.noise += self._process.noise
        self._process = None


def _broken(status: int) -> OneTakeError:
    """It ended without a word: killed, or a library crashed under it."""
    how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
    return OneTakeError(
        "backend_died",
        f"The backend {how} before it was done: start again to go on from there; a full memory is "
        "the likeliest cause, the log may tell more.",
    )
