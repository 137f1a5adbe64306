"""Rendering what is missing, and keeping it under OneTake's home by what it depends on."""

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from ...blender_process import BlenderJob
from ...body import body_path, load_body
from ...bootstrap.environments import lock
from ...bootstrap.processes import ROOT
from ...disk import writing_to_home
from ...errors import OneTakeError
from ...home import home
from ...motion.body import Body
from .clips import CLIPS
from .specification import Clip
from .truth import Motion, truth

MOTION = ROOT.parent / "shared" / "motion"
_SCRIPT = ROOT / "tests" / "rendered" / "render.py"
_PATIENCE_FRAMES = 6000  # Blender's silence of eight minutes: a slow machine's one frame
_POLL_SECONDS = 0.2

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class RenderedClip:
    """A clip that is there."""

    name: str
    video: Path
    truth: Path  # a take file
    kind: str  # of motion


def clips_named(names: Sequence[str] | None) -> list[Clip]:
    """The clips of these names, or all; OneTakeError for a name that none has."""
    known = {clip.name: clip for clip in CLIPS}
    for name in names or ():
        if name not in known:
            raise OneTakeError(
                "no_clip", f"There is no rendered clip {name}; there are {', '.join(known)}."
            )
    return [known[name] for name in names] if names else list(CLIPS)


def rendered_clips(
    progress: Progress = lambda stage, done, total: None,
    *,
    names: Sequence[str] | None = None,
    motion: Path = MOTION,
    workers: int = 1,
) -> list[RenderedClip]:
    """Every clip, or those named, after rendering what is missing.

    motion: folder of cmu.npz and hdm05.npz. workers: Blenders at once, of one thread each.
    progress: stage, frames done, in total. What is killed goes on where it was. OneTakeError
    where the motion or Blender is missing, or Blender fails.
    """
    chosen = clips_named(names)
    missing = [clip for clip in chosen if not _complete(clip)]
    if missing:
        with writing_to_home(), _alone(progress):
            missing = [clip for clip in missing if not _complete(clip)]  # another run may have
            _render(missing, Motion(motion), load_body(), progress, workers)
    return [RenderedClip(c.name, _video(c), _truth(c), c.kind) for c in chosen]


def stills(clip: Clip, frames: list[int], motion: Path = MOTION) -> list[Path]:
    """Some frames (from 0) of a clip as PNG files beside it. Raises as `rendered_clips` does."""
    with writing_to_home():
        folder = _folder(clip) / "stills"
        folder.mkdir(parents=True, exist_ok=True)
        take = folder / "truth.take.npz"
        truth(clip, Motion(motion), load_body()).save(take)
        with _blender(clip, take, frames, folder) as blender:
            blender.wait()
    return [folder / _png(frame) for frame in frames]


def _alone(progress: Progress) -> AbstractContextManager[None]:
    """Waits until no other process renders: two would draw the same frames."""
    return lock(home() / "benchmark" / "lock", lambda _: progress("waiting for another run", 0, 0))


def _folder(clip: Clip) -> Path:
    return home() / "benchmark" / clip.digest


def _video(clip: Clip) -> Path:
    return _folder(clip) / f"{clip.name}.mp4"


def _truth(clip: Clip) -> Path:
    return _folder(clip) / f"{clip.name}.truth.take.npz"


def _complete(clip: Clip) -> bool:
    return _video(clip).exists() and _truth(clip).exists()


def _png(frame: int) -> str:
    return f"{frame:05d}.png"


def _frames_folder(clip: Clip) -> Path:
    return _folder(clip) / "frames"


def _undrawn(clip: Clip) -> list[int]:
    folder = _frames_folder(clip)
    return [frame for frame in range(clip.frames) if not (folder / _png(frame)).exists()]


def _blender(clip: Clip, take: Path, frames: list[int], folder: Path) -> BlenderJob:
    job = {
        "take": str(take.resolve()),
        "body": str(body_path().resolve()),
        "clip": asdict(clip),
        "frames": frames,
        "folder": str(folder.resolve()),
    }
    return BlenderJob(job, _PATIENCE_FRAMES, _SCRIPT)


def _render(
    missing: list[Clip], motion: Motion, body: Body, progress: Progress, workers: int
) -> None:
    """Draw the frames that are not there yet, `workers` clips at a time, and make the videos."""
    takes = {clip.name: truth(clip, motion, body) for clip in missing}  # fails before the work
    left = {clip.name: len(_undrawn(clip)) for clip in missing}
    total = sum(left.values())
    waiting, active = list(missing), {}
    with ExitStack() as blenders:  # none outlives an error in another, or a Ctrl-C
        while waiting or active:
            while waiting and len(active) < max(workers, 1):
                clip = waiting.pop(0)
                _frames_folder(clip).mkdir(parents=True, exist_ok=True)
                takes[clip.name].save(_truth(clip))
                job = _blender(clip, _truth(clip), _undrawn(clip), _frames_folder(clip))
                active[clip.name] = clip, blenders.enter_context(job)
            for name, (clip, blender) in list(active.items()):
                running = blender.running
                blender.check()
                done, frames = blender.steps
                left[name] = frames - done if frames else left[name]
                if not running:
                    _encode(clip)
                    del active[name]
            progress("rendering the benchmark", total - sum(left.values()), total)
            time.sleep(_POLL_SECONDS)


def _encode(clip: Clip) -> None:
    """The frames as a video, under its name when it is complete; they go."""
    # Not at the top: Blender's Python, where tests read the specification, has neither.
    import cv2

    from ...video import VideoWriter

    folder = _frames_folder(clip)
    with VideoWriter(_video(clip), clip.fps, quality=clip.quality) as writer:
        for frame in range(clip.frames):
            picture = cv2.imread(str(folder / _png(frame)))
            writer.write(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    shutil.rmtree(folder)
