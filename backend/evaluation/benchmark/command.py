"""The `benchmark` command: its options, and what it writes."""

import argparse
from pathlib import Path

from ... import estimators
from ...bootstrap.processes import ROOT

CLIPS = ROOT.parent / "shared" / "clips"
SOURCES = ("rendered", "pose2sim", "clips", "3DPW", "MPI-INF-3DHP")


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `benchmark` to the command line; imports nothing heavy."""
    parser = commands.add_parser(
        "benchmark", help="compare the estimators on clips with and without truth"
    )
    parser.add_argument("--clips", type=Path, default=CLIPS, help="folder of .mp4 clips")
    parser.add_argument("--threedpw", type=Path, metavar="FOLDER",
                        help="3DPW: a folder with sequenceFiles and imageFiles")  # fmt: skip
    parser.add_argument("--mpi-inf-3dhp", type=Path, metavar="FOLDER",
                        help="MPI-INF-3DHP's test set: a folder with TS1 to TS6")  # fmt: skip
    parser.add_argument("--estimators", type=_names, default=estimators.names(), metavar="A,B",
                        help=f"of {', '.join(estimators.names())} (all)")  # fmt: skip
    parser.add_argument("--quality", choices=estimators.QUALITIES, default="balanced",
                        help="how closely they look (balanced)")  # fmt: skip
    parser.add_argument("--only", nargs="+", choices=SOURCES, default=SOURCES, metavar="SOURCE",
                        help=", ".join(SOURCES))  # fmt: skip
    parser.add_argument("--output", type=Path, default=Path("benchmark"),
                        help="folder for the tables (benchmark)")  # fmt: skip
    parser.add_argument("--plots", action="store_true", help="also draw plots (needs matplotlib)")
    papers = parser.add_argument_group("the papers' ablations (docs/papers.md)")
    papers.add_argument("--papers", nargs="*", metavar="NAME",
                        help="train and measure what is missing of these (all)")  # fmt: skip
    papers.add_argument("--pairs", type=Path,
                        help="rendered pairs in train/ and val/, made with --pictures")  # fmt: skip
    papers.add_argument("--motion", type=Path, default=ROOT.parent / "shared" / "motion",
                        help="folder of captured motion")  # fmt: skip
    papers.add_argument("--jobs", type=int, default=1, help="runs at once, on a core each (1)")
    parser.set_defaults(run=_run)


def _names(text: str) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(text.split(",")))
    for name in chosen:
        if name not in estimators.names():
            known = ", ".join(estimators.names())
            raise argparse.ArgumentTypeError(f"there is no estimator {name!r}; there are {known}")
    return chosen


def _run(arguments: argparse.Namespace) -> int:
    if arguments.papers is not None:
        from ..papers.command import run as run_papers

        return run_papers(arguments)
    from .run import run  # scipy and all the metrics: other commands start without them

    return run(arguments)
