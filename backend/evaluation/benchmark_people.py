"""Where the time of finding people goes: python -m backend.evaluation.benchmark_people VIDEO.

Decoding, the detector over the whole picture, and the landmarks in one region, with the person's
outline and without, and in eight, under LiteRT and under torch on the processor and on the GPU
that is there.
"""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from ..device import DEVICES, choose_device
from ..home import home
from ..people import PersonDetector, Region
from ..people.blazepose import BlazePose
from ..people.blazepose_torch import TorchBlazePose
from ..people.tracker import search_windows
from ..video import frames, probe

WARM_UP = 3  # frames that are not counted: GPUs choose and load their kernels in the first
CROWD = 8  # regions in one picture
_ONE, _OUTLINE = "landmarks, 1 region", "with its outline"
_MANY = f"landmarks and outlines, {CROWD} regions"


class _Runtime:
    """One detector, its times and where it last saw the person."""

    def __init__(self, name: str, detector: PersonDetector) -> None:
        self.name = name
        self.milliseconds: dict[str, list[float]] = {
            stage: [] for stage in ("detect", _ONE, _OUTLINE, _MANY)
        }
        self._detector = detector
        self._region: Region | None = None

    def look(self, rgb: np.ndarray) -> None:
        """Every stage once. Each ends with its numbers on the processor: nothing runs on."""
        window = search_windows(*rgb.shape[:2])[0]
        found = self._timed("detect", lambda: self._detector.detect(rgb, window))
        region = self._region or (found[0].region if found else window)
        self._timed(_ONE, lambda: self._detector.landmarks(rgb, [region], outlines=False))
        (result,) = self._timed(_OUTLINE, lambda: self._detector.landmarks(rgb, [region]))
        self._timed(_MANY, lambda: self._detector.landmarks(rgb, [region] * CROWD))
        self._region = result.following if result.score > 0.5 else None

    def _timed(self, stage: str, run: Callable[[], list]) -> list:
        start = time.perf_counter()
        made = run()
        self.milliseconds[stage].append(1e3 * (time.perf_counter() - start))
        return made


def main() -> None:
    """Print the median milliseconds a frame of each stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--features", action="store_true", help="image features too")
    arguments = parser.parse_args()
    models, features = home() / "models", arguments.features
    torch.set_num_threads(arguments.threads)
    lite = BlazePose(models, threads=arguments.threads, features=features)
    runtimes = [_Runtime(f"LiteRT, cpu x {arguments.threads}", lite)]
    for device in dict.fromkeys(("cpu", choose_device(arguments.device))):
        detector = TorchBlazePose(models, device=device, features=features)
        name = torch.cuda.get_device_name() if device == "cuda" else device
        runtimes.append(_Runtime(f"torch, {name}", detector))

    info, count = probe(arguments.video), WARM_UP + arguments.frames
    start = time.perf_counter()
    with frames(info, 0, count, unit="frames") as reader:  # alone: it reads ahead of who looks
        count = sum(1 for _ in reader)
    reading = 1e3 * (time.perf_counter() - start) / count
    with frames(info, 0, count, unit="frames") as reader:
        for frame in reader:
            for runtime in runtimes:
                runtime.look(frame.rgb)
    print(f"{info.path.name}, {info.width} x {info.height}, {count - WARM_UP} frames")
    print(f"reading and decoding: {reading:.1f} ms a frame")
    print(f"| ms a frame | {' | '.join(runtimes[0].milliseconds)} |\n|{'---|' * 5}")
    for runtime in runtimes:
        medians = (np.median(times[WARM_UP:]) for times in runtime.milliseconds.values())
        print(f"| {runtime.name} | {' | '.join(f'{each:.1f}' for each in medians)} |")


if __name__ == "__main__":
    main()
