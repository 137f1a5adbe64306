"""OneTake's front door: `python3 onetake.py convert VIDEO`.

Any Python can read this file; it makes the environments OneTake needs, once, and runs the command
in them. Everything is in backend/bootstrap.
"""

import sys

if sys.version_info < (3, 8):
    sys.exit("OneTake starts with Python 3.8 or newer (3.11 is best); this is Python "
             + sys.version.split()[0] + ". Run it as: python3.11 onetake.py")  # fmt: skip

from backend.bootstrap.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
