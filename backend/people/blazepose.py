"""BlazePose's two networks under LiteRT, without mediapipe.

Bazarevsky et al. 2020, "BlazePose: On-device Real-time Body Pose tracking". The steps around the
networks follow mediapipe 0.10.21 (modules/pose_detection, modules/pose_landmark; Apache-2.0).
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from ..bootstrap.pose_models import MODELS
from ..disk import writing_to_home
from ..errors import OneTakeError
from .detector import Detection, LandmarkResult, Region

DETECTOR_FILE = "pose_detection.tflite"
LANDMARK_FILE = "pose_landmark_full.tflite"

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


class BlazePose:
    """PersonDetector on the CPU; `threads` for each network.

    Raises OneTakeError missing_model when the two files are not in `models_folder`, bad_model when
    one is not what was put there.
    """

    def __init__(self, models_folder: Path, *, threads: int = 2) -> None:
        self._detector = _Network(Path(models_folder) / DETECTOR_FILE, threads)
        self._landmarks = _Network(Path(models_folder) / LANDMARK_FILE, threads)
        self._anchors = np.concatenate(
            [
                np.repeat((np.stack(np.meshgrid(r, r), -1).reshape(-1, 2) + 0.5) / cells, each, 0)
                for cells, each in ANCHOR_GRIDS
                for r in [np.arange(cells)]
            ]
        ).astype(np.float32)  # (2254, 2) x, y of unit squares' centres

    def detect(self, rgb: np.ndarray, window: Region) -> list[Detection]:
        """See PersonDetector."""
        crop = window.crop(rgb, DETECTOR_CELLS, cv2.BORDER_CONSTANT)
        boxes, logits = self._detector(crop.astype(np.float32) * (2 / 255) - 1)
        logits = logits.reshape(-1)
        keep = logits >= -np.log(1 / DETECTION_SCORE - 1)
        points = boxes.reshape(-1, 6, 2)[keep] / DETECTOR_CELLS  # centre, size, 4 key points
        points[:, [0, 2, 3, 4, 5]] += self._anchors[keep, None]
        corner = np.array([window.x, window.y]) - window.side / 2
        found = []
        for score, point in _suppress(_sigmoid(logits[keep]), points):
            hips, top = point[2:4] * window.side + corner
            found.append(Detection(float(score), _region(hips, top)))
        return found

    def landmarks(self, rgb: np.ndarray, regions: Sequence[Region]) -> list[LandmarkResult]:
        """See PersonDetector."""
        return [self._landmarks_in(rgb, region) for region in regions]

    def _landmarks_in(self, rgb: np.ndarray, region: Region) -> LandmarkResult:
        crop = region.crop(rgb, LANDMARK_CELLS)
        raw, flag, mask, heat, world = self._landmarks(crop.astype(np.float32) / 255)
        raw = raw.reshape(POINTS, 5)
        place = _refine(raw[:, :2] / LANDMARK_CELLS, heat.reshape(HEATMAP_CELLS, HEATMAP_CELLS, -1))
        to_picture = region.to_picture(1)
        pixels = place @ to_picture[:, :2].T + to_picture[:, 2]
        turn = np.eye(3)
        turn[:2, :2] = to_picture[:, :2] / region.side
        return LandmarkResult(
            landmarks=np.column_stack([pixels, _sigmoid(raw[:, 3])])[:LANDMARKS].astype(np.float32),
            world=(world.reshape(POINTS, 3)[:LANDMARKS] @ turn.T).astype(np.float32),
            presence=_sigmoid(raw[:LANDMARKS, 4]),
            score=float(flag.item()),
            region=region,
            following=_region(*pixels[LANDMARKS : LANDMARKS + 2]),
            mask=_mask(mask) & region.inside(*rgb.shape[:2], MASK_CELLS),
        )


class _Network:
    """One tflite file with one input. Call it with (h, w, 3) f4; it returns its outputs."""

    def __init__(self, path: Path, threads: int) -> None:
        if not path.is_file():
            raise OneTakeError(
                "missing_model", f"The model {path.name} is missing; run `onetake.py setup`."
            )
        # Of a damaged graph the runtime says little, if it does not crash.
        if hashlib.sha256(path.read_bytes()).hexdigest() != MODELS[path.name][1]:
            with writing_to_home():
                path.unlink()  # set-up brings back what is not there
            raise OneTakeError(
                "bad_model",
                f"The model {path.name} was damaged and has been deleted; run the same command "
                "again, which brings it back.",
            )
        self._interpreter = Interpreter(model_path=str(path), num_threads=threads)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [d["index"] for d in self._interpreter.get_output_details()]

    def __call__(self, picture: np.ndarray) -> list[np.ndarray]:
        self._interpreter.set_tensor(self._input, picture[None])
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


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
