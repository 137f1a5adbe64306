"""One worker's share of the shards: apart from the command, where a process cannot find it."""

import multiprocessing
import time
from pathlib import Path

from .clips import Studio, record
from .shards import write_shards


def work(
    motion: Path,
    out: Path,
    split: str,
    seed: int,
    frames: int,
    pictures: bool,
    front_end: tuple[Path, str] | None,
    indices: list[int],
) -> None:
    """Write these shards, in this process; frames: of a clip; pictures: PICTURE_FIELDS too.

    front_end: a ResNet-50's weights that see the whole person, and on which device.
    """
    studio = Studio.open(motion, split, frames)
    if front_end:
        from ...people.resnet import ResNetFrontEnd  # torch takes a second to load

        studio.front_end = ResNetFrontEnd(*front_end)

    def make(shard: int, clip: int):
        parent = multiprocessing.parent_process()
        if parent is not None and not parent.is_alive():
            raise SystemExit(1)  # who was killed cannot end its workers
        rng = studio.rng(seed, shard, clip)
        return record(studio, studio.clip(rng), rng)

    since = time.monotonic()
    for index, arrays in write_shards(out, indices, make, pictures=pictures):
        rate = len(arrays["poses"]) / (time.monotonic() - since)
        since = time.monotonic()
        print(
            f"shard {index}: {rate:.1f} frames/s, "
            f"score {arrays['score'].astype(float).mean():.3f}, seen {arrays['seen'].mean():.3f}",
            flush=True,
        )
