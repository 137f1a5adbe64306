"""python -m backend.training.motion MOTION: what a folder holds, and how fast windows come."""

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from .library import MotionLibrary
from .open_data import SPLITS

_WINDOWS, _FRAMES, _FPS = 300, 64, 30.0


def _source(key: str) -> str:
    """Collection and subject of a sequence."""
    return "/".join(key.split("/")[:2])


def _report(library: MotionLibrary, split: str) -> None:
    sources = defaultdict(lambda: np.zeros(4))
    for motion in library.motions:
        minutes, usable = motion.seconds / 60, motion.ok.mean()
        sources[_source(motion.key)] += [1, minutes, minutes * usable, motion.weight]
    total = sum(sources.values())
    print(f"{split}: {total[0]:.0f} sequences, {total[1]:.1f} minutes, {total[2]:.1f} usable")
    for source, (count, minutes, usable, weight) in sorted(sources.items()):
        share = 100 * weight / total[3]
        print(f"  {source:24} {count:4.0f} {minutes:7.1f} min {usable:7.1f} usable {share:5.1f} %")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m backend.training.motion", description=__doc__)
    parser.add_argument("motion", type=Path, help="folder of the open motion, or of your own files")
    folder = parser.parse_args().motion
    for split in SPLITS:
        try:
            library = MotionLibrary.open(folder, split)
        except OneTakeError as error:
            print(f"{split}: {error.message}", file=sys.stderr)
            if split == "train":
                return 1
            continue
        _report(library, split)
        rng = np.random.default_rng(0)
        library.sample(rng, _FRAMES, _FPS)
        start = time.process_time()
        for _ in range(_WINDOWS):
            library.sample(rng, _FRAMES, _FPS)
        each = (time.process_time() - start) / _WINDOWS * 1000
        print(f"  {each:.2f} ms of one core a window of {_FRAMES} frames")
    return 0


if __name__ == "__main__":
    sys.exit(main())
