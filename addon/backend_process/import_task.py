"""A video on its way to becoming a take, kept in a folder so that it survives Blender. No bpy.

`<home>/takes/<time>-<clip>/` holds job.json (what was asked for, and the result once there is one),
the results, the thumbnail while the backend works, and a lock held by the Blender it belongs to.
"""

import json
import math
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ...backend.bootstrap.environments import try_lock
from ...backend.errors import OneTakeError
from ...backend.people_choice import people_choice
from .environment import Command, Environment
from .task import State, Task

PEOPLE = ("all", "largest", "choose")  # or numbers like "1,3"
ESTIMATORS = (
    "onetake", "ik",
    "sru_attention", "joint_gru", "hybrid", "multimodal_depth", "temporal_lifter",
)  # fmt: skip
QUALITIES = ("fast", "balanced", "best")
MATCH_RATES = ("unless_animated", "scene", "video")
SHAPES = ("keep", "video")


@dataclass(frozen=True)
class ImportOptions:
    """What is asked of the backend and of the scene; OneTakeError where it makes no sense.

    start, end: seconds of the video, None for its own. people: of PEOPLE, or numbers like "1,3".
    fov: horizontal, degrees; None where the video is to tell. match_rate, shape, and first_frame,
    its start: as `scene.build.import_take` takes them. target: name of the armature to key. smpl:
    npz of the official body that the characters shall have.
    """

    video: str
    start: float | None = None
    end: float | None = None
    people: str = "all"
    estimator: str = ESTIMATORS[0]
    quality: str = "balanced"
    fov: float | None = None
    match_rate: str = "unless_animated"
    first_frame: float | None = None
    target: str | None = None
    shape: str = "keep"
    smpl: str | None = None

    def __post_init__(self) -> None:
        for name, known in (
            ("estimator", ESTIMATORS), ("quality", QUALITIES), ("match_rate", MATCH_RATES),
            ("shape", SHAPES),
        ):  # fmt: skip
            if getattr(self, name) not in known:
                raise OneTakeError(
                    "bad_option", f"{name} is one of {', '.join(known)}, not {getattr(self, name)}."
                )
        if self.people not in PEOPLE:
            people_choice(self.people)
        if not 0 <= (self.start or 0.0) < (math.inf if self.end is None else self.end):
            raise OneTakeError(
                "bad_range", "The range's last frame comes before its first: raise it."
            )
        if not Path(self.video).is_file():
            raise OneTakeError("no_video", f"There is no video at {self.video}: choose another.")

    def arguments(self, folder: Path) -> list[str]:
        """For the backend, with results in `folder`."""
        given = ["estimate", self.video, "--upright-copy", "--people", self.people]
        values = [("start", self.start), ("end", self.end), ("fov", self.fov)]
        if self.people == "choose":
            given, values = ["people", self.video], values[:2]
        given += ["--estimator", self.estimator, "--quality", self.quality]
        given += ["--output", str(folder)]
        given += ["--thumbnail", str(folder / "thumbnail.npy")]
        for name, value in values:
            if value is not None:
                given += [f"--{name}", repr(value)]
        return given


@dataclass(frozen=True)
class FoundPerson:
    """Somebody in a video. number: for `people`. picture: a PNG. start, end: seconds."""

    number: int
    picture: Path
    start: float
    end: float


def found_people(result: dict) -> list[FoundPerson]:
    """What the backend's `people` tells, the most prominent person first."""
    return [
        FoundPerson(each["person"], Path(each["picture"]), each["start"], each["end"])
        for each in result["people"]
    ]


class ImportTask(Task):
    """scene: session_uid of the scene the character goes to, None for whichever is open."""

    def __init__(
        self, environment: Environment, options: ImportOptions, folder: Path, scene: int | None
    ) -> None:
        super().__init__(Path(options.video).name, self._command)
        self.options, self.folder, self.scene = options, folder, scene
        self.imported = False
        self.armatures: list[str] = []  # names, once it is imported
        self.ticked = {1}  # whom the panel offers to import, while it asks
        self._environment = environment
        self._lock: BinaryIO | None = None

    @classmethod
    def new(
        cls, environment: Environment, options: ImportOptions, scene: int | None
    ) -> "ImportTask":
        """A task in a folder of its own. OneTakeError where that cannot be made."""
        stamp = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.monotonic_ns() % 10**6:06d}"
        folder = environment.home / "takes" / f"{stamp}-{Path(options.video).stem}"
        task = cls(environment, options, folder, scene)
        try:
            folder.mkdir(parents=True)
            task._hold()
            task._write()
        except OSError as error:
            raise OneTakeError(
                "cannot_write",
                f"{folder} cannot be written: {error.strerror}; choose another data folder in the "
                "add-on's preferences.",
            ) from error
        return task

    @classmethod
    def left_behind(cls, environment: Environment) -> list["ImportTask"]:
        """Those that no Blender works on, done or not, each held from now on."""
        found = []
        for path in sorted(environment.home.glob("takes/*/job.json")):
            try:
                told = json.loads(path.read_text(encoding="utf-8"))
                task = cls(environment, ImportOptions(**told["options"]), path.parent, None)
                if not task._hold():
                    continue
            except (OSError, ValueError, KeyError, TypeError, OneTakeError):
                continue  # damaged, or its video is gone: it may come back
            task.result = told.get("result")
            task.state = State.DONE if task.result else State.WAITING
            found.append(task)
        return found

    @property
    def asks(self) -> bool:
        """Whether it waits for somebody to say which of the `people` it found are wanted."""
        return self.state is State.DONE and "people" in (self.result or ())

    @property
    def people(self) -> list[FoundPerson]:
        """Those to choose from, while it asks."""
        return found_people(self.result) if self.asks else []

    def choose(self, numbers: set[int]) -> None:
        """Go on with these people. OneTakeError where they are nobody."""
        assert self.asks, "it does not ask"
        if not numbers:
            raise OneTakeError("nobody", "Choose somebody to import.")
        text = ",".join(map(str, sorted(numbers)))
        self.options = replace(self.options, people=text)
        self.state, self.result = State.WAITING, None
        self.stage, self.done, self.total, self.notes = "", 0, 0, []
        with suppress(OSError):  # then an interrupted import asks again
            self._write()

    @property
    def problem(self) -> str | None:
        """What the user should know about a finished import: a video that is damaged, say."""
        return next((note for note in self.notes if note.startswith("Note:")), None)

    @property
    def thumbnail(self) -> Path:
        """A picture of the work, see backend/preview/thumbnail.py; may not be there."""
        return self.folder / "thumbnail.npy"

    def release(self) -> None:
        """Leave it for later, or for another Blender."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def discard(self) -> None:
        """Delete its folder."""
        self.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def tidy(self) -> None:
        """The character is in the scene: only what the scene refers to stays."""
        self.imported = True
        self.release()
        shown = Path(self.result["video"])
        for path in self.folder.iterdir():
            if not (shown.exists() and path.samefile(shown)):
                path.unlink(missing_ok=True)
        with suppress(OSError):  # the copy of the video is there
            self.folder.rmdir()

    def _command(self) -> Command:
        missing = self._environment.missing
        if missing:
            raise OneTakeError(
                "not_set_up", f"OneTake is not set up yet ({', '.join(missing)}): press Set Up."
            )
        return self._environment.backend_command(*self.options.arguments(self.folder))

    def _conclude(self, status: int) -> None:
        super()._conclude(status)
        if self.state is State.DONE:
            with suppress(OSError):  # then it is only not offered again
                self._write()
        if len(self.people) == 1:  # no question
            self.choose({self.people[0].number})

    def _hold(self) -> bool:
        self._lock = (self.folder / "lock").open("a+b")
        if try_lock(self._lock.fileno()):
            return True
        self.release()
        return False

    def _write(self) -> None:
        told = {"options": asdict(self.options), "result": self.result}
        partial = self.folder / ".job.json"
        partial.write_text(json.dumps(told), encoding="utf-8")
        partial.replace(self.folder / "job.json")
