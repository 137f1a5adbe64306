"""What paper 003 measures on the test clips: key points and silhouettes in the picture."""

import cv2
import numpy as np

from ...motion.body import Body
from ...people.detector import Region
from ..silhouette import mask
from .clips import TestClip
from .measure import Answered

CELLS = 256  # of the region's side, as BlazePose sees it
EVERY = 8  # frames

KEY_POINTS, SILHOUETTE = "key points, px", "silhouettes, px"


def picture_errors(answered: Answered, clip: TestClip, body: Body) -> dict[str, np.ndarray]:
    """Samples by column, in pixels of the 256 x 256 crop: the mean L1 distance of the 24 joints,
    and the root of the mean squared distance of silhouettes to each other, both ways.
    """
    track, chosen = clip.track, []
    for index, time in enumerate(clip.times[::EVERY]):
        at = int(np.abs(track.timestamps - time).argmin())
        if track.seen[at]:
            chosen.append((index * EVERY, at))
    joints, outlines = [], []
    for frame, at in chosen:
        region = Region(*map(float, track.regions[at]))
        to_cells = cv2.invertAffineTransform(region.to_picture(CELLS))
        got = answered.vertices(body, at)
        camera = clip.true.camera_R[frame]
        pelvis = clip.true.joints[frame, 0]
        skin = clip.true.vertices(body, slice(frame, frame + 1))[0]
        true = (skin - clip.true.world[frame, 0]) @ camera.T + pelvis
        places = [
            _cells(points, K, to_cells)
            for points, K in (
                (answered.joints[at] + answered.trans[at], clip.K),
                (clip.true.joints[frame], clip.true_K),
            )
        ]
        joints.append(np.abs(places[0] - places[1]).sum(axis=-1).mean())
        masks = [
            mask(_cells(points, K, to_cells), points[:, 2], body, (CELLS, CELLS))
            for points, K in ((got, clip.K), (true, clip.true_K))
        ]
        outlines.append(_apart(*masks))
    return {KEY_POINTS: np.array(joints), SILHOUETTE: np.sqrt(outlines)}


def _cells(points: np.ndarray, K: np.ndarray, to_cells: np.ndarray) -> np.ndarray:
    pixels = (points / points[:, 2:]) @ K[:2].T
    return pixels @ to_cells[:, :2].T + to_cells[:, 2]


def _apart(a: np.ndarray, b: np.ndarray) -> float:
    """Mean squared distance from each to the other, px^2; the crop's side where one is empty."""
    if not (a.any() and b.any()):
        return float(CELLS**2)
    return 0.5 * (_one_way(a, b) + _one_way(b, a))


def _one_way(a: np.ndarray, b: np.ndarray) -> float:
    far = cv2.distanceTransform((~b).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return float(np.square(far[a]).mean())
