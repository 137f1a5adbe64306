"""The body as a camera of Blender's shows it, against what BlazePose saw in the video."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..motion.body import Body
from ..motion.take import Take
from ..people import PersonTrack
from ..preview.raster import render_mask
from .metrics import silhouette_iou

FRAMES = 24  # looked at, spread over those in which the person is seen
CONFIDENT = 0.8  # visibility of the landmarks whose error counts


@dataclass(frozen=True)
class Agreement:
    """Of F frames."""

    overlap: np.ndarray  # (F,) intersection over union of the two silhouettes
    landmarks: np.ndarray  # (F, 33) px from where BlazePose saw them, NaN where it was not sure
    share: np.ndarray  # (F, 33) the same in per cent of the person's height in the picture


def looked_at(track: PersonTrack) -> np.ndarray:
    """(F,) the frames that count."""
    return spread(np.flatnonzero(track.seen), FRAMES)


def agreement(seen_by_blender: Path, take: Take, track: PersonTrack, body: Body) -> Agreement:
    """seen_by_blender: an npz of `as_blender_has_it` at the times of the frames `looked_at`.

    track: made with masks.
    """
    with np.load(seen_by_blender, allow_pickle=False) as data:
        picture, depth = data["picture"], data["depth"]
        width, height = map(int, data["size"])
    chosen = looked_at(track)
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
    return Agreement(np.array(overlaps), errors, 100 * errors / pixels[:, None])


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
