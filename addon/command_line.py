"""`blender --command onetake …`: what the panel does, without a window.

blender --command onetake set-up
blender --command onetake check
blender --command onetake convert CLIPS --output RESULTS [--jobs 2] [convert's other options]
blender --command onetake import jump.mp4 --blend jump.blend [--frames 1 60] [--quality best]
    [--export unreal,glb]
"""

import argparse
import math
import sys
from pathlib import Path
from typing import NoReturn

import bpy

from ..backend.errors import OneTakeError
from ..backend.export_preset import choose
from ..backend.people_choice import people_choice
from . import api
from .backend_process import queue
from .backend_process.import_task import ESTIMATORS, QUALITIES
from .batch import convert
from .job import new_file, save

_registered: object | None = None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise OneTakeError("usage", f"{message[0].upper()}{message[1:]}; see --help.")


def execute(arguments: list[str]) -> int:
    """Do what the arguments say; the exit status. Errors are one sentence on stderr."""
    queue.listeners.append(_tell)
    try:
        if arguments[:1] == ["convert"]:
            return convert(arguments[1:])
        chosen = _parser().parse_args(arguments)
        chosen.run(chosen)
    except OneTakeError as error:
        print(f"Error: {error.message}", file=sys.stderr)
        return 1
    except SystemExit as end:  # --help
        return int(end.code or 0)
    except KeyboardInterrupt:
        return 130
    finally:
        queue.listeners.remove(_tell)
    return 0


def _parser() -> _Parser:
    parser = _Parser(prog="blender --command onetake", description="Video in, animation out.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("set-up", help="install the backend").set_defaults(
        run=lambda _: api.set_up()
    )
    commands.add_parser("check", help="self-test").set_defaults(run=_check)
    commands.add_parser("convert", help="videos, or folders of them, to files; see its --help")
    importing = commands.add_parser("import", help="a video to a .blend")
    importing.add_argument("video", type=Path)
    importing.add_argument("--blend", type=Path, required=True, help="file to write")
    importing.add_argument("--frames", type=int, nargs=2, metavar=("FIRST", "LAST"))
    importing.add_argument(
        "--people", type=people_choice, default="all", help="all, largest, or numbers like 1,3"
    )
    importing.add_argument("--fov", type=float, help="horizontal field of view in degrees")
    importing.add_argument("--estimator", choices=ESTIMATORS, default=ESTIMATORS[0])
    importing.add_argument("--quality", choices=QUALITIES, default="balanced")
    importing.add_argument(
        "--export", default="", metavar="LIST", help="also files beside the .blend: unreal,glb"
    )
    importing.set_defaults(run=_import)
    return parser


def _check(_chosen: argparse.Namespace) -> None:
    told = api.check()
    print(f"{told['frames_per_second']:.1f} frames/s on {told['device']}")


def _import(chosen: argparse.Namespace) -> None:
    presets = choose(chosen.export)  # before the work, not after it
    new_file()
    made = api.import_video(
        chosen.video,
        frames=chosen.frames and tuple(chosen.frames),
        people=chosen.people,
        estimator=chosen.estimator,
        quality=chosen.quality,
        fov=chosen.fov and math.radians(chosen.fov),
    )
    save(chosen.blend.absolute())
    for preset in presets:
        for file in api.export(bpy.context, made, preset, chosen.blend.absolute().parent):
            print(file)
    print(f"{chosen.blend}: {', '.join(each.armature.name for each in made)}")


def _tell() -> None:
    for task in queue.tasks:
        if task.stage:
            print(f"{task.title}: {task.stage} {task.done}/{task.total}", file=sys.stderr)


def register() -> None:
    """Make the command known."""
    global _registered
    _registered = bpy.utils.register_cli_command("onetake", execute)


def unregister() -> None:
    """Undo `register`."""
    bpy.utils.unregister_cli_command(_registered)
