"""The log file: the terminal gets sentences, the log what stands behind them."""

import faulthandler
import logging
import os
import sys
import traceback
from pathlib import Path

from .errors import OneTakeError
from .home import home

_LARGEST = 1 << 20  # bytes; a larger log is begun again


def log_path() -> Path:
    """Where the log is kept."""
    return home() / "onetake.log"


def divert_noise() -> None:
    """Send what libraries print to descriptor 2, warnings and crashes to the log.

    sys.stderr still reaches the terminal. Where no log can be written, they go nowhere.
    """
    if sys.stderr is None:  # closed by whoever started us
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        log = log_path().open("a", encoding="utf-8")
        if log.tell() > _LARGEST:
            log.truncate(0)
    except OSError:
        log = open(os.devnull, "w")  # noqa: SIM115 - it lives as long as the process
    sys.stderr.flush()
    sys.stderr = os.fdopen(
        os.dup(2), "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace"
    )
    os.dup2(log.fileno(), 2)
    faulthandler.enable(log)
    logging.basicConfig(stream=log, format="%(asctime)s %(message)s")
    logging.captureWarnings(True)


def explained(error: Exception) -> str:
    """The sentence for the user; the traceback of what nobody foresaw goes to the log."""
    if isinstance(error, OneTakeError):
        return error.message
    if isinstance(error, MemoryError):
        return "The computer ran out of memory; close other programs and run again."
    logging.error("".join(traceback.format_exception(error)))
    return f"Something unexpected went wrong; details are in {log_path()}."
