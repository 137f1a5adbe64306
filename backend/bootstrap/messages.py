"""JSON lines for the program that started us, which holds our standard input while it wants us."""

from __future__ import annotations

import _thread
import contextlib
import json
import os
import signal
import sys
import threading
import time

# From the end of standard input until we are gone, tidied up or not.
PATIENCE_SECONDS = 3.0


class Messages:
    """The way to our parent; made once, before anything else uses descriptor 1.

    From then on descriptor 1 leads where 2 does, since C libraries print what they like, and the
    end of standard input interrupts the main thread as Ctrl-C does: the parent has closed it, or
    has died.
    """

    def __init__(self) -> None:
        sys.stdout.flush()
        self._descriptor = os.dup(1)
        os.dup2(2, 1)
        threading.Thread(target=_end_with_parent, daemon=True).start()

    def send(self, message: dict) -> None:
        """One message. A parent that no longer listens is no error: it will end us."""
        with contextlib.suppress(OSError):
            # A line of its own even where the parent mixes it with noise that has no end.
            os.write(self._descriptor, b"\n" + json.dumps(message).encode() + b"\n")


def _end_with_parent() -> None:
    with contextlib.suppress(OSError, ValueError):
        # Not sys.stdin: its lock would be held when Python ends.
        while os.read(0, 4096):
            pass
    if os.name == "posix":
        # To the main thread: it may sleep in a system call.
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    else:
        _thread.interrupt_main()
    time.sleep(PATIENCE_SECONDS)
    os._exit(128 + signal.SIGINT)
