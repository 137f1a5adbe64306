"""Time of smoothing a long take: python -m backend.evaluation.benchmark_smoothing [FRAMES]."""

import sys
import time

import numpy as np

from ..motion.smoothing import MODES, SmoothingSettings, smooth


def main(frames: int = 10_000) -> None:
    """Print the best and median of nine runs for each mode, everything included."""
    rng = np.random.default_rng(0)
    t = np.arange(frames) / 30
    # Swings of every joint, with noise, so that no gain is trivial.
    swing = 0.5 * np.sin(t[:, None, None] * rng.uniform(1, 6, (24, 3)))
    poses = (swing + rng.normal(0, 0.03, swing.shape)).astype(np.float32)
    trans = np.cumsum(rng.normal(0, 0.01, (frames, 3)), axis=0).astype(np.float32)
    for mode in MODES:
        times = []
        for _ in range(9):
            start = time.perf_counter()
            smooth(poses, trans, t, SmoothingSettings(mode=mode))
            times.append(time.perf_counter() - start)
        best, median = min(times), sorted(times)[len(times) // 2]
        print(f"{mode:9s} {frames} frames: best {best:.3f} s, median {median:.3f} s")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
