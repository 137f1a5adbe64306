"""What the commands do: `estimate` and `convert`, clip by clip."""

import argparse
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from . import batch
from .batch.clips import base_name
from .batch.record import key_of, stage_quality
from .blender_process import BlenderJob
from .body import body_path
from .conversion import Conversion, Options, convert_video
from .device import choose_device
from .errors import OneTakeError
from .export_preset import ExportPreset, choose, shipped
from .job import trim_cache
from .json_progress import JsonProgress
from .log import explained
from .motion.body import Body
from .motion.foot_lock import lock_feet
from .motion.smoothing import SmoothingSettings, smooth
from .motion.take import Take
from .outputs import Outputs
from .preview import Thumbnail, write_preview
from .quality import quality_of
from .terminal import Terminal
from .video import VideoInfo, write_proxy

PRESETS = Path(__file__).parents[1] / "presets" / "smoothing"
LAST_FRAME = 1_048_574  # of a Blender scene
SAMPLE = Path(__file__).parent / "sample.mp4"


def smoothing_settings(name: str) -> SmoothingSettings | None:
    """A preset by name, a JSON file by path, or None for "none"."""
    if name == "none":
        return None
    path = PRESETS / f"{name}.json"
    if not path.is_file():
        path = Path(name)
    if not path.is_file():
        known = ", ".join(sorted(item.stem for item in PRESETS.glob("*.json")))
        raise OneTakeError("no_preset", f"There is no smoothing preset {name!r}; choose {known}.")
    try:
        return SmoothingSettings.load(path)
    except (ValueError, OSError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OneTakeError("bad_preset", f"{path} is no smoothing preset: {reason}") from error


def _smoothing(arguments: argparse.Namespace) -> SmoothingSettings | None:
    settings = smoothing_settings(arguments.smoothing)
    if settings and arguments.no_foot_lock:
        return replace(settings, foot_lock=False)
    return settings


def smoothed(take: Take, settings: SmoothingSettings | None, body: Body | None = None) -> Take:
    """The take with its motion smoothed and its feet locked, contacts and confidence as they were.

    body: the take's, which tells the thickness of its soles; None where a millimetre is no matter.
    """
    if settings is None:
        return take
    poses, trans = smooth(take.poses, take.trans, take.timestamps, settings)
    if settings.foot_lock:
        sole = body.sole_height(take.betas) if body else None
        poses, trans = lock_feet(poses, trans, take.rest, take.contacts, take.timestamps, sole=sole)
    return take.with_motion(poses, trans)


def person_stem(stem: str, person: int) -> str:
    """File stem of the n-th person (from 1): clip, clip.person2, clip.person3 ..."""
    return stem if person == 1 else f"{stem}.person{person}"


@dataclass(frozen=True)
class _Order:
    """What to do with each of the videos."""

    options: Options
    folder: Path  # for the results
    smoothing: SmoothingSettings | None
    upright: bool = False  # also a copy of the video that every player shows right, if need be
    thumbnail: Path | None = None  # to keep a picture of the work in
    key: Callable[[Path], str] | None = None  # of a video's record, where its quality is wanted
    exports: tuple[ExportPreset, ...] = ()  # what files for other programs to write


def reporter(kind: str) -> Terminal | JsonProgress:
    """Where progress goes: "text" to the terminal, "json" to the program that started us."""
    return JsonProgress() if kind == "json" else Terminal()


def estimate(arguments: argparse.Namespace) -> int:
    """`estimate`: the take files only."""
    smoothing = _smoothing(arguments) if arguments.smooth else None
    return _each(arguments, smoothing, _estimate_one)


def convert(arguments: argparse.Namespace) -> int:
    """`convert`: take, .blend, files for other programs and preview of every video."""
    if batch.is_batch(arguments):
        return batch.run(arguments)
    return _each(arguments, _smoothing(arguments), _convert_one)


def _each(
    arguments: argparse.Namespace,
    smoothing: SmoothingSettings | None,
    run: Callable[[_Order, Path, Terminal | JsonProgress], None],
) -> int:
    """Every video in turn; a failure does not stop the others. Exit status 1 when any failed."""
    videos = [Path(video) for video in arguments.videos] or [SAMPLE]
    order = _Order(
        _options(arguments),
        Path(arguments.output),
        smoothing,
        upright=getattr(arguments, "upright_copy", False),
        thumbnail=getattr(arguments, "thumbnail", None),
        key=partial(key_of, arguments=arguments)
        if getattr(arguments, "quality_sheet", False)
        else None,
        exports=tuple(choose(getattr(arguments, "export", ""))),
    )
    _refuse_collisions(videos, order.folder)
    terminal = reporter(arguments.progress)
    failed = 0
    try:
        for video in videos:
            terminal.say(str(video))
            try:
                run(order, video, terminal)
            except Exception as error:
                failed += 1
                terminal.failed(explained(error), getattr(error, "code", "internal"))
        trim_cache()
    finally:
        terminal.finish()
    if len(videos) > 1:
        terminal.say(f"{len(videos) - failed} of {len(videos)} videos done.")
    return 1 if failed else 0


def _refuse_collisions(videos: list[Path], folder: Path) -> None:
    """OneTakeError where one video's results would overwrite another's, or a video."""
    given = {video.resolve() for video in videos}
    seen: dict[str, Path] = {}
    for video in videos:
        other = seen.setdefault(base_name(video.stem), video)
        if other is not video:
            raise OneTakeError(
                "same_name",
                f"Results of {other} and of {video} would have the same names; convert them one "
                "at a time with different --output folders.",
            )
        for suffix in (".preview.mp4", ".proxy.mp4"):
            result = folder / (video.stem + suffix)
            if result.resolve() in given:
                raise OneTakeError(
                    "same_name",
                    f"Converting {video} would overwrite {result}, which is to be converted too; "
                    "leave it out or choose another folder with --output.",
                )


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        start=arguments.start,
        end=arguments.end,
        estimator=arguments.estimator,
        quality=arguments.quality,
        height=arguments.height,
        focal_px=arguments.focal,
        fov_degrees=arguments.fov,
        people=arguments.people,
        silhouettes=arguments.silhouettes,
        threads=max(1, arguments.threads),
        device=choose_device(arguments.device),
        front_end=Path(arguments.front_end) if arguments.front_end else None,
        weights=Path(arguments.weights) if arguments.weights else None,
    )


@contextmanager
def _converted(
    order: _Order, video: Path, terminal: Terminal | JsonProgress
) -> Iterator[tuple[Conversion, Outputs]]:
    """The video's takes, their files staged; what is staged in the block appears with them."""
    with Outputs(order.folder, video.stem) as outputs:
        watch = Thumbnail(order.thumbnail) if order.thumbnail else None
        result = convert_video(video, order.options, progress=terminal.progress, watch=watch)
        terminal.finish()
        for take in result.takes:
            take.save(outputs.file(f"{person_stem(video.stem, take.person_id)}.take.npz"))
        _replace_stale(
            outputs, video.stem, [take.person_id for take in result.takes], order.exports
        )
        if order.options.silhouettes:
            for track in result.tracks:
                stem = person_stem(video.stem, track.person_id)
                track.save(outputs.file(f"{stem}.track.npz"))
        yield result, outputs
        terminal.finish()
    for take in result.takes:
        seen = float(np.mean(take.confidence.any(axis=1)))
        terminal.say(
            f"  person {take.person_id}: {take.timestamps[0]:.2f}-{take.timestamps[-1]:.2f} s, "
            f"{len(take)} frames, seen in {seen:.0%} of them"
        )
    if result.problem:
        terminal.say(f"  Note: {result.problem}")
    terminal.say(f"  written to {outputs.folder}")


def _replace_stale(
    outputs: Outputs, stem: str, people: list[int], exports: tuple[ExportPreset, ...]
) -> None:
    """Earlier results of people that are not among these would pass for new ones."""
    exported = {preset.suffix for preset in (*shipped().values(), *exports)}
    suffixes = (".take.npz", ".smooth.take.npz", ".track.npz", *sorted(exported))
    current = {f"{person_stem(stem, person)}{suffix}" for person in people for suffix in suffixes}
    endings = "|".join(map(re.escape, suffixes))
    earlier = re.compile(rf"{re.escape(stem)}(\.person\d+)?({endings})")
    for path in sorted(outputs.folder.iterdir()):
        if earlier.fullmatch(path.name) and path.name not in current:
            outputs.remove(path)


def _upright(
    order: _Order, info: VideoInfo, outputs: Outputs, terminal: Terminal | JsonProgress
) -> tuple[Path, Path]:
    """The video as Blender can show it: where it lies now, and will lie.

    Blender ignores rotation flags and uneven times: such a video gets a copy among the outputs.
    """
    if info.plain:
        return info.path, info.path
    name = f"{info.path.stem}.proxy.mp4"
    shown = outputs.file(name)
    progress = partial(terminal.progress, "making an upright copy of the video")
    write_proxy(info, shown, info.fps, end=order.options.end, progress=progress)
    return shown, outputs.folder / name


def _estimate_one(order: _Order, video: Path, terminal: Terminal | JsonProgress) -> None:
    shown = video
    with _converted(order, video, terminal) as (result, outputs):
        if order.upright:
            _, shown = _upright(order, result.info, outputs, terminal)
        if order.smoothing is not None:
            for take in result.takes:
                name = f"{person_stem(video.stem, take.person_id)}.smooth.take.npz"
                smoothed(take, order.smoothing, result.body).save(outputs.file(name))
    people = [person_stem(video.stem, take.person_id) for take in result.takes]
    terminal.done(
        {
            "takes": [str((outputs.folder / f"{name}.take.npz").resolve()) for name in people],
            "body": str(body_path().resolve()),
            "video": str(shown.resolve()),
            "video_fps": result.info.fps,
        }
    )


def _convert_one(order: _Order, video: Path, terminal: Terminal | JsonProgress) -> None:
    with _converted(order, video, terminal) as (result, outputs):
        stem, info = video.stem, result.info
        people = [person_stem(stem, take.person_id) for take in result.takes]
        if max(take.timestamps[-1] for take in result.takes) * info.fps > LAST_FRAME:
            raise OneTakeError(
                "too_long",
                f"{info.path.name} goes on after the last frame that Blender knows ({LAST_FRAME}); "
                "choose a part of it with --end.",
            )
        shown, final = _upright(order, info, outputs, terminal)
        job = {
            "takes": [str(outputs.file(f"{name}.take.npz").resolve()) for name in people],
            "body": str(body_path().resolve()),
            "video": str(shown.resolve()),
            "video_final": str(final.resolve()),
            "video_fps": info.fps,
            "smoothing": order.smoothing.to_dict() if order.smoothing else None,
            "blend": str(outputs.file(f"{stem}.blend").resolve()),
            "exports": [
                {
                    "preset": str(preset.source.resolve()),
                    "paths": [str(outputs.file(name + preset.suffix).resolve()) for name in people],
                }
                for preset in order.exports
            ],
        }
        preview = outputs.file(f"{stem}.preview.mp4")
        with BlenderJob(job, sum(map(len, result.takes))) as blender:

            def drawn(done: int, total: int) -> None:
                blender.check()
                terminal.progress("drawing the preview", done, total)

            shown_takes = [smoothed(take, order.smoothing, result.body) for take in result.takes]
            write_preview(
                shown_takes,
                result.body,
                info,
                preview,
                start=order.options.start,
                end=order.options.end,
                progress=drawn,
            )
            quality = order.key and quality_of(
                result.takes, shown_takes, result.body, info,
                start=order.options.start, end=order.options.end, problem=result.problem,
            )  # fmt: skip
            # It has worked beside the preview, so that this may take no time at all.
            blender.wait(partial(terminal.progress, "waiting for Blender, steps done"))
        if quality:
            stage_quality(outputs, video, quality, order.key(video))
