"""A backend that says what a test wants: run with the standard library, argument 1 is a script.

Each line of the script is a step: {"say": message}, {"print": noise}, {"sleep": seconds},
{"leash": true} (until standard input closes; then it ends as the backend does), {"deaf": true}
(for ever, whatever happens), {"exit": status}.
"""

import json
import sys
import time
from pathlib import Path


def main() -> None:
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        ((what, value),) = json.loads(line).items()
        if what == "say":
            print(json.dumps(value), flush=True)
        elif what == "print":
            print(value, flush=True)
        elif what == "sleep":
            time.sleep(value)
        elif what == "leash":
            sys.stdin.read()
            sys.exit(130)
        elif what == "deaf":
            time.sleep(600)
        elif what == "exit":
            sys.exit(value)


main()
