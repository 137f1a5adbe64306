"""The steps around BlazePose's two networks: what goes into them and what comes out means.

Bazarevsky et al. 2020, "BlazePose: On-device Real-time Body Pose tracking". The steps follow
mediapipe 0.10.21 (modules/pose_detection, modules/pose_landmark; Apache-2.0).
"""

from collections.abc import Mapping

import cv2
import numpy as np

from .detector import Detection, LandmarkResult, Region

DETECTOR_CELLS = 224
ANCHOR_GRIDS = ((28, 2), (14, 2), (7, 6))  # cells a side, anchors a cell
DETECTION_SCORE = 0.5
SUPPRESSION_IOU = 0.3
REGION_MARGIN = 1.25  # over the circle around the person

LANDMARK_CELLS = 256
HEATMAP_CELLS = 64
HEATMAP_REACH = 4  # cells around the regressed landmark: a kernel of 9
HEATMAP_PEAK = 0.5  # a flatter heat map does not move the landmark
MASK_CELLS = 128
LANDMARKS, POINTS = 33, 39  # the network adds 6 points; two of them give the next region

# Tensors of pose_landmark_full.tflite: landmarks 195, flag 1, heat maps (64, 64, 39), world 117;
# mask logits (256, 256), a quarter of the network's time; and inside it the last map that all its
# numbers are read from, (2, 2, 288), and the one that its heat maps are a linear function of, (64,
# 64, 48).
RAW, FLAG, HEAT, WORLD, MASK, LAST, CELLS = 337, 342, 298, 339, 297, 335, 279
WHOLE_FEATURES, PART_FEATURES = 2 * 2 * 288, 48  # of the person, and of each landmark
PARTS_FEATURES = LANDMARKS * PART_FEATURES  # of all landmarks, after those of the person
FEATURES = WHOLE_FEATURES + PARTS_FEATURES

ANCHORS = np.concatenate(
    [
        np.repeat((np.stack(np.meshgrid(r, r), -1).reshape(-1, 2) + 0.5) / cells, each, 0)
        for cells, each in ANCHOR_GRIDS
        for r in [np.arange(cells)]
    ]
).astype(np.float32)  # (2254, 2) x, y of unit squares' centres


def detector_input(rgb: np.ndarray, window: Region) -> np.ndarray:
    """(224, 224, 3) f4 -1..1, black outside the picture."""
    crop = window.crop(rgb, DETECTOR_CELLS, cv2.BORDER_CONSTANT)
    return crop.astype(np.float32) * (2 / 255) - 1


def detections(boxes: np.ndarray, logits: np.ndarray, window: Region) -> list[Detection]:
    """From the detector's (2254, 12) boxes and (2254,) logits, any shape: people, best first."""
    logits = logits.reshape(-1)
    keep = logits >= -np.log(1 / DETECTION_SCORE - 1)
    points = boxes.reshape(-1, 6, 2)[keep] / DETECTOR_CELLS  # centre, size, 4 key points
    points[:, [0, 2, 3, 4, 5]] += ANCHORS[keep, None]
    corner = np.array([window.x, window.y]) - window.side / 2
    found = []
    for score, point in _suppress(_sigmoid(logits[keep]), points):
        hips, top = point[2:4] * window.side + corner
        found.append(Detection(float(score), _region(hips, top)))
    return found


def landmark_crop(rgb: np.ndarray, region: Region) -> np.ndarray:
    """(256, 256, 3) u1, the picture's edge repeated outside it."""
    return region.crop(rgb, LANDMARK_CELLS)


def landmark_input(crop: np.ndarray) -> np.ndarray:
    """A crop, u1, as the network takes it: f4 0..1."""
    return crop.astype(np.float32) / 255


def landmark_tensors(*, outlines: bool, features: bool) -> tuple[int, ...]:
    """What the landmark network is to return."""
    return (
        *(RAW, FLAG, HEAT, WORLD),
        *((MASK,) if outlines else ()),
        *((LAST, CELLS) if features else ()),
    )


def landmark_result(
    outputs: Mapping[int, np.ndarray], size: tuple[int, int], region: Region
) -> LandmarkResult:
    """From the landmark network's outputs for one region of a picture of size (height, width).

    outputs, f4 in any shape, by `landmark_tensors`: without MASK there is no mask, without LAST and
    CELLS there are no features.
    """
    raw = outputs[RAW].reshape(POINTS, 5)
    heat = outputs[HEAT].reshape(HEATMAP_CELLS, HEATMAP_CELLS, POINTS)
    place = _refine(raw[:, :2] / LANDMARK_CELLS, heat)
    to_picture = region.to_picture(1)
    pixels = place @ to_picture[:, :2].T + to_picture[:, 2]
    turn = np.eye(3)
    turn[:2, :2] = to_picture[:, :2] / region.side
    return LandmarkResult(
        landmarks=np.column_stack([pixels, _sigmoid(raw[:, 3])])[:LANDMARKS].astype(np.float32),
        world=(outputs[WORLD].reshape(POINTS, 3)[:LANDMARKS] @ turn.T).astype(np.float32),
        presence=_sigmoid(raw[:LANDMARKS, 4]),
        score=float(outputs[FLAG].item()),
        region=region,
        following=_region(*pixels[LANDMARKS : LANDMARKS + 2]),
        mask=_mask(outputs[MASK]) & region.inside(*size, MASK_CELLS) if MASK in outputs else None,
        features=_features(heat, outputs[LAST], outputs[CELLS]) if LAST in outputs else None,
    )


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -80, 80)))


def _region(hips: np.ndarray, top: np.ndarray) -> Region:
    """The square around the circle with centre `hips` through `top`, with a margin. (2,) px."""
    return Region.between(hips, hips + REGION_MARGIN * (top - hips))


def _suppress(scores: np.ndarray, points: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """Weighted non-maximum suppression: overlapping detections are averaged by their scores.

    scores (N,), points (N, 6, 2): box centre, box size, key points.
    """
    found = []
    order = np.argsort(-scores, kind="stable")
    while len(order):
        low = points[order, 0] - points[order, 1] / 2
        high = points[order, 0] + points[order, 1] / 2
        shared = np.clip(np.minimum(high, high[0]) - np.maximum(low, low[0]), 0, None).prod(1)
        areas = (high - low).prod(1)
        same = shared / (areas + areas[0] - shared) > SUPPRESSION_IOU
        same[0] = True
        group = order[same]
        weights = scores[group] / scores[group].sum()
        found.append((scores[order[0]], np.tensordot(weights, points[group], 1)))
        order = order[~same]
    return found


def _refine(place: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Move each landmark to its heat map's centre of mass nearby.

    place (P, 2) x, y in 0..1; heat (cells, cells, P) logits.
    """
    cells = (place * HEATMAP_CELLS).astype(int)
    inside = ((cells >= 0) & (cells < HEATMAP_CELLS)).all(1)
    reach = np.arange(-HEATMAP_REACH, HEATMAP_REACH + 1)
    columns = cells[:, 0, None, None] + reach  # (P, 1, K)
    rows = cells[:, 1, None, None] + reach[:, None]  # (P, K, 1)
    within = (columns >= 0) & (columns < HEATMAP_CELLS) & (rows >= 0) & (rows < HEATMAP_CELLS)
    top = HEATMAP_CELLS - 1
    points = np.arange(len(place))[:, None, None]
    window = _sigmoid(heat[rows.clip(0, top), columns.clip(0, top), points]) * within  # (P, K, K)
    total = window.sum((1, 2))
    centre = np.stack([(columns * window).sum((1, 2)), (rows * window).sum((1, 2))], 1)
    moves = inside & (window.max((1, 2)) >= HEATMAP_PEAK)
    return np.where(moves[:, None], centre / (total[:, None] + 1e-12) / HEATMAP_CELLS, place)


def _mask(logits: np.ndarray) -> np.ndarray:
    """(256, 256) mask logits -> (MASK_CELLS, MASK_CELLS) bool."""
    size = (MASK_CELLS, MASK_CELLS)
    probability = _sigmoid(logits.reshape(LANDMARK_CELLS, LANDMARK_CELLS))
    return cv2.resize(probability, size, interpolation=cv2.INTER_AREA) > 0.5


def _features(heat: np.ndarray, whole: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """(FEATURES,) f4: `whole` as it is, then for each landmark the 48 numbers where it is.

    The heat map as attention over the features, as in Kocabas et al. 2021, "PARE", with the
    probabilities that the heat map was trained for in place of a softmax.
    """
    attention = _sigmoid(heat.reshape(-1, POINTS)[:, :LANDMARKS])
    attention /= attention.sum(0)
    pooled = attention.T @ cells.reshape(len(attention), -1)
    return np.concatenate([whole.ravel(), pooled.ravel()])
