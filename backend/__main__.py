"""The backend's command line: python -m backend COMMAND. `onetake.py` makes its environment."""

import argparse
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable

# The fit's matrices are small: a second BLAS thread only waits for the first (3 ms a frame with
# one thread, up to 46 with two on a busy machine). Read when numpy is loaded, so set before.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from . import __version__, commands, estimators
from .body import ensure_body
from .errors import OneTakeError
from .evaluation.measure.command import add_command as add_measure
from .home import home


def _make_body(arguments: argparse.Namespace) -> int:
    print(ensure_body())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onetake", description="Motion capture from video.")
    parser.add_argument("--version", action="version", version=__version__)
    commands_ = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--output", default="output", help="folder for the results (output)")
    shared.add_argument("--start", type=float, help="seconds of the video to start at")
    shared.add_argument("--end", type=float, help="seconds of the video to stop before")
    shared.add_argument("--estimator", choices=estimators.names(), default=estimators.DEFAULT)
    shared.add_argument("--fov", type=float, help="horizontal field of view in degrees")
    shared.add_argument("--focal", type=float, help="focal length in pixels")
    shared.add_argument("--people", choices=("all", "largest"), default="all")
    shared.add_argument(
        "--silhouettes", action="store_true", help="keep landmarks and silhouettes as .track.npz"
    )
    shared.add_argument(
        "--smoothing", default="default", help="preset, JSON file, or none (default)"
    )
    shared.add_argument("--threads", type=int, default=os.cpu_count() or 2, help=argparse.SUPPRESS)

    convert = commands_.add_parser(
        "convert", parents=[shared], help="video to take, .blend, .fbx and preview"
    )
    convert.add_argument("videos", nargs="*", metavar="VIDEO", help="without one: the sample")
    convert.set_defaults(run=commands.convert)

    estimate = commands_.add_parser("estimate", parents=[shared], help="video to take files only")
    estimate.add_argument("videos", nargs="+", metavar="VIDEO")
    estimate.add_argument("--smooth", action="store_true", help="also write .smooth.take.npz")
    estimate.set_defaults(run=commands.estimate)

    body = commands_.add_parser("make-body", help="make the body model, once")
    body.set_defaults(run=_make_body)

    add_measure(commands_)
    return parser


def _run(run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """The exit status; errors as one sentence, tracebacks in the log file."""
    try:
        return run(arguments)
    except OneTakeError as error:
        print(f"Error: {error.message}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nCancelled; earlier results are untouched.", file=sys.stderr)
        return 130
    except MemoryError:
        print("Error: The computer ran out of memory; close other programs.", file=sys.stderr)
        return 1
    except Exception:
        log = home() / "onetake.log"
        logging.basicConfig(filename=log, format="%(asctime)s %(message)s")
        logging.error(traceback.format_exc())
        print(f"Error: Something unexpected went wrong; details are in {log}.", file=sys.stderr)
        return 1


def main() -> int:
    # A polite kill is a cancel: clean up as for Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    arguments = _parser().parse_args()
    return _run(arguments.run, arguments)


if __name__ == "__main__":
    sys.exit(main())
