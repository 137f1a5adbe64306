"""`people`: who is in a video, as numbers and pictures, for `--people 1,3` afterwards."""

import argparse
from pathlib import Path

from .commands import SAMPLE, person_stem, reporter
from .conversion import Options, people_in
from .device import choose_device
from .outputs import Outputs
from .preview import Thumbnail
from .preview.portrait import png, portraits


def people(arguments: argparse.Namespace) -> int:
    """Find the people, write a picture of each; the work is kept, `estimate` goes on from it."""
    video = Path(arguments.video) if arguments.video else SAMPLE
    terminal = reporter(arguments.progress)
    options = Options(
        start=arguments.start,
        end=arguments.end,
        estimator=arguments.estimator,
        quality=arguments.quality,
        silhouettes=arguments.silhouettes,
        threads=max(1, arguments.threads),
        device=choose_device(arguments.device),
    )
    watch = Thumbnail(arguments.thumbnail) if arguments.thumbnail else None
    with Outputs(Path(arguments.output), video.stem) as outputs:
        info, tracks, problem = people_in(video, options, progress=terminal.progress, watch=watch)
        terminal.finish()
        told = []
        for track, picture in zip(tracks, portraits(info, tracks), strict=True):
            name = f"{person_stem(video.stem, track.person_id)}.person.png"
            outputs.file(name).write_bytes(png(picture))
            told.append(
                {
                    "person": track.person_id,
                    "picture": str((outputs.folder / name).resolve()),
                    "start": float(track.timestamps[0]),
                    "end": float(track.timestamps[-1]),
                }
            )
    for each in told:
        terminal.say(
            f"  person {each['person']}: {each['start']:.2f}-{each['end']:.2f} s, "
            f"{Path(each['picture']).name}"
        )
    if problem:
        terminal.say(f"  Note: {problem}")
    terminal.done({"people": told})
    return 0
