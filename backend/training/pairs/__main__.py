"""Make rendered pairs.

    python -m backend.training.pairs ../shared/motion OUT --frames 100000 --seed 1 --split train

Shards that are there already are left alone, so a run that was stopped goes on.
"""

import argparse
import multiprocessing
import os
from pathlib import Path

from ...device import DEVICES, choose_device
from .clips import FRAMES
from .production import work
from .shards import CLIPS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("motion", type=Path, help="folder with cmu.npz and cc0.npz")
    parser.add_argument("out", type=Path)
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--clip", type=int, default=FRAMES, help="frames of a clip")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", choices=("train", "val", "test"), default="train")
    parser.add_argument(
        "--pictures", action="store_true",
        help="keep all image features and silhouettes too, 6 kB a frame: the papers' need them",
    )  # fmt: skip
    parser.add_argument(
        "--front-end", type=Path, metavar="FILE",
        help="a ResNet-50's weights, to see the whole person in BlazePose's place in the pictures",
    )  # fmt: skip
    parser.add_argument("--device", choices=DEVICES, default="cpu", help="of the front end (cpu)")
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.front_end and not arguments.pictures:
        parser.error("--front-end is of the --pictures")
    front_end = arguments.front_end and (arguments.front_end, choose_device(arguments.device))
    count = -(-arguments.frames // (CLIPS * arguments.clip))
    same = arguments.motion, arguments.out, arguments.split, arguments.seed, arguments.clip
    same += arguments.pictures, front_end
    tasks = [
        (*same, list(part))
        for worker in range(arguments.workers)
        if (part := range(worker, count, arguments.workers))
    ]
    # A worker takes one core: threads in small sums only wait for each other.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    # OpenGL contexts and LiteRT do not survive a fork.
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=work, args=task, daemon=True) for task in tasks]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
