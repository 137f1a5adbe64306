"""Video in, takes out: the stages of the backend in order."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from . import __version__, estimators
from .body import body_path, load_body
from .errors import OneTakeError
from .estimators import CameraMotion
from .home import home
from .job import Job, fingerprint
from .motion.body import Body
from .motion.take import Take
from .people import PEOPLE_VERSION, FrontEnd, PersonTrack, Watch, find_people
from .people_choice import PeopleChoice, require_people
from .video import VideoInfo, frames, probe
from .world import Camera, place
from .world.scale import scaled_to_height

Progress = Callable[[str, int, int], None]  # stage, done, total


@dataclass(frozen=True)
class Options:
    """What the user chose; OneTakeError where it makes no sense."""

    start: float | None = None  # seconds of the video
    end: float | None = None
    estimator: str = estimators.DEFAULT
    quality: str = "balanced"  # of estimators.QUALITIES
    height: float | None = None  # metres that the first person is tall
    focal_px: float | None = None
    fov_degrees: float | None = None  # horizontal
    people: PeopleChoice = "all"
    silhouettes: bool = False
    threads: int = 2
    device: str = "cpu"  # cpu, cuda or mps
    front_end: Path | None = None  # a ResNet-50's weights
    weights: Path | None = None  # of the estimator, for those that ship

    def __post_init__(self) -> None:
        if self.height is not None and not 0.3 <= self.height <= 3:
            raise OneTakeError(
                "bad_height",
                f"--height {self.height:g} is nobody's: give the person's height in metres, like "
                "1.75.",
            )
        start, end = self.start or 0.0, math.inf if self.end is None else self.end
        if not 0 <= start < end:  # nor is it where one of them is not a number
            raise OneTakeError(
                "bad_range",
                f"--start {start:g} and --end {end:g} hold no part of a video: they are seconds, "
                "the start 0 or more and the end after it.",
            )
        for named in (self.front_end, self.weights):
            if named and not named.is_file():
                raise OneTakeError("no_file", f"There is no file {named}.")
        if self.front_end and not (self.weights and estimators.wants_features(self.estimator)):
            raise OneTakeError(
                "lone_front_end",
                "--front-end goes with an estimator that looks at pictures and its --weights "
                "trained with that front end: those that ship know BlazePose's alone.",
            )


@dataclass(frozen=True)
class Conversion:
    """What was found of the chosen people in one video, the most prominent first."""

    info: VideoInfo
    body: Body
    tracks: list[PersonTrack]
    takes: list[Take]
    problem: str | None  # a sentence about what is missing from the video, or None


def convert_video(
    video: Path,
    options: Options,
    *,
    progress: Progress = lambda stage, done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
    watch: Watch | None = None,
) -> Conversion:
    """Run every stage that is not in the job folder yet. watch: see `find_people`.

    Raises OneTakeError with a sentence for the user; code "cancelled" when
    should_stop said so.
    """
    info = probe(video)
    camera = Camera.of(info, options.focal_px, options.fov_degrees)
    body = load_body()
    job = Job(video)
    tracks, problem = _people(job, info, options, progress, should_stop, watch)
    wanted = require_people(options.people, [track.person_id for track in tracks], info.path.name)
    tracks = [track for track in tracks if track.person_id in wanted]
    motions = [
        _motion(job, track, camera, body, options, progress, should_stop) for track in tracks
    ]
    takes = takes_of(info, camera, body, tracks, motions, options)
    return Conversion(info, body, tracks, takes, problem)


def people_in(
    video: Path,
    options: Options,
    *,
    progress: Progress = lambda stage, done, total: None,
    watch: Watch | None = None,
) -> tuple[VideoInfo, list[PersonTrack], str | None]:
    """The video, everybody in it, and a sentence about what is missing from it or None.

    The first stage of `convert_video`, which goes on from it when start, end, quality, silhouettes
    and what the estimator wants are the same. Raises as it does.
    """
    info = probe(video)
    return info, *_people(Job(video), info, options, progress, lambda: False, watch)


def _people(
    job: Job,
    info: VideoInfo,
    options: Options,
    progress: Progress,
    should_stop: Callable[[], bool],
    watch: Watch | None,
) -> tuple[list[PersonTrack], str | None]:
    settings = {  # not the device: landmarks differ by thousandths of a pixel
        "version": PEOPLE_VERSION,
        "start": options.start,
        "end": options.end,
        "masks": options.silhouettes,
        "thorough": options.quality == "best",
        "features": fingerprint(options.front_end) if options.front_end else True,
    }
    wanted = estimators.wants_features(options.estimator)
    # Tracks that have features serve those who want none, too.
    if not wanted and not job.has("people", settings):
        settings["features"] = False

    def find(folder: Path) -> None:
        with frames(info, options.start, options.end) as reader:
            tracks = find_people(
                reader,
                info,
                home() / "models",
                keep_masks=options.silhouettes,
                features=bool(settings["features"]),
                front_end=_front_end(options),
                threads=options.threads,
                thorough=options.quality == "best",
                device=options.device,
                progress=lambda done, total: progress("finding people", done, total),
                should_stop=should_stop,
                watch=watch,
            )
            problem = reader.problem
        for track in tracks:
            track.save(folder / f"person{track.person_id}.npz")
        summary = {"people": len(tracks), "problem": problem}
        (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")

    def load(folder: Path) -> tuple[list[PersonTrack], str | None]:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        people = range(1, summary["people"] + 1)
        tracks = [PersonTrack.load(folder / f"person{number}.npz") for number in people]
        if not wanted:
            tracks = [replace(track, image_features=None) for track in tracks]
        return tracks, summary["problem"]

    return job.stage("people", settings, find, load)


def _front_end(options: Options) -> FrontEnd | None:
    if options.front_end is None:
        return None
    from .people.resnet import ResNetFrontEnd  # torch takes a second to load

    return ResNetFrontEnd(options.front_end, options.device)


def _motion(
    job: Job,
    track: PersonTrack,
    camera: Camera,
    body: Body,
    options: Options,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> CameraMotion:
    settings = {
        "estimator": options.estimator,
        "quality": options.quality,
        "version": estimators.VERSION,
        "weights": weights(options.front_end, options.weights),
        "body": fingerprint(body_path()),
        "people": PEOPLE_VERSION,
        "focal": camera.focal,
        "person": track.person_id,
        "start": options.start,
        "end": options.end,
    }

    def estimate(folder: Path) -> None:
        stage = f"fitting person {track.person_id}"
        progress(stage, 0, len(track.seen))
        estimator = estimators.create(
            options.estimator, options.quality, options.device, options.weights
        )
        motion = estimator.estimate(
            track,
            camera.K,
            body,
            progress=lambda done, total: progress(stage, done, total),
            should_stop=should_stop,
        )
        known = {key: value for key, value in vars(motion).items() if value is not None}
        np.savez(folder / "motion.npz", **known)

    def load(folder: Path) -> CameraMotion:
        with np.load(folder / "motion.npz", allow_pickle=False) as data:
            return CameraMotion(**data)

    return job.stage("motion", settings, estimate, load)


def weights(*named: Path | None) -> str:
    """A hash of everything that was learnt: other weights, other motion. named: beside ours."""
    files = sorted((Path(__file__).parent / "weights").glob("*.safetensors"))
    return " ".join(fingerprint(path) for path in (*files, *filter(None, named)))


def takes_of(
    info: VideoInfo,
    camera: Camera,
    body: Body,
    tracks: list[PersonTrack],
    motions: list[CameraMotion],
    options: Options,
) -> list[Take]:
    """The people of one video, each with what an estimator made of it, in one world."""
    if motions and options.height is not None:
        motions = scaled_to_height(motions, body, options.height)
    placed = place(motions, [track.timestamps for track in tracks], body)
    return [
        Take(
            poses=where.poses,
            trans=where.trans,
            rest=where.rest,
            betas=motion.betas.astype(np.float32),
            body=body.name,
            joints=where.joints,
            timestamps=track.timestamps.astype(float),
            confidence=motion.confidence.astype(np.float32),
            contacts=where.contacts,
            landmarks=track.landmarks.astype(np.float32),
            box=track.box.astype(np.float32),
            camera_R=where.camera_R,
            camera_t=where.camera_t,
            camera_K=camera.K.astype(np.float32),
            focal_source=camera.source,
            image_size=np.array([info.width, info.height], np.int32),
            fps=info.fps,
            person_id=track.person_id,
            estimator=options.estimator,
            version=__version__,
            video_name=info.path.name.encode(errors="replace").decode(),  # may be no text at all
        )
        for track, motion, where in zip(tracks, motions, placed, strict=True)
    ]
