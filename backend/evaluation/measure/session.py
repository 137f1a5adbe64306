"""What the parts of a measurement share: the clips, and their conversions."""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ...bootstrap.processes import ROOT, environment, run
from ...commands import person_stem
from ...errors import OneTakeError
from ..report import Row

_TIMED = Path(__file__).with_name("timed.py")


@dataclass(frozen=True)
class Finished:
    """A command that has ended. Peak and processor time are None where the system hides them."""

    status: int
    seconds: float
    processor: float | None  # seconds, of all processors
    peak: int | None  # bytes, of its heaviest process
    lines: list[str]  # what it printed


def timed(command: list[str | Path]) -> Finished:
    """Run a command quietly to its end; it dies with this process."""
    with tempfile.TemporaryDirectory(prefix="onetake-") as temporary:
        report, log = Path(temporary) / "report.json", Path(temporary) / "log"
        with log.open("wb") as output:
            run(
                [sys.executable, _TIMED, report, *command],
                environment({"PYTHONPATH": str(ROOT)}),
                stdout=output,
            )
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        return Finished(**json.loads(report.read_text(encoding="utf-8")), lines=lines)


def backend(*arguments: str | Path) -> list[str | Path]:
    """The command line of a backend command."""
    return [sys.executable, "-m", "backend", *arguments]


@dataclass(frozen=True)
class Clip:
    """A converted video's files, person by person."""

    video: Path
    folder: Path

    @property
    def name(self) -> str:
        """The video's, without its ending."""
        return self.video.stem

    @property
    def blend(self) -> Path:
        """The scene with everyone in it."""
        return self.folder / f"{self.name}.blend"

    @property
    def takes(self) -> list[Path]:
        """Take files, the first person's first."""
        return self._of_people(".take.npz")

    @property
    def tracks(self) -> list[Path]:
        """Landmarks and silhouettes, in the order of the takes."""
        return self._of_people(".track.npz")

    @property
    def fbx(self) -> list[Path]:
        """Characters, in the order of the takes."""
        return self._of_people(".fbx")

    def _of_people(self, suffix: str) -> list[Path]:
        found: list[Path] = []
        while (path := self._path(len(found) + 1, suffix)).exists():
            found.append(path)
        return found

    def _path(self, person: int, suffix: str) -> Path:
        return self.folder / (person_stem(self.name, person) + suffix)


@dataclass
class Session:
    """One run of the command; converts no video twice."""

    folder: Path  # of the clips
    output: Path
    _done: dict[Path, Finished] = field(default_factory=dict)

    def videos(self) -> list[Path]:
        """The clips, by name. OneTakeError where there are none."""
        found = sorted(self.folder.glob("*.mp4"))
        if not found:
            raise OneTakeError(
                "no_clips",
                f"There are no .mp4 clips in {self.folder}; name their folder with --clips.",
            )
        return found

    def convert(self, video: Path) -> Finished:
        """Convert a video with silhouettes; stages that its job has finished are not done again."""
        if video not in self._done:
            say(f"converting {video.name}")
            self._done[video] = timed(
                backend("convert", video, "--output", self.output, "--silhouettes")
            )
        return self._done[video]

    def converted(self, video: Path) -> Clip:
        """The results in the output folder, made where they are missing.

        OneTakeError with the conversion's last words where it fails.
        """
        clip = Clip(video, self.output)
        if not (clip.blend.exists() and clip.tracks):
            self.convert(video)
        if video in self._done and self._done[video].status:
            words = " ".join(line.strip() for line in self._done[video].lines[-2:])
            raise OneTakeError("not_converted", f"not converted: {words}")
        return clip

    def rows(self, of: Callable[[Clip], list[Row]]) -> list[Row]:
        """`of` each clip; in place of one that fails, its sentence."""
        rows = []
        for video in self.videos():
            try:
                rows += of(self.converted(video))
            except OneTakeError as error:
                rows.append(Row(video.stem, problem=error.message))
        return rows


def say(text: str) -> None:
    """Tell the user what goes on; standard output is the report's."""
    print(text, file=sys.stderr, flush=True)


def load() -> float | None:
    """Processes that want a processor, over the last minute; None on Windows."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None
