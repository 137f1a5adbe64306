"""PersonDetector on what torch computes on."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from ..blazepose import DETECTOR_FILE, LANDMARK_FILE, read_model
from ..blazepose_steps import (
    detections,
    detector_input,
    landmark_crop,
    landmark_input,
    landmark_result,
    landmark_tensors,
)
from ..detector import Detection, LandmarkResult, Region
from ..tflite_graph import read_graph
from .network import TorchNetwork


class TorchBlazePose:
    """PersonDetector that gives what BlazePose gives, to 1e-3 px of a region cut to 256 px and
    1e-4 m.

    device: a torch device. On a CPU LiteRT is faster. features, errors: see BlazePose.
    """

    def __init__(
        self, models_folder: Path, *, device: str | torch.device, features: bool = False
    ) -> None:
        detector = read_graph(read_model(Path(models_folder) / DETECTOR_FILE))
        landmarks = read_graph(read_model(Path(models_folder) / LANDMARK_FILE))
        self._device = torch.device(device)
        self._detector = TorchNetwork(detector, detector.outputs).to(self._device)
        self._landmarks = {
            outlines: TorchNetwork(
                landmarks, landmark_tensors(outlines=outlines, features=features)
            ).to(self._device)
            for outlines in (False, True)
        }

    def detect(self, rgb: np.ndarray, window: Region) -> list[Detection]:
        """See PersonDetector."""
        outputs = self._run(self._detector, [detector_input(rgb, window)])
        return detections(*outputs.values(), window)

    def landmarks(
        self, rgb: np.ndarray, regions: Sequence[Region], *, outlines: bool = True
    ) -> list[LandmarkResult]:
        """See PersonDetector."""
        if not regions:
            return []
        inputs = [landmark_input(landmark_crop(rgb, region)) for region in regions]
        outputs = self._run(self._landmarks[outlines], inputs)
        return [
            landmark_result(
                {at: output[k] for at, output in outputs.items()}, rgb.shape[:2], region
            )
            for k, region in enumerate(regions)
        ]

    def _run(self, network: TorchNetwork, pictures: list[np.ndarray]) -> dict[int, np.ndarray]:
        """Outputs (B, ...) of the network for B pictures (h, w, 3), by their tensors."""
        batch = torch.from_numpy(np.stack(pictures)).to(self._device)
        # NVIDIA's convolutions would round to ten bits: pixels off where this is told in 1e-3.
        exact = torch.backends.cudnn.flags(enabled=True, allow_tf32=False, fp32_precision="ieee")
        with torch.inference_mode(), exact:
            made = network(batch)
        return {at: made[k].cpu().numpy() for k, at in enumerate(network.outputs)}
