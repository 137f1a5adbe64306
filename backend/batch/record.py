"""The record beside a clip's results: what they were made of, and what they are worth."""

import argparse
import hashlib
import json
from contextlib import suppress
from pathlib import Path

from .. import __version__, estimators
from ..conversion import weights
from ..job import fingerprint
from ..outputs import Outputs
from ..people import PEOPLE_VERSION
from ..quality import Quality

SHEET, RECORD = ".quality.png", ".quality.json"
# What a batch decides for each clip, or what makes no difference to the results.
_OURS = {
    "command", "run", "videos", "output", "progress", "threads",
    "jobs", "match", "max_memory", "quality_sheet",
}  # fmt: skip
_SAME_RESULTS = ("--device=",)


def options_of(arguments: argparse.Namespace) -> list[str]:
    """The options of `convert` that were chosen, as they are given on a command line.

    All that the parser knows, but for a batch's own: an option that convert gains reaches every
    clip, and a changed one makes it converted anew.
    """
    options = []
    for name, value in sorted(vars(arguments).items()):
        if name in _OURS or value is None or value is False:
            continue
        flag = "--" + name.replace("_", "-")
        if value is True:
            options.append(flag)
        elif isinstance(value, (list, tuple)):
            options += [f"{flag}={','.join(map(str, value))}"] if value else []
        else:
            options.append(f"{flag}={value}")
    return options


def key_of(video: Path, arguments: argparse.Namespace) -> str:
    """A hash of all that a clip's results depend on: the video, options and files that these name,
    and what computes them. OSError where the video cannot be read."""
    options = [each for each in options_of(arguments) if not each.startswith(_SAME_RESULTS)]
    values = [value for name, value in vars(arguments).items() if name not in _OURS]
    named = [Path(value) for value in values if isinstance(value, str)]
    parts = [
        fingerprint(video),
        *options,
        *(fingerprint(path) for path in named if path.is_file()),
        f"{__version__} {PEOPLE_VERSION} {estimators.VERSION} {weights()}",
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def stage_quality(outputs: Outputs, video: Path, quality: Quality, key: str) -> None:
    """Add the sheet and, as the last of the outputs, the record."""
    quality.save_sheet(video.name, outputs.file(video.stem + SHEET))
    record = {"key": key, **quality.to_dict(), "files": outputs.names()}
    path = outputs.file(video.stem + RECORD)
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False), encoding="utf-8")


def read_record(folder: Path, stem: str, key: str) -> dict | None:
    """A clip's record where its results are complete and were made of what `key` says, or None."""
    # Damage of any kind makes it no record, and the clip is converted again.
    with suppress(OSError, ValueError, KeyError, TypeError):
        record = json.loads((folder / (stem + RECORD)).read_text(encoding="utf-8"))
        if record["key"] == key and all((folder / name).exists() for name in record["files"]):
            return record
    return None
