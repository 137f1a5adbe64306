"""The backend's command line."""

import argparse
import os
from pathlib import Path
from typing import NoReturn

from . import __version__, batch, commands, estimators
from .body import ensure_body
from .body.smpl_file import smpl_npz
from .check import check
from .device import DEVICES
from .errors import OneTakeError
from .evaluation.benchmark.command import add_command as add_benchmark
from .evaluation.measure.command import add_command as add_measure
from .log import explained
from .people_choice import people_choice
from .people_command import people
from .training.cli import add_command as add_train


def run(arguments: list[str]) -> int:
    """Do what the arguments say; the exit status. Errors are one sentence on stderr."""
    chosen = None
    try:
        chosen = _parse(arguments)
        return chosen.run(chosen)
    except Exception as error:
        terminal = commands.reporter(getattr(chosen, "progress", "text"))
        terminal.failed(explained(error), getattr(error, "code", "internal"))
        return 1


class _Parser(argparse.ArgumentParser):
    """Takes no shortened options: `--smooth` must not pass for `--smoothing`."""

    def __init__(self, **options: object) -> None:
        super().__init__(allow_abbrev=False, **options)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        sentence = message[0].upper() + message[1:]
        raise OneTakeError("usage", f"{sentence}; `{self.prog} --help` shows what there is.")


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = _parser()
    chosen, others = parser.parse_known_args(arguments)
    options = [other for other in others if other.startswith("-")]
    if options:
        file = f", but the file can be given as ./{options[0]}"
        parser.error(f"there is no option {options[0]}{file if os.path.exists(options[0]) else ''}")
    if others:
        if not hasattr(chosen, "videos"):
            parser.error(f"there is one argument too many: {others[0]}")
        chosen.videos += others  # argparse takes only those before the first option
    if chosen.command == "estimate" and not chosen.videos:
        parser.error("estimate wants a VIDEO")
    return chosen


def _parser() -> _Parser:
    parser = _Parser(prog="onetake.py", description="Motion capture from video.")
    parser.add_argument("--version", action="version", version=__version__)
    commands_ = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    told = _Parser(add_help=False)
    told.add_argument(
        "--progress", choices=("text", "json"), default="text",
        help="json: lines on standard output for a program, until standard input closes",
    )  # fmt: skip

    runs = _Parser(add_help=False, parents=[told])
    runs.add_argument(
        "--device", choices=DEVICES, default="auto",
        help="where networks run (auto: a GPU that PyTorch can use, else the processor)",
    )  # fmt: skip
    runs.add_argument("--estimator", choices=estimators.names(), default=estimators.DEFAULT)
    runs.add_argument("--threads", type=int, default=os.cpu_count() or 2, help=argparse.SUPPRESS)

    found = _Parser(add_help=False, parents=[runs])
    found.add_argument("--output", default="output", help="folder for the results (output)")
    found.add_argument("--start", type=float, help="seconds of the video to start at")
    found.add_argument("--end", type=float, help="seconds of the video to stop before")
    found.add_argument(
        "--silhouettes", action="store_true", help="keep landmarks and silhouettes as .track.npz"
    )
    found.add_argument("--thumbnail", type=Path, help=argparse.SUPPRESS)
    found.add_argument(
        "--quality", choices=estimators.QUALITIES, default="balanced",
        help="fast, balanced, or best: six looks at each person, a fifth of the speed",
    )  # fmt: skip

    shared = _Parser(add_help=False, parents=[found])
    shared.add_argument("--height", type=float, help="metres that the first person is tall")
    view = shared.add_mutually_exclusive_group()
    view.add_argument("--fov", type=float, help="horizontal field of view in degrees")
    view.add_argument("--focal", type=float, help="focal length in pixels")
    shared.add_argument(
        "--people", type=people_choice, default="all",
        help="all, largest, or the numbers that `people` tells, like 1,3 (all)",
    )  # fmt: skip
    shared.add_argument("--weights", metavar="FILE", help="of the estimator, from a run of `train`")
    shared.add_argument(
        "--front-end", metavar="FILE",
        help="a ResNet-50's weights, to see people in BlazePose's place: for --weights trained so",
    )  # fmt: skip
    shared.add_argument(
        "--smoothing", default="default", help="preset, JSON file, or none (default)"
    )
    shared.add_argument(
        "--no-foot-lock", action="store_true", help="let feet that stand move as estimated"
    )

    convert = commands_.add_parser(
        "convert",
        parents=[shared],
        help="video to take, .blend, files for other programs and preview",
    )
    convert.add_argument(
        "videos", nargs="*", metavar="VIDEO", help="or folders of them; without one: the sample"
    )
    batch.add_options(convert)
    convert.add_argument(
        "--export", default="fbx", metavar="LIST",
        help="files for other programs, such as unreal,glb; or a preset's JSON file (fbx)",
    )  # fmt: skip
    convert.set_defaults(run=commands.convert)

    estimate = commands_.add_parser("estimate", parents=[shared], help="video to take files only")
    estimate.add_argument("videos", nargs="*", metavar="VIDEO")
    estimate.add_argument("--smooth", action="store_true", help="also write .smooth.take.npz")
    estimate.add_argument(
        "--upright-copy", action="store_true",
        help="also write .proxy.mp4 where players would show the video turned or out of time",
    )  # fmt: skip
    estimate.set_defaults(run=commands.estimate)

    finding = commands_.add_parser(
        "people", parents=[found], help="who is in a video: numbers and pictures"
    )
    finding.add_argument("video", nargs="?", metavar="VIDEO", help="without one: the sample")
    finding.set_defaults(run=people)

    checked = commands_.add_parser("check", parents=[runs], help="self-test: what runs, how fast")
    checked.set_defaults(run=check)

    body = commands_.add_parser("make-body", help="make the body model, once")
    body.set_defaults(run=_make_body)

    read = commands_.add_parser(
        "read-body", parents=[told], help="read an official SMPL file, for Blender"
    )
    read.add_argument("file", type=Path, metavar="FILE", help=".pkl or .npz")
    read.set_defaults(run=_read_body)

    add_measure(commands_)
    add_benchmark(commands_)
    add_train(commands_)
    return parser


def _read_body(arguments: argparse.Namespace) -> int:
    made = smpl_npz(arguments.file)
    terminal = commands.reporter(arguments.progress)
    terminal.say(f"{arguments.file.name} is an SMPL body; {made} holds it.")
    terminal.done({"body": str(made.resolve())})
    return 0


def _make_body(arguments: argparse.Namespace) -> int:
    print(ensure_body())
    return 0
