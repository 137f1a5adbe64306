"""BlazePose's two networks under LiteRT, without mediapipe."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from ..bootstrap.pose_models import MODELS
from ..disk import writing_to_home
from ..errors import OneTakeError
from .blazepose_steps import (
    detections,
    detector_input,
    landmark_crop,
    landmark_input,
    landmark_result,
    landmark_tensors,
)
from .detector import Detection, LandmarkResult, PersonDetector, Region
from .tflite_graph import file_with_outputs, read_graph

DETECTOR_FILE = "pose_detection.tflite"
LANDMARK_FILE = "pose_landmark_full.tflite"


class BlazePose:
    """PersonDetector on the CPU; `threads` for each network.

    features: whether results hold the landmark network's image features (it costs no time).
    Raises OneTakeError missing_model when the two files are not in `models_folder`, bad_model when
    one is not what was put there.
    """

    def __init__(self, models_folder: Path, *, threads: int = 2, features: bool = False) -> None:
        detector = read_model(Path(models_folder) / DETECTOR_FILE)
        self._detector = _Network(detector, read_graph(detector).outputs, threads)
        landmarks = read_model(Path(models_folder) / LANDMARK_FILE)
        self._landmarks = {
            outlines: _Network(
                landmarks, landmark_tensors(outlines=outlines, features=features), threads
            )
            for outlines in (False, True)
        }

    def detect(self, rgb: np.ndarray, window: Region) -> list[Detection]:
        """See PersonDetector."""
        return detections(*self._detector(detector_input(rgb, window)).values(), window)

    def landmarks(
        self, rgb: np.ndarray, regions: Sequence[Region], *, outlines: bool = True
    ) -> list[LandmarkResult]:
        """See PersonDetector."""
        return [
            self.landmarks_of_crop(
                landmark_crop(rgb, region), region, rgb.shape[:2], outline=outlines
            )
            for region in regions
        ]

    def landmarks_of_crop(
        self, crop: np.ndarray, region: Region, size: tuple[int, int], *, outline: bool
    ) -> LandmarkResult:
        """The landmarks in a region whose crop, uint8 RGB (256, 256, 3), is there already.

        size: height and width in px of the whole picture that the region speaks of. outline:
        whether the result has a mask.
        """
        return landmark_result(self._landmarks[outline](landmark_input(crop)), size, region)


def load_blazepose(
    models_folder: Path, *, device: str = "cpu", threads: int = 2, features: bool = False
) -> PersonDetector:
    """BlazePose where it runs best: LiteRT on a CPU, torch on another device. See BlazePose."""
    if device == "cpu":
        return BlazePose(models_folder, threads=threads, features=features)
    from .blazepose_torch import TorchBlazePose  # torch takes a second to load

    return TorchBlazePose(models_folder, device=device, features=features)


def read_model(path: Path) -> bytes:
    """A network's file, checked. Raises OneTakeError missing_model, bad_model."""
    if not path.is_file():
        raise OneTakeError(
            "missing_model", f"The network {path.name} is missing: set OneTake up again."
        )
    model = path.read_bytes()
    # Of a damaged graph the runtime says little, if it does not crash.
    if hashlib.sha256(model).hexdigest() != MODELS[path.name][1]:
        with writing_to_home():
            path.unlink()  # set-up brings back what is not there
        raise OneTakeError(
            "bad_model",
            f"The network {path.name} was damaged and has been deleted: set OneTake up again, "
            "or run the same command again, which brings it back.",
        )
    return model


class _Network:
    """These outputs of a tflite model with one input. Call it with (h, w, 3) f4."""

    def __init__(self, model: bytes, outputs: Sequence[int], threads: int) -> None:
        model = file_with_outputs(model, outputs)
        self._interpreter = Interpreter(model_content=model, num_threads=threads)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = outputs

    def __call__(self, picture: np.ndarray) -> dict[int, np.ndarray]:
        self._interpreter.set_tensor(self._input, picture[None])
        self._interpreter.invoke()
        return {index: self._interpreter.get_tensor(index) for index in self._outputs}
