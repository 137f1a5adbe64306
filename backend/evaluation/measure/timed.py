"""Run a command and write down what it took: python timed.py REPORT.json COMMAND [ARGUMENT ...]

A script of its own, without imports of ours: a process begins as heavy as the one that starts it,
so that the peak of a child says nothing about the child when a big program counts it.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None


def main(report: str, *command: str) -> int:
    """The command's exit status; REPORT gets seconds, processor seconds, peak bytes."""
    start = time.monotonic()
    status = subprocess.call(command)
    took = {"status": status, "seconds": time.monotonic() - start, "processor": None, "peak": None}
    if resource:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        took["processor"] = usage.ru_utime + usage.ru_stime
        # Linux counts in kilobytes, macOS in bytes.
        took["peak"] = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    Path(report).write_text(json.dumps(took), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
