"""What finished runs gave: a line of JSON each, appended, by the hash of the configuration."""

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.jsonl")


def read_results(path: Path = RESULTS) -> dict[str, dict[str, Any]]:
    """Key -> record; a line that a killed run left unfinished is none."""
    found = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            found[record["key"]] = record
    return found


def append_result(record: dict[str, Any], path: Path = RESULTS) -> None:
    """Add a finished run, on a line of its own whatever the file ends with."""
    whole = not path.exists() or path.read_bytes()[-1:] in (b"\n", b"")
    with path.open("a", encoding="utf-8") as stream:
        text = json.dumps(record, ensure_ascii=False, sort_keys=True)
        stream.write(("" if whole else "\n") + text + "\n")
