"""`convert` from within Blender, for videos and folders of them: the backend's own command.

Each clip's scene is made in a Blender of its own, of the kind that runs this one.
"""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import bpy

from ..backend.bootstrap.processes import Stopped, raise_on_signals, run
from ..backend.errors import OneTakeError
from .preferences import current_environment


def convert(arguments: Sequence[str]) -> int:
    """Run `convert` with the command line's options to its end; its exit status.

    Its progress goes where ours does. Raises OneTakeError not_set_up.
    """
    where = current_environment()
    if where.missing:
        raise OneTakeError(
            "not_set_up",
            f"OneTake is not set up yet (missing: {', '.join(where.missing)}): run `blender "
            "--command onetake set-up` first.",
        )
    command, variables = where.command("convert", *arguments)
    for name in ("ONETAKE_BLENDER", "ONETAKE_BLENDER_PYTHON"):
        variables.pop(name, None)
    if bpy.app.binary_path:
        variables["ONETAKE_BLENDER"] = bpy.app.binary_path
    else:  # the bpy module
        variables["ONETAKE_BLENDER_PYTHON"] = sys.executable
    with _signals_raised():
        try:
            return run(command, variables)
        except Stopped as stopped:
            return 128 + stopped.signum


@contextmanager
def _signals_raised() -> Iterator[None]:
    """Ctrl-C and kills become Stopped, and afterwards what they were for Blender."""
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {getattr(signal, name): signal.getsignal(getattr(signal, name)) for name in names}
    raise_on_signals()
    try:
        yield
    finally:
        for signum, handler in before.items():
            # None: not Python's to give back.
            signal.signal(signum, signal.SIG_DFL if handler is None else handler)
