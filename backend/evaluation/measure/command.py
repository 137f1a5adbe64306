"""The `measure` command: runs the parts, prints their tables."""

import argparse
import importlib
import json
import os
import platform
import tempfile
import traceback
from contextlib import ExitStack
from pathlib import Path

from ... import __version__
from ...bootstrap.processes import ROOT
from ...errors import OneTakeError

CLIPS = ROOT.parent / "shared" / "clips"
PARTS = ("clips", "accuracy", "silhouette", "fk", "fbx", "speed")


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `measure` to the command line; imports nothing heavy."""
    parser = commands.add_parser("measure", help="print every figure that OneTake claims, anew")
    parser.add_argument("--clips", type=Path, default=CLIPS, help="folder of .mp4 clips")
    parser.add_argument(
        "--output", type=Path, help="folder for the conversions (a temporary one); what lies "
        "there is judged as it is where --only leaves out clips",
    )  # fmt: skip
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART",
                        help=", ".join(PARTS))  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--strict", action="store_true", help="exit status 1 when a bar is missed")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a table as soon as it is made; 0, or with --strict 1 when any row misses."""
    from ..report import Row, Table
    from .session import Session, load

    tables = []
    with ExitStack() as stack:
        output = arguments.output or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="onetake-measure-"))
        )
        session = Session(arguments.clips, output)
        session.videos()  # without clips this ends here, in a sentence
        machine = {
            "onetake": __version__,
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "processors": os.cpu_count(),
            "load": load(),
        }
        print(", ".join(f"{key} {value}" for key, value in machine.items()), flush=True)
        for part in PARTS:
            if part not in arguments.only:
                continue
            try:
                made = importlib.import_module(f".{part}", __package__).measure(session)
            except Exception as error:  # the other parts' figures are not lost with it
                if not isinstance(error, OneTakeError):
                    traceback.print_exc()
                made = [Table(part, {}, [Row(part, problem=str(error))])]
            for table in made:
                print(f"\n{table.markdown()}", flush=True)
            tables += [table.to_dict() | {"part": part} for table in made]
    missed = sum(bool(row["misses"]) for table in tables for row in table["rows"])
    judged = sum(bool(row["misses"] or row["bars"]) for table in tables for row in table["rows"])
    print(f"\n{judged - missed} of {judged} rows keep their bars.", flush=True)
    if arguments.json:
        text = json.dumps({"machine": machine, "tables": tables}, indent=1, ensure_ascii=False)
        arguments.json.write_text(text + "\n", encoding="utf-8")
    return 1 if missed and arguments.strict else 0
