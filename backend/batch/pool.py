"""The clips' processes: as many at a time as there is room for, and what became of each."""

import logging
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from .clips import Clip
from .memory import families
from .outcome import DONE, FAILED, Outcome
from .share import WORKER_MEMORY, Share
from .worker import Worker

_LOOK, _WEIGH = 0.1, 0.5  # seconds between looks at the processes, and at their memory
_GRACE = 1.2  # seconds that stopped conversions may tidy up for: the front door gives 1.5


class Pool:
    """Runs clips to their end, in their order, whatever happens to any of them.

    start: begins the process of a clip. finished: the record of a clip's results where they are
    there, else None. Its fields are for reading: pending and running clips.
    """

    def __init__(
        self,
        clips: Sequence[Clip],
        share: Share,
        start: Callable[[Clip], Worker],
        finished: Callable[[Clip], dict | None],
    ) -> None:
        self.pending = deque(clips)
        self.running: list[Worker] = []
        self.jobs = share.jobs
        self._memory, self._start, self._finished = share.memory, start, finished
        self._peaks: dict[int, int] = {}  # of running processes
        self._expected = WORKER_MEMORY  # of one more: what the heaviest so far has had
        self._weighed = 0.0
        self._parent = os.getppid()

    def run(self, tell: Callable[[Outcome], None], tick: Callable[["Pool"], None]) -> None:
        """Until all is done. tell: of each clip as it ends; tick: ten times a second.

        Ends every process when it is interrupted.
        """
        try:
            while self.pending or self.running:
                self._stop_if_orphaned()
                for worker in [each for each in self.running if each.status is not None]:
                    tell(self._ended(worker))
                self._weigh(tell)
                if self.pending and len(self.running) < self.jobs and self._has_room():
                    self.running.append(self._start(self.pending.popleft()))
                tick(self)
                time.sleep(_LOOK)
        finally:
            self._stop(self.running)

    def _stop_if_orphaned(self) -> None:
        # Killed without a word, the front door could not tell us: nobody would know of us.
        if os.name == "posix" and os.getppid() != self._parent:
            raise KeyboardInterrupt(signal.SIGHUP)

    def _ended(self, worker: Worker) -> Outcome:
        status = worker.status
        worker.close()
        self.running.remove(worker)
        peak = self._peaks.pop(worker.pid, 0)
        record = self._finished(worker.clip) if status == 0 else None
        if record:
            return Outcome(worker.clip, DONE, record, seconds=worker.seconds, peak=peak)
        sentence, code = worker.error or _broken(status)
        if not worker.error:
            words = "\n".join(worker.noise)
            logging.error("%s ended with %s:\n%s", worker.clip.video, status, words)
        return Outcome(worker.clip, FAILED, None, sentence, code, worker.seconds, peak)

    def _weigh(self, tell: Callable[[Outcome], None]) -> None:
        """Look at the memory, and make room where it is more than we may have."""
        now = time.monotonic()
        if now - self._weighed < _WEIGH:
            return
        self._weighed = now
        sizes = families(worker.pid for worker in self.running)
        for pid, size in sizes.items():
            self._peaks[pid] = max(size, self._peaks.get(pid, 0))
        self._expected = max(self._expected, *self._peaks.values(), 0)
        if self._memory is None or sum(sizes.values()) <= self._memory:
            return
        worker = self.running[-1]  # it has the least to lose
        self._stop([worker])
        if self.running:
            # With one less at a time; what it has finished lies in its job folder.
            self.jobs = len(self.running)
            self.pending.appendleft(worker.clip)
            self._peaks.pop(worker.pid, None)
            return
        sentence = (
            f"It needs more than the {self._memory / 1e9:.1f} GB that --max-memory allows; allow "
            "more, or convert a part of it with --start and --end."
        )
        peak = self._peaks.pop(worker.pid, 0)
        tell(Outcome(worker.clip, FAILED, None, sentence, "memory", worker.seconds, peak))

    def _has_room(self) -> bool:
        """Whether one more fits, with what those that run will still take; one always does."""
        taken = max(self._expected, WORKER_MEMORY) * len(self.running)
        return not self.running or self._memory is None or taken + self._expected <= self._memory

    def _stop(self, workers: Sequence[Worker]) -> None:
        workers = list(workers)
        for worker in workers:
            worker.ask_to_stop()
        end = time.monotonic() + _GRACE
        for worker in workers:
            worker.end(max(0.0, end - time.monotonic()))
            self.running.remove(worker)


def _broken(status: int | None) -> tuple[str, str]:
    """Sentence and code of a process that ended without a word."""
    how = f"status {status}"
    if status is not None and status < 0:
        with suppress(ValueError):
            how = signal.Signals(-status).name
    return (
        f"Its conversion ended with {how} before it was done; a full memory is the likeliest "
        "cause, the log may tell more. Run again to try it again.",
        "died",
    )
