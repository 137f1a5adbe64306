"""The backend as a process: python -m backend COMMAND. `onetake.py` makes its environment."""

import os
import signal
import sys

# The fit's matrices are small: a second BLAS thread only waits for the first (3 ms a frame with
# one thread, up to 46 with two on a busy machine). Read when numpy is loaded, so set before.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


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
        return 128 + (stopped.args[0] if stopped.args else signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main())
