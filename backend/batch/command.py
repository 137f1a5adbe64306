"""`convert` of a folder, or of several videos."""

import argparse
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from ..errors import OneTakeError
from ..job import trim_cache
from ..terminal import span
from .clips import Clip, find_clips
from .display import Lines, Progress, display
from .lock import Lock
from .memory import memory_to_use, parse_size
from .outcome import KEPT, Outcome
from .pool import Pool
from .record import key_of, options_of, read_record
from .report import Report
from .share import Share, share_out
from .worker import CAN_KEEP, Worker


def add_options(parser: argparse.ArgumentParser) -> None:
    """What `convert` takes for folders and several videos."""
    parser.add_argument(
        "--jobs", type=int, metavar="N",
        help="clips to convert at once (as many as processors, memory and GPU allow)",
    )  # fmt: skip
    parser.add_argument(
        "--match", action="append", metavar="PATTERN",
        help="of a folder only these: '*.mov', 'day2/*'; may be given again",
    )  # fmt: skip
    parser.add_argument(
        "--max-memory", metavar="SIZE",
        help="for all conversions together, like 6GB (three quarters of what is free)",
    )  # fmt: skip
    parser.add_argument(
        "--quality-sheet", action="store_true",
        help="also write .quality.png and .quality.json (of a folder's clips they always are)",
    )  # fmt: skip


def is_batch(arguments: argparse.Namespace) -> bool:
    """Whether it is more than one video that `convert` was given."""
    return len(arguments.videos) > 1 or any(map(os.path.isdir, arguments.videos))


def run(arguments: argparse.Namespace) -> int:
    """Convert all clips; exit status 1 when any failed. OneTakeError where none can begin."""
    if arguments.jobs is not None and arguments.jobs < 1:
        raise OneTakeError("usage", "--jobs wants 1 or more.")
    memory = parse_size(arguments.max_memory) if arguments.max_memory else memory_to_use()
    output = Path(arguments.output)
    clips = find_clips([Path(each) for each in arguments.videos], output, arguments.match or ())
    with ExitStack() as stack:
        lock = stack.enter_context(Lock(output))
        kept, pending = _sorted_out(clips, arguments)
        share = share_out(arguments.jobs, len(pending), memory, arguments.device)
        report = Report(output, clips, options_of(arguments), share)
        stack.callback(report.write)
        progress = Progress(len(clips), len(kept), sum(clip.size for clip in pending))
        shown = stack.enter_context(closing(display(arguments.progress, progress)))
        _announce(shown, clips, kept, share)
        for outcome in kept:
            report.add(outcome)

        def tell(outcome: Outcome) -> None:
            progress.add(outcome)
            report.add(outcome)
            shown.ended(outcome)
            report.write_now_and_then()

        options = [*options_of(arguments), f"--device={share.device}"]
        start = partial(
            Worker, options=options, threads=share.threads,
            keep=lock.descriptor if CAN_KEEP else None,
        )  # fmt: skip
        began = time.monotonic()
        Pool(pending, share, start, partial(_record, arguments=arguments)).run(tell, shown.tick)
        done = len(clips) - progress.failed
        shown.say(f"{done} of {len(clips)} videos done in {span(time.monotonic() - began)}.")
        shown.say(f"Report: {report.page}")
    trim_cache()
    return 1 if progress.failed else 0


def _sorted_out(
    clips: Sequence[Clip], arguments: argparse.Namespace
) -> tuple[list[Outcome], list[Clip]]:
    """Those that are done and unchanged, and those to be converted."""
    kept, pending = [], []
    for clip in clips:
        record = _record(clip, arguments)
        if record:
            kept.append(Outcome(clip, KEPT, record))
        else:
            pending.append(clip)
    return kept, pending


def _record(clip: Clip, arguments: argparse.Namespace) -> dict | None:
    """Of the clip's results where they are there, and as the clip and the options want them."""
    if not clip.video.is_file():
        return None
    try:
        key = key_of(clip.video, arguments)
    except OSError:  # its conversion will say why
        return None
    return read_record(clip.folder, clip.video.stem, key)


def _announce(shown: Lines, clips: Sequence[Clip], kept: Sequence[Outcome], share: Share) -> None:
    text = f"{len(clips)} clips"
    if kept:
        text += f", {len(kept)} of them done and unchanged"
    if len(kept) < len(clips):
        text += f"; {share.jobs} at a time on {share.device}"
        text += f" within {share.memory / 1e9:.1f} GB" if share.memory else ""
    shown.say(text)
