"""The commands of onetake.py: `setup` and `test` are done here, the backend does the others."""

from __future__ import annotations

import difflib
import os
import sys
import traceback
from pathlib import Path

from ..errors import OneTakeError
from ..home import home
from .installation import BLENDERS, Installation, blender_program
from .packaging import package
from .processes import ROOT, Stopped, environment, raise_on_signals, run
from .setup import set_up

USAGE = """\
OneTake: one video in, an animated SMPL character out.

  python3 onetake.py convert [VIDEO ...] [--output DIR]
        take, .blend, .fbx and preview of each video, or of all in a folder; without VIDEO, of the
        sample
  python3 onetake.py estimate VIDEO --output DIR [--smooth]
        the take files only, without Blender
  python3 onetake.py setup
        only what the other commands do by themselves the first time
  python3 onetake.py package [--output DIR]
        the extension's zip, to be dropped on Blender's window
  python3 onetake.py test [PYTEST ARGUMENTS]
        all tests
  python3 onetake.py measure [--clips DIR]
        every figure that OneTake claims, measured again
  python3 onetake.py benchmark [--output DIR]
        every estimator beside baselines, on clips with and without truth
  python3 onetake.py train CONFIG --pairs DIR --output DIR
        train an estimator (see docs/training.md)

  --blender PATH    an installed Blender (4.2 or newer) in place of the downloaded module
  COMMAND --help    the command's own options

What OneTake downloads and makes is kept in
{home}
(set ONETAKE_HOME for another folder).
"""

# Ends of which the backend itself can say nothing: signals, and Windows' status codes.
_KILLED, _CRASHES, _WINDOWS_CRASHES = 9, {4, 6, 7, 8, 10, 11}, 0xC0000000

NEED_BLENDER = {"convert", "measure", "benchmark"}
NEED_NO_BLENDER = {"estimate", "people", "train"}
NEED_TRAINING = {"train", "benchmark"}  # of requirements/training.txt


def say(line: str) -> None:
    """Print a line for the user; standard output is left to the command."""
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Do what `python3 onetake.py <arguments>` says and return the exit status."""
    raise_on_signals()
    try:
        return _dispatch(arguments)
    except OneTakeError as error:
        say(f"Error: {error.message}")
        return 1
    except Stopped as stopped:
        say("Stopped.")
        return 128 + stopped.signum
    except OSError as error:
        # A full disk, a folder that cannot be written: the system's words are clear enough.
        where = f": {error.filename}" if error.filename else ""
        say(f"Error: {error.strerror or error}{where}")
        _log_traceback()
        return 1


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE.format(home=home()))
        return 0
    command, rest = arguments[0], list(arguments[1:])
    blender = _take_blender(rest)
    if command == "setup":
        return set_up(rest, () if blender else BLENDERS, say)
    installation = Installation(home().absolute(), say)
    if command == "package":
        return package(installation, rest, blender, say)
    if command == "test":
        from .testing import run_tests

        return run_tests(installation, rest)
    return _run_in_backend(installation, command, rest, blender)


def _take_blender(arguments: list[str]) -> Path | None:
    """Take `--blender PATH` out of the arguments; ONETAKE_BLENDER says the same."""
    chosen = os.environ.get("ONETAKE_BLENDER")
    for index, argument in enumerate(arguments):
        if argument == "--blender":
            if index + 1 == len(arguments):
                raise OneTakeError("usage", "--blender wants the path of a Blender.")
            chosen = arguments[index + 1]
            del arguments[index : index + 2]
            break
        if argument.startswith("--blender="):
            chosen = argument.split("=", 1)[1]
            del arguments[index]
            break
    return blender_program(chosen) if chosen else None


def _run_in_backend(
    installation: Installation, command: str, arguments: list[str], blender: Path | None
) -> int:
    if {"-h", "--help"} & set(arguments):
        installed = installation.find(())
        if installed is None:
            print(USAGE.format(home=home()) + "\nA command's own options are shown after set-up.")
            return 0
    elif command in NEED_BLENDER | NEED_NO_BLENDER:
        installed = installation.ensure(BLENDERS if command in NEED_BLENDER and not blender else ())
    else:
        # The backend knows more commands; a misspelt one must not start a set-up of minutes.
        installed = installation.find(BLENDERS) or installation.find(())
        if installed is None:
            return _unknown(command)
    if command in NEED_TRAINING:
        installation.ensure_extras(installed.backend, ("training",))
    env = {"PYTHONPATH": str(ROOT), "ONETAKE_HOME": str(installation.home)}
    if blender:
        env["ONETAKE_BLENDER"] = str(blender)
    elif installed.blender:
        env["ONETAKE_BLENDER_PYTHON"] = str(installed.blender)
    status = run([installed.backend, "-m", "backend", command, *arguments], environment(env))
    if status == 128 + _KILLED:
        say("Error: The system ended OneTake, mostly a sign that the memory is full; close other "
            "programs and run again.")  # fmt: skip
    elif status - 128 in _CRASHES or status >= _WINDOWS_CRASHES:
        say(f"Error: OneTake crashed (status {status}); details are in "
            f"{installation.home / 'onetake.log'}.")  # fmt: skip
    return status


def _unknown(command: str) -> int:
    known = sorted(NEED_BLENDER | NEED_NO_BLENDER | {"package", "setup", "test"})
    near = difflib.get_close_matches(command, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
    say(f"Error: there is no command {command!r}; {hint}")
    return 2


def _log_traceback() -> None:
    try:
        log = home() / "onetake.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            traceback.print_exc(file=file)
    except OSError:
        pass  # the very folder that cannot be written
