"""The FBX files that a conversion wrote, as Autodesk's SDK reads them, against Blender."""

import subprocess
from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from ..blender_view import as_blender_has_it
from ..report import Bar, Row, Table
from .session import Clip, Session

_JOINT, _SKIN = "joints, mm", "skin, mm"


def measure(session: Session) -> list[Table]:
    """A row a character: the largest errors of all frames."""
    columns = {"Blender": "", "frames": "d", "vertices": "d", _JOINT: ".4f", _SKIN: ".4f"}
    title = "FBX through Autodesk's SDK (largest of all frames)"
    return [Table(title, columns, session.rows(rows_of))]


def rows_of(clip: Clip) -> list[Row]:
    """Every character of a clip."""
    # The comparison is the tests'; they do not come with an installed add-on.
    from tests.engines.compare import JOINT_LIMIT, SKIN_LIMIT, difference, differences

    bars = {_JOINT: Bar("≤", 1000 * JOINT_LIMIT), _SKIN: Bar("≤", 1000 * SKIN_LIMIT)}
    with as_blender_has_it(clip.blend, None) as truths:
        version, rate = _about(truths[0])
        try:
            if rate:
                found = [difference(*pair) for pair in zip(clip.fbx, truths, strict=True)]
            else:  # the converter samples at a few rates only: exported again at one of them
                found = differences(clip.blend)
        except (OSError, KeyError, subprocess.CalledProcessError) as error:
            raise OneTakeError("no_converter", f"the FBX could not be read: {error}") from error
    return [
        Row(
            path.stem,
            {
                "Blender": version,
                "frames": item.frames,
                "vertices": item.vertices,
                _JOINT: 1000 * item.joint,
                _SKIN: 1000 * item.skin,
            },
            bars,
        )
        for path, item in zip(clip.fbx, found, strict=True)
    ]


def _about(truth: Path) -> tuple[str, int]:
    with np.load(truth, allow_pickle=False) as data:
        return str(data["blender"]), int(data["rate"])
