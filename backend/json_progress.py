"""Progress as JSON lines, for the add-on; stands in for `terminal.Terminal`."""

import time

from .bootstrap.messages import Messages

_PAUSE = 0.1  # seconds between two messages of one stage


class JsonProgress:
    """Sends {"stage", "done", "total"}, {"note"}, {"error", "code"} and {"result"}.

    total is 0 where nobody knows, and may be an estimate. Standard input is the leash, see
    `Messages`.
    """

    def __init__(self) -> None:
        self._messages = Messages()
        self._stage: str | None = None
        self._last = 0.0

    def progress(self, stage: str, done: int, total: int) -> None:
        """A step of `stage`; its first, its last and ten a second between them are sent."""
        now = time.monotonic()
        if stage == self._stage and now - self._last < _PAUSE and done != total:
            return
        self._stage, self._last = stage, now
        self._messages.send({"stage": stage, "done": done, "total": max(done, total)})

    def finish(self) -> None:
        """Nothing is open here."""

    def say(self, text: str) -> None:
        """Something for the user to read."""
        self._messages.send({"note": text.strip()})

    def failed(self, sentence: str, code: str) -> None:
        """Why there will be no result."""
        self._messages.send({"error": sentence, "code": code})

    def done(self, result: dict) -> None:
        """What was made."""
        self._messages.send({"result": result})
