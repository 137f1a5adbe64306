"""The body through Blender's own camera, against what the detector saw."""

import numpy as np

from ...body import load_body
from ...motion.body import Body
from ...motion.take import Take
from ...people import PersonTrack
from ..benchmark.bars import CLIPS, IOU, bars_of
from ..blender_view import as_blender_has_it
from ..report import Row, Table
from ..silhouette import CONFIDENT, FRAMES, agreement, looked_at
from .session import Clip, Session

_LOWEST, _PX, _SHARE = "lowest", "landmarks, px", "landmarks, % of height"


def measure(session: Session) -> list[Table]:
    """A row for each clip of one person."""
    body = load_body()
    rows = session.rows(lambda clip: [row(clip, body)] if len(clip.takes) == 1 else [])
    columns = {"frames": "d", IOU: ".3f", _LOWEST: ".3f", _PX: ".1f", _SHARE: ".1f"}
    note = (
        f"Mean over {FRAMES} frames, smoothed as the scene is; lowest of them. Landmarks with a "
        f"visibility of {CONFIDENT} or more, where the body has them and where BlazePose saw them."
    )
    return [Table("Silhouettes through Blender's camera", columns, rows, note)]


def row(clip: Clip, body: Body) -> Row:
    """A clip of one person; the clip's frames without a silhouette do not count."""
    take, track = Take.load(clip.takes[0]), PersonTrack.load(clip.tracks[0])
    seconds = take.timestamps[looked_at(track)].tolist()
    with as_blender_has_it(clip.blend, [seconds]) as (path,):
        found = agreement(path, take, track, body)
    values = {
        "frames": len(found.overlap),
        IOU: float(np.mean(found.overlap)),
        _LOWEST: float(np.min(found.overlap)),
        _PX: float(np.nanmean(found.landmarks)),
        _SHARE: float(np.nanmean(found.share)),
    }
    return Row(clip.name, values, bars_of(CLIPS, smoothed=True))
