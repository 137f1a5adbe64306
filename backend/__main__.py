"""The backend as a process: python -m backend COMMAND. `onetake.py` makes its environment."""

import os
import signal
import sys

# The matrices of the fit and of the network are small: a second thread only waits for the first (3
# ms a frame with one, up to 46 with two on a busy machine). Read when numpy is loaded: set before.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")


def _stop(signum: int, _frame: object) -> None:
    """Ctrl-C and a polite kill alike: clean up and end; a second one does not disturb that."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt(signum)


def main() -> int:
    """The exit status: 0, 1 after an error, 128 + n when signal n stopped it."""
    try:
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, _stop)
        from .log import divert_noise

        divert_noise()
        from .cli import run  # takes half a second: a Ctrl-C may well come meanwhile

        return run(sys.argv[1:])
    except KeyboardInterrupt as stopped:
        # One that passes through the code of a string, which named tuples and data classes run as
        # they are imported, is kept in mind by CPython, which would end itself by SIGINT at the
        # end, caught or not. The next string makes it forget.
        exec("")
        return 128 + (stopped.args[0] if stopped.args else signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main())
