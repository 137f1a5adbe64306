"""Tests that need what not every machine has say so here."""

import pytest


def skip_unless(condition: object, why: str) -> None:
    """Skip the test (or, at a module's top, all of it) unless condition; why: what is missing.

    In CI (CI=true) a skip is a failure: see conftest.py.
    """
    if not condition:
        pytest.skip(why, allow_module_level=True)
