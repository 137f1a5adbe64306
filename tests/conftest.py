"""Shared fixtures; in CI a skipped test is a failed one."""

import importlib.util
import os
from pathlib import Path

import pytest

from tests.needs import skip_unless

# As backend/__main__.py does, and like it before anybody loads numpy.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

ROOT = Path(__file__).resolve().parents[1]
HAS_BPY = importlib.util.find_spec("bpy") is not None
IN_CI = os.environ.get("CI", "").lower() in ("1", "true")

# Each environment has one half: plain `pytest` runs what fits the one it is in.
collect_ignore = ["backend", "engines", "gui", "unit"] if HAS_BPY else ["blender"]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of clips, reference motion and papers beside the repository."""
    folder = ROOT.parent / "shared"
    skip_unless(folder.is_dir(), "the shared folder is not beside the repository")
    return folder


@pytest.fixture(scope="session")
def clips(shared: Path) -> Path:
    """The folder of test videos."""
    return shared / "clips"


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"In CI nothing may be missing. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    report = yield
    _fail_if_skipped(report)
    return report
