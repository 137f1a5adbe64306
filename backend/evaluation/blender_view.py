"""A converted clip as Blender has it: runs tests/engines/blender_view.py in Blender."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ..bootstrap.processes import ROOT, environment, run
from ..errors import OneTakeError

_SCRIPT = ROOT / "tests" / "engines" / "blender_view.py"


@contextmanager
def as_blender_has_it(blend: Path, seconds: list[list[float]] | None) -> Iterator[list[Path]]:
    """An npz a character, as the script describes them; they go when the block ends.

    seconds: times of the video for each character, or None for every frame.
    OneTakeError where Blender fails.
    """
    with TemporaryDirectory(prefix="onetake-") as temporary:
        folder = Path(temporary)
        job, log = folder / "job.json", folder / "log"
        what = {"blend": str(blend.resolve()), "folder": str(folder), "seconds": seconds}
        job.write_text(json.dumps(what), encoding="utf-8")
        with log.open("wb") as output:
            status = run([*_blender(), job], environment(), stdout=output)
        if status:
            words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            raise OneTakeError("blender_failed", f"Blender ended with {status}: {''.join(words)}")
        yield sorted(folder.glob("*.npz"), key=lambda path: int(path.stem))


def _blender() -> list[str | Path]:
    if blender := os.environ.get("ONETAKE_BLENDER"):
        options = ["--background", "--factory-startup", "--python-exit-code", "1"]
        return [blender, *options, "--python", _SCRIPT, "--"]
    if python := os.environ.get("ONETAKE_BLENDER_PYTHON"):
        return [python, _SCRIPT]
    raise OneTakeError("no_blender", "No Blender is set up; run `python3 onetake.py setup`.")
