"""What the commands do: `estimate` and `convert`, clip by clip."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from .blender_process import BlenderJob
from .body import body_path
from .conversion import Conversion, Options, convert_video
from .errors import OneTakeError
from .job import trim_cache
from .motion.smoothing import SmoothingSettings, smooth
from .motion.take import Take
from .outputs import Outputs
from .preview import write_preview
from .terminal import Terminal
from .video import write_proxy

PRESETS = Path(__file__).parents[1] / "presets" / "smoothing"
SAMPLE = Path(__file__).parents[1] / "tests" / "sample" / "sample.mp4"


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
        return SmoothingSettings.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise OneTakeError(
            "bad_preset", f"{path.name} is not a smoothing preset: {error}"
        ) from error


def smoothed(take: Take, settings: SmoothingSettings | None) -> Take:
    """The take with its motion smoothed, contacts and confidence as they were."""
    if settings is None:
        return take
    poses, trans = smooth(take.poses, take.trans, take.timestamps, settings)
    return take.with_motion(poses, trans)


def person_stem(stem: str, person: int) -> str:
    """File stem of the n-th person (from 1): clip, clip.person2, clip.person3 ..."""
    return stem if person == 1 else f"{stem}.person{person}"


def estimate(arguments: argparse.Namespace) -> int:
    """`estimate`: the take files only."""
    settings = smoothing_settings(arguments.smoothing) if arguments.smooth else None
    return _each(
        arguments, lambda video, terminal: _estimate_one(arguments, video, terminal, settings)
    )


def convert(arguments: argparse.Namespace) -> int:
    """`convert`: take, .blend, .fbx and preview of every video."""
    settings = smoothing_settings(arguments.smoothing)
    return _each(
        arguments, lambda video, terminal: _convert_one(arguments, video, terminal, settings)
    )


def _each(arguments: argparse.Namespace, run: object) -> int:
    """Every video in turn; a failure does not stop the others. Exit status 1 when any failed."""
    videos = [Path(video) for video in arguments.videos] or [SAMPLE]
    stems = [video.stem for video in videos]
    twice = next((stem for stem in stems if stems.count(stem) > 1), None)
    if twice is not None:
        raise OneTakeError(
            "same_name",
            f"Two of the videos are called {twice!r} and would overwrite each other's "
            "results; convert them one at a time with different --output folders.",
        )
    terminal = Terminal()
    failed = 0
    for video in videos:
        terminal.say(f"{video.name}")
        try:
            run(video, terminal)
        except OneTakeError as error:
            failed += 1
            terminal.say(f"Error: {error.message}")
    trim_cache()
    if len(videos) > 1:
        terminal.say(f"{len(videos) - failed} of {len(videos)} videos done.")
    return 1 if failed else 0


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        start=arguments.start,
        end=arguments.end,
        estimator=arguments.estimator,
        focal_px=arguments.focal,
        fov_degrees=arguments.fov,
        largest_only=arguments.people == "largest",
        silhouettes=arguments.silhouettes,
        threads=arguments.threads,
    )


@contextmanager
def _converted(
    arguments: argparse.Namespace, video: Path, terminal: Terminal
) -> Iterator[tuple[Conversion, Outputs]]:
    """The video's takes, their files staged; what is staged in the block appears with them."""
    with Outputs(Path(arguments.output)) as outputs:
        result = convert_video(video, _options(arguments), progress=terminal.progress)
        terminal.finish()
        for number, take in enumerate(result.takes, 1):
            take.save(outputs.file(f"{person_stem(video.stem, number)}.take.npz"))
        _replace_stale(outputs, video.stem, len(result.takes))
        if arguments.silhouettes:
            for number, track in enumerate(result.tracks, 1):
                track.save(outputs.file(f"{person_stem(video.stem, number)}.track.npz"))
        yield result, outputs
    for number, take in enumerate(result.takes, 1):
        seen = float(np.mean(take.confidence.any(axis=1)))
        terminal.say(
            f"  person {number}: {take.timestamps[0]:.2f}-{take.timestamps[-1]:.2f} s, "
            f"{len(take)} frames, seen in {seen:.0%} of them"
        )
    if result.problem:
        terminal.say(f"  Note: {result.problem}")
    terminal.say(f"  written to {outputs.folder}")


def _replace_stale(outputs: Outputs, stem: str, people: int) -> None:
    """Earlier results of people that are no longer found would pass for new ones."""
    for suffix in (".take.npz", ".smooth.take.npz", ".fbx", ".track.npz"):
        number = people + 1
        while (path := outputs.folder / (person_stem(stem, number) + suffix)).exists():
            outputs.remove(path)
            number += 1


def _estimate_one(
    arguments: argparse.Namespace,
    video: Path,
    terminal: Terminal,
    settings: SmoothingSettings | None,
) -> None:
    with _converted(arguments, video, terminal) as (result, outputs):
        if settings is not None:
            for number, take in enumerate(result.takes, 1):
                name = f"{person_stem(video.stem, number)}.smooth.take.npz"
                smoothed(take, settings).save(outputs.file(name))


def _convert_one(
    arguments: argparse.Namespace,
    video: Path,
    terminal: Terminal,
    settings: SmoothingSettings | None,
) -> None:
    with _converted(arguments, video, terminal) as (result, outputs):
        takes, stem = result.takes, video.stem
        shown = final = result.info.path
        if not result.info.plain:
            # Blender's players ignore rotation flags and uneven times: give it an upright copy.
            proxy = outputs.file(f"{stem}.proxy.mp4")
            write_proxy(result.info, proxy, result.info.fps)
            shown, final = proxy, outputs.folder / f"{stem}.proxy.mp4"
        job = {
            "takes": [
                str(outputs.file(f"{person_stem(stem, n)}.take.npz").resolve())
                for n in range(1, len(takes) + 1)
            ],
            "body": str(body_path()),
            "video": str(shown.resolve()),
            "video_final": str(final.resolve()),
            "video_fps": result.info.fps,
            "smoothing": settings.to_dict() if settings else None,
            "blend": str(outputs.file(f"{stem}.blend").resolve()),
            "fbx": [
                str(outputs.file(f"{person_stem(stem, n)}.fbx").resolve())
                for n in range(1, len(takes) + 1)
            ],
        }
        with BlenderJob(job) as blender:
            write_preview(
                [smoothed(take, settings) for take in takes],
                result.body,
                result.info,
                outputs.file(f"{stem}.preview.mp4"),
                start=arguments.start,
                end=arguments.end,
                progress=lambda done, total: terminal.progress("drawing the preview", done, total),
            )
            terminal.finish()
            terminal.say("  building the Blender scene and the FBX")
            blender.wait()
