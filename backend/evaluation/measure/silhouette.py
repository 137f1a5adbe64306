"""The body through Blender's own camera, against what the detector saw."""

import numpy as np

from ...body import load_body
from ...motion.body import Body
from ...motion.take import Take
from ...people import PersonTrack
from ...preview.raster import render_mask
from ..metrics import silhouette_iou
from .blender_view import as_blender_has_it
from .report import Bar, Row, Table
from .session import Clip, Session

FRAMES = 24  # looked at, spread over those in which the person is seen
CONFIDENT = 0.8  # visibility of the landmarks whose error counts
_IOU, _LOWEST, _PX, _SHARE = "IoU", "lowest", "landmarks, px", "landmarks, % of height"


def measure(session: Session) -> list[Table]:
    """A row for each clip of one person."""
    body = load_body()
    rows = session.rows(lambda clip: [row(clip, body)] if len(clip.takes) == 1 else [])
    columns = {"frames": "d", _IOU: ".3f", _LOWEST: ".3f", _PX: ".1f", _SHARE: ".1f"}
    note = (
        f"Mean over {FRAMES} frames, smoothed as the scene is; lowest of them. Landmarks with a "
        f"visibility of {CONFIDENT} or more, where the body has them and where BlazePose saw them."
    )
    return [Table("Silhouettes through Blender's camera", columns, rows, note)]


def row(clip: Clip, body: Body) -> Row:
    """A clip of one person; the clip's frames without a silhouette do not count."""
    take, track = Take.load(clip.takes[0]), PersonTrack.load(clip.tracks[0])
    chosen = spread(np.flatnonzero(track.seen), FRAMES)
    with (
        as_blender_has_it(clip.blend, [take.timestamps[chosen].tolist()]) as (path,),
        np.load(path, allow_pickle=False) as data,
    ):
        picture, depth = data["picture"], data["depth"]
        width, height = map(int, data["size"])
    overlaps = [
        silhouette_iou(
            mask(picture[i], depth[i], body, (height, width)),
            track.silhouette(frame, (height, width)),
        )
        for i, frame in enumerate(chosen)
    ]
    errors = landmark_errors(picture, depth, body, take.landmarks[chosen])
    # As high as the person would be upright: a squat must not make the same error larger.
    stature = np.ptp(body.rest_vertices(take.betas)[:, 1])
    pixels = stature * take.camera_K[1, 1] / np.median(depth, axis=1)
    values = {
        "frames": len(chosen),
        _IOU: float(np.mean(overlaps)),
        _LOWEST: float(np.min(overlaps)),
        _PX: float(np.nanmean(errors)),
        _SHARE: 100 * float(np.nanmean(errors / pixels[:, None])),
    }
    return Row(clip.name, values, {_IOU: Bar("≥", 0.6)})


def spread(indices: np.ndarray, count: int) -> np.ndarray:
    """At most `count` of the indices (N,), evenly, both ends among them."""
    return indices[np.unique(np.linspace(0, len(indices) - 1, count).round().astype(int))]


def mask(picture: np.ndarray, depth: np.ndarray, body: Body, size: tuple[int, int]) -> np.ndarray:
    """Bool (H, W) where the body's faces are, from its vertices' pixels (V, 2) and depths (V,)."""
    # A camera of focal length 1 at depth 1 sees pixels where they are.
    points = np.column_stack([picture, np.where(depth > 0, 1.0, -1.0)])
    return render_mask(points, body.f if body.quads is None else body.quads, np.eye(3), size)


def landmark_errors(
    picture: np.ndarray, depth: np.ndarray, body: Body, landmarks: np.ndarray
) -> np.ndarray:
    """(T, 33) px between the body's landmarks and those seen, NaN where these are not confident.

    picture (T, V, 2) px, depth (T, V) m; landmarks (T, 33, 3): x, y px, visibility.
    """
    # A point's place in the picture times its depth is linear in the point.
    weights = body.landmark_regressor @ depth[..., None]
    places = body.landmark_regressor @ (picture * depth[..., None]) / weights
    errors = np.linalg.norm(places - landmarks[..., :2], axis=-1)
    return np.where(landmarks[..., 2] >= CONFIDENT, errors, np.nan)
