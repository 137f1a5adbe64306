"""Speed, memory and start: long clips made from a short one, each in a process of its own."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import av
import numpy as np

from ...bootstrap.processes import ROOT
from ...errors import OneTakeError
from ...home import home
from ...job import fingerprint
from ...motion.take import Take
from ..report import Bar, Row, Table
from .session import Clip, Session, backend, load, say, timed

SOURCE = "running.mp4"  # one person, 1920 x 1088, 30 frames/s
LENGTHS = {"one minute": 60.0, "ten minutes": 600.0}
STARTS = 5
_RATE, _BUSY, _PEAK = "frames/s", "frames/processor s", "peak, GB"
_BARS = {_RATE: Bar("≥", 25), _PEAK: Bar("≤", 1.5), "exit": Bar("=", 0)}


def measure(session: Session) -> list[Table]:
    """The long clips, then the time that a command takes to start."""
    source = session.folder / SOURCE
    if not source.exists():
        raise OneTakeError("no_clips", f"{SOURCE}, which the long clips are made of, is missing.")
    rows = []
    for name, seconds in LENGTHS.items():
        with tempfile.TemporaryDirectory(prefix="onetake-") as temporary:
            clip = Clip(Path(temporary) / "long.mp4", Path(temporary) / "results")
            repeat(source, clip.video, seconds)
            say(f"estimating {name} of {SOURCE}")
            rows.append(_row(name, clip))
    columns = {
        "people": "d",
        "frames": "d",
        "seconds": ".1f",
        _RATE: ".1f",
        _BUSY: ".1f",
        _PEAK: ".2f",
        "load before": ".1f",
        "load after": ".1f",
        "exit": "d",
    }
    note = (
        f"{SOURCE} again and again, 1920 × 1088, from the start of the process to its end, on "
        f"{os.cpu_count()} processors. On a busy machine the frames of a processor's second say "
        "more than those of the clock's."
    )
    return [Table("Speed and memory: video to take", columns, rows, note), _starts()]


def repeat(source: Path, target: Path, seconds: float) -> None:
    """Write the source's video again and again, until `seconds`, without coding it anew."""
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        pictures = reader.streams.video[0]
        copy = writer.add_stream_from_template(pictures)
        packets = [packet for packet in reader.demux(pictures) if packet.size]
        length = sum(packet.duration for packet in packets)
        data = [(bytes(p), p.pts, p.dts, p.duration, p.is_keyframe) for p in packets]
        for k in range(round(seconds / float(length * pictures.time_base))):
            for content, pts, dts, duration, key in data:
                packet = av.Packet(content)
                packet.pts, packet.dts = pts + k * length, dts + k * length
                packet.duration, packet.is_keyframe = duration, key
                packet.time_base, packet.stream = pictures.time_base, copy
                writer.mux(packet)


def _row(name: str, clip: Clip) -> Row:
    jobs = home() / "jobs" / fingerprint(clip.video)  # a new file: its job is empty
    before = load()
    try:
        done = timed(backend("estimate", clip.video, "--output", clip.folder))
    finally:
        shutil.rmtree(jobs, ignore_errors=True)
    takes = [Take.load(path) for path in clip.takes] if done.status == 0 else []
    with av.open(str(clip.video)) as container:
        frames = container.streams.video[0].frames
    values = {
        "people": len(takes),
        "frames": frames,
        "seconds": done.seconds,
        _RATE: frames / done.seconds,
        _BUSY: done.processor and frames / done.processor,
        _PEAK: done.peak and done.peak / 1e9,
        "load before": before,
        "load after": load(),
        "exit": done.status,
    }
    # Without a number there is nothing to judge: the system does not tell.
    bars = {column: bar for column, bar in _BARS.items() if values[column] is not None}
    return Row(name, values, bars)


def _starts() -> Table:
    command = [sys.executable, ROOT / "onetake.py", "estimate", "--help"]
    runs = [timed(command) for _ in range(STARTS)]
    rows = [
        Row("first", {"seconds": runs[0].seconds}),
        Row(f"median of the next {STARTS - 1}", {
            "seconds": float(np.median([run.seconds for run in runs[1:]]))
        }),
    ]  # fmt: skip
    note = "" if "--fov" in "".join(runs[0].lines) else "Nothing is set up: only the front door."
    return Table("Start: python3 onetake.py estimate --help", {"seconds": ".2f"}, rows, note)
