"""What a long clip costs: python -m backend.evaluation.benchmark_long [--minutes 30]

Loops the sample (or --source VIDEO) to a clip of that length and converts it, Blender and all, as
a batch would. Prints the time, and the most memory that each of its processes had: the bar is 1.5
GB for each, whatever the length. With --without-pictures people are found once, in the sample, and
their track is looped in place of the video: everything that grows with the length but reading and
drawing pictures, which hold a few of them at a time, in minutes rather than in an hour.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path

import av
import numpy as np

from ..batch.memory import families
from ..blender_process import BlenderJob, blender_command
from ..body import body_path, load_body
from ..commands import SAMPLE, smoothed
from ..conversion import Options, people_in, takes_of
from ..estimators import create
from ..export_preset import shipped
from ..home import home
from ..job import fingerprint
from ..motion.smoothing import SmoothingSettings
from ..people import PersonTrack
from ..world import Camera
from .measure.session import backend
from .measure.speed import repeat

BAR = 1.5e9  # bytes of each process
_LOOK = 0.2  # seconds between two looks


def main() -> int:
    """1 where the conversion fails, or a process needs more than the bar."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--source", type=Path, default=SAMPLE)
    parser.add_argument("--without-pictures", action="store_true", help="loop landmarks instead")
    chosen, options = parser.parse_known_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the conversion ends with us
    with tempfile.TemporaryDirectory(prefix="onetake-long-") as temporary:
        if chosen.without_pictures:
            return _without_pictures(Path(temporary), chosen)
        return _whole(Path(temporary), chosen, options)


def looped(track: PersonTrack, frames: int, fps: float) -> PersonTrack:
    """The track, to and fro, until it has that many frames."""
    count = len(track.seen)
    order = np.concatenate([np.arange(count), np.arange(count - 2, 0, -1)])
    order = np.resize(order, frames)
    arrays = {item.name: getattr(track, item.name) for item in fields(track)}
    moved = {name: a[order] for name, a in arrays.items() if isinstance(a, np.ndarray)}
    moved |= {"frame_index": np.arange(frames), "timestamps": np.arange(frames) / fps}
    return replace(track, **moved)


def _whole(room: Path, chosen: argparse.Namespace, options: list[str]) -> int:
    clip = room / "long.mp4"
    repeat(chosen.source, clip, 60 * chosen.minutes)
    with av.open(str(clip)) as container:
        frames = container.streams.video[0].frames
    jobs = home() / "jobs" / fingerprint(clip)
    start = time.monotonic()
    process = subprocess.Popen(
        backend("convert", clip, "--output", room, "--quality-sheet", *options)
    )
    try:
        peaks, together = _watch(process.pid, lambda: process.poll() is None)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(jobs, ignore_errors=True)
    seconds = time.monotonic() - start
    size = sum(path.stat().st_size for path in room.iterdir() if path != clip)
    print(f"{chosen.minutes:g} minutes, {frames} frames in {seconds:.0f} s "
          f"({frames / seconds:.1f}/s), status {process.returncode}")  # fmt: skip
    mine = peaks.pop(process.pid, 0)
    print(f"peak of the backend: {mine / 1e9:.2f} GB (bar {BAR / 1e9:.1f})")
    blender = _say_blender(peaks)
    print(f"peak of what both have for themselves: {together / 1e9:.2f} GB")
    print(f"results: {size / 1e6:.0f} MB")
    return int(process.returncode != 0 or max(mine, blender) > BAR)


def _without_pictures(room: Path, chosen: argparse.Namespace) -> int:
    blender_command()  # said before ten minutes have gone by
    options, body = Options(), load_body()
    info, tracks, _ = people_in(chosen.source, options)
    camera = Camera.of(info, None, None)
    track = looped(tracks[0], round(60 * chosen.minutes * info.fps), info.fps)
    start = time.monotonic()
    motion = create(options.estimator).estimate(
        track, camera.K, body, progress=lambda done, total: None, should_stop=lambda: False
    )
    (take,) = takes_of(info, camera, body, [track], [motion], options)
    take.save(room / "long.take.npz")
    smoothed(take, SmoothingSettings(), body)
    print(f"{chosen.minutes:g} minutes, {len(take)} frames: "
          f"take after {time.monotonic() - start:.0f} s", flush=True)  # fmt: skip
    preset = shipped()["fbx"]
    job = {
        "takes": [str(room / "long.take.npz")],
        "body": str(body_path().resolve()),
        "smoothing": {},
        "blend": str(room / "long.blend"),
        "exports": [{"preset": str(preset.source), "paths": [str(room / "long.fbx")]}],
    }
    with BlenderJob(job, len(take)) as blender:
        peaks, _ = _watch(os.getpid(), lambda: blender.running)
        blender.check()
    print(f".blend and .fbx after {time.monotonic() - start:.0f} s")
    mine = peaks.pop(os.getpid(), 0)
    print(f"peak of the backend: {mine / 1e9:.2f} GB (bar {BAR / 1e9:.1f})")
    return int(max(mine, _say_blender(peaks)) > BAR)


def _say_blender(peaks: dict[int, int]) -> int:
    peak = max(peaks.values(), default=0)
    print(f"peak of Blender: {peak / 1e9:.2f} GB (bar {BAR / 1e9:.1f})")
    return peak


def _watch(parent: int, running: Callable[[], bool]) -> tuple[dict[int, int], int]:
    """While it runs: the most resident bytes of the parent and each of its children, and of all
    together without what they share."""
    peaks: dict[int, int] = {}
    together = 0
    while running():
        together = max(together, families([parent]).get(parent, 0))
        children = Path(f"/proc/{parent}/task/{parent}/children")
        pids = [parent]
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
