"""What a long clip costs: python -m backend.evaluation.benchmark_long [--minutes 30]

Loops the sample (or --source VIDEO) to a clip of that length and converts it, Blender and all, as
a batch would. Prints the time, and the most memory that each of its processes had: the bar is 1.5
GB for the backend, whatever the length.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import av

from ..batch.memory import families
from ..commands import SAMPLE
from ..home import home
from ..job import fingerprint
from .measure.session import backend
from .measure.speed import repeat

BAR = 1.5e9  # bytes of the backend
_LOOK = 0.2  # seconds between two looks


def main() -> int:
    """1 where the conversion fails, or the backend needs more than the bar."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--source", type=Path, default=SAMPLE)
    chosen, options = parser.parse_known_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the conversion ends with us
    with tempfile.TemporaryDirectory(prefix="onetake-long-") as temporary:
        clip = Path(temporary) / "long.mp4"
        repeat(chosen.source, clip, 60 * chosen.minutes)
        with av.open(str(clip)) as container:
            frames = container.streams.video[0].frames
        jobs = home() / "jobs" / fingerprint(clip)
        start = time.monotonic()
        process = subprocess.Popen(
            backend("convert", clip, "--output", temporary, "--quality-sheet", *options)
        )
        try:
            peaks, together = _watch(process)
        finally:
            process.kill()
            process.wait()
            shutil.rmtree(jobs, ignore_errors=True)
        seconds = time.monotonic() - start
        size = sum(path.stat().st_size for path in Path(temporary).iterdir() if path != clip)
    print(f"{chosen.minutes:g} minutes, {frames} frames in {seconds:.0f} s "
          f"({frames / seconds:.1f}/s), status {process.returncode}")  # fmt: skip
    mine = peaks.pop(process.pid, 0)
    print(f"peak of the backend: {mine / 1e9:.2f} GB (bar {BAR / 1e9:.1f})")
    print(f"peak of Blender: {max(peaks.values(), default=0) / 1e9:.2f} GB")
    print(f"peak of what both have for themselves: {together / 1e9:.2f} GB")
    print(f"results: {size / 1e6:.0f} MB")
    return int(process.returncode != 0 or mine > BAR)


def _watch(process: subprocess.Popen) -> tuple[dict[int, int], int]:
    """Until it ends: the most resident bytes of it and each of its children, and of all together
    without what they share."""
    peaks: dict[int, int] = {}
    together = 0
    while process.poll() is None:
        together = max(together, families([process.pid]).get(process.pid, 0))
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        pids = [process.pid]
        with suppress(OSError):
            pids += [int(pid) for pid in children.read_text().split()]
        for pid in pids:
            with suppress(OSError, StopIteration):  # it has just ended
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                peak = next(line for line in lines if line.startswith("VmHWM"))
                peaks[pid] = 1024 * int(peak.split()[1])
        time.sleep(_LOOK)
    return peaks, together


if __name__ == "__main__":
    sys.exit(main())
