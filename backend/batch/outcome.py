"""How a clip fared in a batch."""

from dataclasses import dataclass

from .clips import Clip

DONE, KEPT, FAILED = "done", "unchanged", "failed"


@dataclass(frozen=True)
class Outcome:
    """state: DONE, KEPT (by an earlier run, and nothing has changed since) or FAILED.

    record: of its results. error, code: why there are none. seconds: that it took; peak: bytes
    that it and its Blender had at most, 0 where unknown.
    """

    clip: Clip
    state: str
    record: dict | None = None
    error: str = ""
    code: str = ""
    seconds: float = 0.0
    peak: int = 0

    @property
    def grade(self) -> str:
        """The results' verdict (good, check, redo), or FAILED."""
        return self.record["verdict"] if self.record else FAILED
