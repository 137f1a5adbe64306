"""report.json and report.html in the output folder: how every clip of a batch fared."""

import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from .. import __version__
from .clips import Clip
from .outcome import FAILED, Outcome
from .page import page
from .share import Share

_PAUSE = 5.0  # seconds at least between two reports of a batch that goes on
ORDER = (FAILED, "redo", "check", "good")  # the worst first: they want somebody's time


class Report:
    """Collects outcomes; `page` is the path of the page."""

    def __init__(
        self, folder: Path, clips: Sequence[Clip], options: Sequence[str], share: Share
    ) -> None:
        self.page = folder / "report.html"
        self._data = folder / "report.json"
        self._clips, self._options, self._share = clips, list(options), share
        self._outcomes: list[Outcome] = []
        self._started, self._began = time.time(), time.monotonic()
        self._written = 0.0

    def add(self, outcome: Outcome) -> None:
        """A clip has ended."""
        self._outcomes.append(outcome)

    def write_now_and_then(self) -> None:
        """`write`, unless it has been written lately."""
        if time.monotonic() - self._written > _PAUSE:
            self.write()

    def write(self) -> None:
        """Both files, each whole; a full disk costs the report, not the batch."""
        self._written = time.monotonic()
        told = self.to_dict()
        with suppress(OSError):
            _replace(self.page, page(told))
        for clip in told["clips"]:
            clip.pop("strip", None)
        with suppress(OSError):
            _replace(self._data, json.dumps(told, indent=1, ensure_ascii=False) + "\n")

    def to_dict(self) -> dict:
        """Everything that the page shows; files relative to its folder."""
        ended = sorted(
            self._outcomes, key=lambda each: (ORDER.index(each.grade), each.clip.name.casefold())
        )
        known = {outcome.clip for outcome in ended}
        waiting = [clip for clip in self._clips if clip not in known]
        counts = {grade: sum(each.grade == grade for each in ended) for grade in ORDER}
        return {
            "version": __version__,
            "started": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self._started)),
            "seconds": round(time.monotonic() - self._began, 1),
            "options": self._options,
            "jobs": self._share.jobs,
            "device": self._share.device,
            "counts": counts | {"waiting": len(waiting)},
            "clips": [self._clip(outcome) for outcome in ended]
            + [{"name": clip.name, "state": "waiting"} for clip in waiting],
        }

    def _clip(self, outcome: Outcome) -> dict:
        told = {
            "name": outcome.clip.name,
            "video": str(outcome.clip.video),
            "state": outcome.state,
            "seconds_taken": round(outcome.seconds, 1),
            "peak_bytes": outcome.peak,
        }
        if outcome.record is None:
            return told | {"verdict": FAILED, "error": outcome.error, "code": outcome.code}
        record = {key: value for key, value in outcome.record.items() if key != "key"}
        record["files"] = [
            Path(os.path.relpath(outcome.clip.folder / name, self.page.parent)).as_posix()
            for name in record["files"]
        ]
        return told | record


def _replace(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # A file's name need not be text.
        partial.write_text(text, encoding="utf-8", errors="replace")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
