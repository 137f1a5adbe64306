"""The backend with a stand-in for the conversion of a clip: argument 1 is for it, the rest ours.

A clip is a text file here: "good", or "bad" for one whose conversion fails. The stand-in writes
its results as the real one does, through `Outputs`, and takes the seconds of argument 1.
"""

import json
import signal
import sys
import time
from pathlib import Path

RECORD = {
    "verdict": "good", "warnings": [], "frames": 5, "seconds": 0.2, "start": 0.0, "found": 1.0,
    "people": [], "strip": "",
}  # fmt: skip


def convert(seconds: float, video: Path, folder: Path, key: str) -> int:
    from backend.errors import OneTakeError
    from backend.json_progress import JsonProgress
    from backend.outputs import Outputs

    told = JsonProgress()
    steps = 4
    try:
        with Outputs(folder, video.stem) as outputs:
            for step in range(steps):
                told.progress("standing in", step, steps)
                time.sleep(seconds / steps)
                for suffix in (".take.npz", ".blend"):
                    with outputs.file(video.stem + suffix).open("a") as file:
                        file.write(f"{video} {step}\n")
            if video.read_text() == "bad":
                raise OneTakeError("no_person", f"Nobody was found in {video.name}.")
            record = {"key": key, **RECORD, "files": outputs.names()}
            outputs.file(video.stem + ".quality.json").write_text(json.dumps(record))
    except OneTakeError as error:
        told.failed(error.message, error.code)
        return 1
    return 0


def batch(seconds: str, arguments: list[str]) -> int:
    from backend import __main__ as main
    from backend.batch import command, record, worker
    from backend.cli import _parse

    options = _parse(arguments)

    def stand_in(clip, _options, _threads):
        key = record.key_of(clip.video, options)
        return [sys.executable, __file__, "--clip", seconds, str(clip.video), str(clip.folder), key]

    worker.command_of = stand_in
    assert command.Worker is worker.Worker
    sys.argv[1:] = arguments
    return main.main()


def main() -> int:
    if sys.argv[1] != "--clip":
        return batch(sys.argv[1], sys.argv[2:])
    for signum in (signal.SIGTERM, signal.SIGINT):  # as backend/__main__.py does
        signal.signal(signum, signal.default_int_handler)
    try:
        return convert(float(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), sys.argv[5])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
