"""Where tests keep what is costly to fetch or to make."""

import os
from pathlib import Path


def cache() -> Path:
    """A folder outside the repository: ONETAKE_TEST_CACHE, else onetake-tests among the caches."""
    users = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("ONETAKE_TEST_CACHE") or users / "onetake-tests")
