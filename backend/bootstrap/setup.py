"""`onetake.py setup`, for people and for the add-on's button."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Callable, NoReturn, Sequence

from ..errors import OneTakeError
from ..home import home
from .installation import Blenders, Installation
from .messages import Messages


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise OneTakeError("usage", f"{message[0].upper()}{message[1:]}; see `{self.prog} --help`.")


def set_up(arguments: Sequence[str], blenders: Blenders, say: Callable[[str], None]) -> int:
    """Install what is missing; the exit status. Raises OneTakeError for people.

    With --progress json a program is told instead: {"stage", "done", "total"} as each step begins,
    {"note"}, and at the end {"result"} or {"error", "code"}; see `Messages`.
    """
    parser = _Parser(prog="onetake.py setup")
    parser.add_argument("--backend-only", action="store_true", help="no Blender module")
    parser.add_argument("--python", type=Path, help="of an environment to use as it is")
    parser.add_argument("--progress", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)
    wanted = () if options.backend_only else blenders
    if options.progress == "text":
        Installation(home().absolute(), say, python=options.python).ensure(wanted)
        say("OneTake is ready.")
        return 0
    messages = Messages()
    try:
        installed = Installation(
            home().absolute(),
            lambda line: messages.send({"note": line.strip()}),
            lambda title, number, of: messages.send(
                {"stage": title, "done": number - 1, "total": of}
            ),
            options.python,
        ).ensure(wanted)
    except OneTakeError as error:
        messages.send({"error": error.message, "code": error.code})
        return 1
    except OSError as error:
        # A full disk, a folder that cannot be written: the system's words are clear enough.
        where = f": {error.filename}" if error.filename else ""
        messages.send({"error": f"{error.strerror or error}{where}", "code": "system"})
        print(repr(error), file=sys.stderr)
        return 1
    messages.send({"result": {"python": str(installed.backend)}})
    return 0
