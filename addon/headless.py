"""Takes in, .blend and exported files out, without a window.

    python addon/headless.py job.json                    with a Python that has the bpy wheel
    blender --background --factory-startup --python addon/headless.py -- job.json

With - in place of job.json, the job is the first line of standard input, and the process ends
when that closes. The job, paths absolute; null or missing leaves a part out:

    takes        take files of the people of one video
    body         the body npz they were estimated with
    video        upright video of constant rate to show behind the scene
    video_fps    its frame rate; the takes' own where null
    video_final  where the video will lie by the time that the .blend is opened, if elsewhere
    smoothing    SmoothingSettings as a dictionary; {} for the defaults, null for none
    blend        .blend to write
    exports      files to write: a list of {"preset": path of its JSON, "paths": one a take}

Prints JSON lines: {"stage", "done", "total"} as it goes, at the end
{"result": {"blend", "exports"}}, or {"error": sentence, "code"} and a non-zero exit status. What
else a reader finds between the lines is Blender's own and means nothing.
"""

import importlib.util
import json
import os
import shutil
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import bpy

# Loading a file gives Blender a new temporary folder; the first one is then nobody's.
_FIRST_TEMPORARY = bpy.app.tempdir


def load_package() -> None:
    """Import the repository as the package `onetake`, whatever its folder is called."""
    root = Path(__file__).resolve().parents[1]
    spec = importlib.util.spec_from_file_location(
        "onetake", root / "__init__.py", submodule_search_locations=[str(root)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["onetake"] = package
    spec.loader.exec_module(package)


def main(path: str, run: Callable[[dict, Callable[[dict], None]], dict] | None = None) -> int:
    """Run the job file; the process's exit status. run: what does it, addon/job.py where None."""
    # Blender's C code prints to descriptor 1 as it likes: the messages get a copy of it, and
    # everything else goes to the log.
    protocol = os.dup(1)
    os.dup2(2, 1)

    def say(message: dict) -> None:
        # A line of its own even where log and messages share one pipe and the log's has no end.
        os.write(protocol, b"\n" + json.dumps(message).encode() + b"\n")

    load_package()
    from onetake.backend.errors import OneTakeError

    if run is None:
        from onetake.addon.job import run

    try:
        say({"result": run(_job(path), say)})
    except OneTakeError as error:
        say({"error": error.message, "code": error.code})
        return 1
    except Exception as error:
        traceback.print_exc()
        say({"error": f"Building the Blender scene failed: {error!r}", "code": "internal"})
        return 1
    return 0


def _job(path: str) -> dict:
    if path != "-":
        return json.loads(Path(path).read_text(encoding="utf-8"))
    job = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_leave_when_alone, daemon=True).start()
    return job


def _leave_when_alone() -> None:
    """Whoever started us holds our standard input open for as long as it lives."""
    sys.stdin.buffer.read()
    leave(1)


def leave(status: int) -> None:
    """End the process without Blender's own clean-up, which can hang or crash under the wheel."""
    sys.stdout.flush()
    sys.stderr.flush()
    for folder in map(Path, {_FIRST_TEMPORARY, bpy.app.tempdir}):
        # Where Blender could not make a folder of its own this is the system's.
        if folder.name.startswith("blender_"):
            shutil.rmtree(folder, ignore_errors=True)
    os._exit(status)


if __name__ == "__main__":
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    if len(arguments) != 1:
        print("usage: headless.py job.json", file=sys.stderr)
        leave(2)
    leave(main(arguments[0]))
