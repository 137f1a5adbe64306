"""`onetake.py package`: the extension's zip, built and validated by Blender's own tool."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Callable, Sequence

from ..errors import OneTakeError
from .installation import BLENDERS, Installation
from .processes import ROOT, environment, run

LARGEST = 60_000_000  # bytes


def package(
    installation: Installation,
    arguments: Sequence[str],
    blender: Path | None,
    say: Callable[[str], None],
) -> int:
    """Build the zip; 0 when it is there and valid. blender: a program, else the bpy module's."""
    parser = argparse.ArgumentParser(prog="onetake.py package")
    parser.add_argument("--output", type=Path, default=Path("output"), help="folder (output)")
    folder = parser.parse_args(arguments).output.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"onetake-{version()}.zip"
    if blender:
        tool = [blender, "--factory-startup", "--command", "extension"]
    else:
        python = installation.ensure(BLENDERS).blender
        assert python is not None
        tool = [python, blender_tool(python)]
    build = ["build", "--source-dir", ROOT, "--output-filepath", path]
    for step in (build, ["validate", path]):
        if run([*tool, *step], environment()) != 0:
            path.unlink(missing_ok=True)
            raise OneTakeError("package_failed", f"`{step[0]}` of the extension failed, see above.")
    size = path.stat().st_size
    if size > LARGEST:
        raise OneTakeError(
            "package_failed",
            f"{path} has {size / 1e6:.0f} MB, more than {LARGEST / 1e6:.0f}: leave something out "
            "in blender_manifest.toml.",
        )
    say(f"{path}: {size / 1e6:.1f} MB")
    return 0


def version() -> str:
    """The extension's version, from its manifest."""
    manifest = (ROOT / "blender_manifest.toml").read_text(encoding="utf-8")
    found = re.search(r'^version = "(.+)"', manifest, re.MULTILINE)
    assert found, "the manifest names no version"
    return found.group(1)


def blender_tool(python: Path) -> Path:
    """Blender's script that builds extensions, in the bpy module of this Python."""
    pattern = "[Ll]ib*/**/bpy/*/scripts/addons_core/bl_pkg/cli/blender_ext.py"
    found = next(python.parent.parent.glob(pattern), None)
    if found is None:
        raise OneTakeError("no_blender", f"{python} has no bpy; name a Blender with --blender.")
    return found
