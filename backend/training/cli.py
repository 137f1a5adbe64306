"""`train CONFIG` on the command line; torch is loaded only when it runs."""

import argparse
from pathlib import Path

from ..device import DEVICES


def add_command(commands: argparse._SubParsersAction) -> None:
    """Register `train`."""
    parser = commands.add_parser("train", help="train an estimator on rendered pairs and motion")
    parser.add_argument("config", type=Path, help="JSON file, see backend/training/configs")
    parser.add_argument("--motion", type=Path, default=Path("../shared/motion"),
                        help="folder of captured motion (../shared/motion)")  # fmt: skip
    parser.add_argument("--pairs", type=Path, required=True,
                        help="folder with rendered pairs in train/ and val/")  # fmt: skip
    parser.add_argument("--output", type=Path, required=True,
                        help="folder of the run; it goes on from a checkpoint there")  # fmt: skip
    parser.add_argument("--start", type=Path, help="another run, to start from its best weights")
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--threads", type=int, default=0, help="processor threads (all)")
    parser.set_defaults(run=_train)


def _train(arguments: argparse.Namespace) -> int:
    from .command import train

    return train(arguments)
