"""Takes of every estimator for one clip, through the product's own conversion."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...conversion import Options, Progress, convert_video
from ...errors import OneTakeError
from ...motion.take import Take
from ...people import PersonTrack
from ...video import VideoInfo


@dataclass(frozen=True)
class Estimates:
    """Everybody found in a clip, person 1 first."""

    info: VideoInfo
    tracks: list[PersonTrack]  # with silhouettes
    takes: dict[str, list[Take]]  # unsmoothed, by estimator, in the tracks' order
    problem: str | None = None  # a sentence about estimators that failed

    def of(self, person: int) -> dict[str, Take]:
        """One person's takes (from 0), by estimator."""
        return {name: takes[person] for name, takes in self.takes.items()}


def estimate(video: Path, estimators: Sequence[str], quality: str, progress: Progress) -> Estimates:
    """As a user who gives the video and the quality gets them: the focal length is not told.

    Stages that the video's job has finished are not done again. Where some estimators fail, the
    others' takes; OneTakeError as convert_video where all do.
    """
    takes, problems = {}, []
    for name in estimators:
        options = Options(estimator=name, quality=quality, silhouettes=True)
        try:
            done = convert_video(video, options, progress=progress)
        except OneTakeError as error:
            problems.append(error)
        else:
            takes[name] = done.takes
    if not takes:
        raise problems[0]
    return Estimates(
        done.info, done.tracks, takes, " ".join(error.message for error in problems) or None
    )
