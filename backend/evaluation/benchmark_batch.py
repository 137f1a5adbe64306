"""A batch under fire, and what two jobs gain: python -m backend.evaluation.benchmark_batch

Cuts short clips from the sample, spoils some, converts them all while the batch is killed, twice
at random, and counts what is there in the end. With --throughput it converts some of them with one
job and with two in place of that, for which nothing else may run. Work is kept apart: each run
begins with an empty job cache.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2

from ..bootstrap.processes import ROOT
from ..commands import SAMPLE
from ..home import home
from ..video import VideoWriter, frames, probe

FRAMES, HEIGHT = 5, 180  # of a clip
CLIPS, FEWER = 100, 24  # under fire; for the throughput, which takes minutes on two processors
_KILLS = (signal.SIGKILL, signal.SIGTERM)
_FOLDERS = 4


def main() -> int:
    """1 where anything is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, help=f"{CLIPS}, or {FEWER} for the throughput")
    parser.add_argument("--bad", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--throughput", action="store_true")
    chosen = parser.parse_args()
    chosen.clips = chosen.clips or (FEWER if chosen.throughput else CLIPS)
    with tempfile.TemporaryDirectory(prefix="onetake-batch-") as temporary:
        room = Path(temporary)
        bad = 0 if chosen.throughput else chosen.bad
        make_clips(room / "clips", chosen.clips, bad, chosen.seed)
        return _throughput(room, chosen) if chosen.throughput else _under_fire(room, chosen)


def make_clips(folder: Path, count: int, bad: int, seed: int) -> None:
    """`count` clips of FRAMES frames in folders that share names; `bad` of them are no videos, or
    show nobody, in equal parts."""
    info = probe(SAMPLE)
    size = (round(info.width * HEIGHT / info.height / 2) * 2, HEIGHT)
    with frames(info) as reader:
        pictures = [cv2.resize(frame.rgb, size, interpolation=cv2.INTER_AREA) for frame in reader]
    chance = random.Random(seed)
    spoilt = {k: n for n, k in enumerate(chance.sample(range(count), bad))}
    for k in range(count):
        path = folder / f"day{k % _FOLDERS}" / f"clip{k // _FOLDERS:02d}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        first = chance.randrange(len(pictures) - FRAMES)
        shown = pictures[first : first + FRAMES]
        if k in spoilt and spoilt[k] % 2:
            shown = [picture * 0 + 90 for picture in shown]
        with VideoWriter(path, 25 + k / count) as writer:  # no two alike: a job cache knows copies
            for picture in shown:
                writer.write(picture)
        if k in spoilt and not spoilt[k] % 2:
            path.write_bytes(path.read_bytes()[:200])


def _batch(room: Path, name: str, jobs: int) -> subprocess.Popen:
    """The batch as its users run it, into room/name, with a home of its own."""
    own = room / f"home-{name}"
    if not own.exists():
        own.mkdir()
        (own / "models").symlink_to((home() / "models").absolute())
    return subprocess.Popen(
        [sys.executable, "-m", "backend", "convert", room / "clips", "--output", room / name,
         "--jobs", str(jobs)],
        env={**os.environ, "ONETAKE_HOME": str(own), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def _finished(out: Path) -> dict[Path, int]:
    """Records of clips, and when they were written."""
    return {path: path.stat().st_mtime_ns for path in out.rglob("*.quality.json")}


def _under_fire(room: Path, chosen: argparse.Namespace) -> int:
    out, chance = room / "out", random.Random(chosen.seed)
    good = chosen.clips - chosen.bad
    before: dict[Path, int] = {}
    again = 0
    for number, signum in enumerate(_KILLS, 1):
        enough = round(good * (number - chance.random()) / (len(_KILLS) + 1))
        batch = _batch(room, "out", chosen.jobs)
        while len(_finished(out)) < enough and batch.poll() is None:
            time.sleep(chance.random())
        if signum == signal.SIGKILL:
            os.killpg(batch.pid, signum)
        else:
            batch.send_signal(signum)
        status = batch.wait()
        now = _finished(out)
        again += sum(now.get(path) != when for path, when in before.items())
        before = now
        print(f"{signum.name} after {len(now)} results: status {status}", flush=True)
    status = _batch(room, "out", chosen.jobs).wait()
    now = _finished(out)
    again += sum(now.get(path) != when for path, when in before.items())
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    failures = [clip for clip in report["clips"] if clip["state"] == "failed"]
    hidden = list(out.rglob(".*"))
    strays = {path for path in out.rglob("*") if path.is_file()} - {
        path.parent / name
        for path in now
        for name in [*json.loads(path.read_text(encoding="utf-8"))["files"], path.name]
    } - {out / "report.html", out / "report.json"}  # fmt: skip
    print(f"status {status}; {len(now)} results, {len(failures)} failures, {again} made twice, "
          f"{len(hidden)} half files, {len(strays)} strays")  # fmt: skip
    for sentence in sorted({clip["error"].split(" ", 1)[1] for clip in failures}):
        print(f"  … {sentence}")
    right = (len(now), len(failures), again, len(hidden), len(strays), status)
    return int(right != (good, chosen.bad, 0, 0, 0, 1 if chosen.bad else 0))


def _throughput(room: Path, chosen: argparse.Namespace) -> int:
    rates = []
    for jobs in (1, 2):
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        start = time.monotonic()
        status = _batch(room, f"jobs{jobs}", jobs).wait()
        rates.append(60 * chosen.clips / (time.monotonic() - start))
        print(f"{jobs} at a time: {rates[-1]:.2f} clips a minute, status {status}, load before "
              f"{load:.1f}", flush=True)  # fmt: skip
        shutil.rmtree(room / f"jobs{jobs}")
    print(f"two jobs over one: {rates[1] / rates[0]:.2f} on {os.cpu_count()} processors")
    return 0


if __name__ == "__main__":
    sys.exit(main())
