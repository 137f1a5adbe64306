"""`python -m backend.evaluation.rendered`: render the clips of the benchmark that are missing."""

import argparse
import sys
from pathlib import Path

from ...errors import OneTakeError
from ...terminal import Terminal
from .make import MOTION, clips_named, rendered_clips, stills


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m backend.evaluation.rendered")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="clips to render (all)")
    parser.add_argument("--motion", type=Path, default=MOTION, help="folder of motion capture")
    parser.add_argument("--workers", type=int, default=1, help="Blenders at once (1)")
    parser.add_argument(
        "--stills", type=int, nargs="+", metavar="FRAME", help="only draw these of each, as PNG"
    )
    arguments = parser.parse_args()
    terminal = Terminal()
    try:
        if arguments.stills:
            for clip in clips_named(arguments.only):
                chosen = [frame for frame in arguments.stills if frame < clip.frames]
                print(*stills(clip, chosen, arguments.motion), sep="\n", flush=True)
            return 0
        for clip in rendered_clips(
            terminal.progress,
            names=arguments.only,
            motion=arguments.motion,
            workers=arguments.workers,
        ):
            print(clip.video, flush=True)
    except OneTakeError as error:
        terminal.say(f"Error: {error.message}")
        return 1
    finally:
        terminal.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
