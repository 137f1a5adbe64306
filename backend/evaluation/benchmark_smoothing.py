"""Time of smoothing a long take: python -m backend.evaluation.benchmark_smoothing [FRAMES]."""

import sys
import time

import numpy as np

from ..motion.smoothing import MODES, SmoothingSettings, smooth


def main(frames: int = 10_000) -> None:
    """Print the best of nine runs for each mode, everything included.

    On a busy machine the processor's time says more than the clock's.
    """
    rng = np.random.default_rng(0)
    t = np.arange(frames) / 30
    # Swings of every joint, with noise, so that no gain is trivial.
    swing = 0.5 * np.sin(t[:, None, None] * rng.uniform(1, 6, (24, 3)))
    poses = (swing + rng.normal(0, 0.03, swing.shape)).astype(np.float32)
    trans = np.cumsum(rng.normal(0, 0.01, (frames, 3)), axis=0).astype(np.float32)
    for mode in MODES:
        clock, processor = [], []
        for _ in range(9):
            start, started = time.perf_counter(), time.process_time()
            smooth(poses, trans, t, SmoothingSettings(mode=mode))
            clock.append(time.perf_counter() - start)
            processor.append(time.process_time() - started)
        print(
            f"{mode:9s} {frames} frames: {min(clock):.3f} s, "
            f"of the processor {min(processor):.3f} s"
        )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
