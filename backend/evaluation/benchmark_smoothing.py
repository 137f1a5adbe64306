"""Time of smoothing a long take and of locking its feet.

python -m backend.evaluation.benchmark_smoothing [FRAMES]
"""

import sys
import time
from collections.abc import Callable

import numpy as np

from ..motion.foot_lock import lock_feet
from ..motion.skeleton import REST
from ..motion.smoothing import MODES, SmoothingSettings, smooth


def main(frames: int = 10_000) -> None:
    """Print the best of nine runs for each mode and for the foot lock, everything included.

    On a busy machine the processor's time says more than the clock's.
    """
    rng = np.random.default_rng(0)
    t = np.arange(frames) / 30
    # Swings of every joint, with noise, so that no gain is trivial.
    swing = 0.5 * np.sin(t[:, None, None] * rng.uniform(1, 6, (24, 3)))
    poses = (swing + rng.normal(0, 0.03, swing.shape)).astype(np.float32)
    trans = np.cumsum(rng.normal(0, 0.01, (frames, 3)), axis=0).astype(np.float32)
    for mode in MODES:
        _time(mode, frames, lambda mode=mode: smooth(poses, trans, t, SmoothingSettings(mode=mode)))
    # Two steps a second, heel before toe, of legs that are not quite where they should be.
    steps = 2 * np.pi * t[:, None] - [0, 0.8, np.pi, np.pi + 0.8]
    contacts = 1 / (1 + np.exp(-10 * np.sin(steps)))
    poses[:, 0] = 0
    trans[:, 1] = -REST[10, 1] + 0.05 * np.sin(t)
    _time("foot lock", frames, lambda: lock_feet(poses, trans, REST, contacts, t))


def _time(name: str, frames: int, run: Callable[[], object]) -> None:
    clock, processor = [], []
    for _ in range(9):
        start, started = time.perf_counter(), time.process_time()
        run()
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - started)
    print(f"{name:9s} {frames} frames: {min(clock):.3f} s, of the processor {min(processor):.3f} s")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
