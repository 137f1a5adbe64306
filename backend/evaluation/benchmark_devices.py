"""Where the time of a conversion goes, on the processor and on a GPU, and whether both agree.

    python -m backend.evaluation.benchmark_devices VIDEO [--device auto|cpu|cuda|mps]

Stages one after another, each alone on the machine: reading and decoding, the detector, the
landmark network, what else it takes to follow people, the `onetake` network, the fit after it and
the world. `convert` reads ahead while it looks, so it is faster than their sum.

Where there is no GPU, torch on the processor takes its place: slower than what `convert` runs
there, but the code that a GPU would run, and its takes are to be the same.
"""

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from ..body import load_body
from ..device import DEVICES, choose_device
from ..estimators.onetake import POLISH, OneTakeEstimator
from ..home import home
from ..motion.rotations import axis_angle_to_matrix
from ..people import PersonDetector, PersonTrack, Region, find_people
from ..people.blazepose import load_blazepose
from ..people.blazepose_torch import TorchBlazePose
from ..people.detector import Detection, LandmarkResult
from ..video import Frame, FrameReader, VideoInfo, frames, probe
from ..world import Camera, Placed, place

STAGES = ("decode", "detect", "landmarks", "follow", "network", "fit", "world")


class _Timed:
    """A detector whose two networks are timed."""

    def __init__(self, detector: PersonDetector) -> None:
        self.seconds = {"detect": 0.0, "landmarks": 0.0}
        self._detector = detector

    def detect(self, rgb: np.ndarray, region: Region) -> list[Detection]:
        since = time.perf_counter()
        found = self._detector.detect(rgb, region)
        self.seconds["detect"] += time.perf_counter() - since
        return found

    def landmarks(
        self, rgb: np.ndarray, regions: Sequence[Region], *, outlines: bool = True
    ) -> list[LandmarkResult]:
        since = time.perf_counter()
        found = self._detector.landmarks(rgb, regions, outlines=outlines)
        self.seconds["landmarks"] += time.perf_counter() - since
        return found


class _Waiting:
    """Frames, and how long they were waited for."""

    def __init__(self, reader: FrameReader) -> None:
        self.seconds, self._reader = 0.0, reader

    def __iter__(self) -> Iterator[Frame]:
        while True:
            since = time.perf_counter()
            frame = next(self._reader, None)
            self.seconds += time.perf_counter() - since
            if frame is None:
                return
            yield frame


def measured(
    info: VideoInfo, detector: PersonDetector, device: str
) -> tuple[dict[str, float], Placed]:
    """Milliseconds a frame of each of STAGES, and the most prominent person in the world.

    device: of the `onetake` network.
    """
    since = time.perf_counter()
    with frames(info) as reader:
        pictures = sum(1 for _ in reader)
    seconds = {"decode": time.perf_counter() - since}
    timed = _Timed(detector)
    since = time.perf_counter()
    with frames(info) as reader:
        waiting = _Waiting(reader)
        track: PersonTrack = find_people(waiting, info, home() / "models", detector=timed)[0]
    everything = time.perf_counter() - since
    seconds |= timed.seconds
    seconds["follow"] = everything - waiting.seconds - sum(timed.seconds.values())
    body, K = load_body(), Camera.of(info).K

    def estimated(estimator: OneTakeEstimator):
        since = time.perf_counter()
        motion = estimator.estimate(
            track, K, body, progress=lambda done, total: None, should_stop=lambda: False
        )
        return motion, time.perf_counter() - since

    estimator = OneTakeEstimator(polish=None, device=device)
    estimated(estimator)  # GPUs choose and load their kernels in the first run
    _, seconds["network"] = estimated(estimator)
    estimator.polish = POLISH
    motion, both = estimated(estimator)
    seconds["fit"] = both - seconds["network"]
    since = time.perf_counter()
    (placed,) = place([motion], [track.timestamps], body)
    seconds["world"] = time.perf_counter() - since
    return {stage: 1e3 * seconds[stage] / pictures for stage in STAGES}, placed


def differences(a: Placed, b: Placed) -> tuple[float, float]:
    """The largest distance of two joints, mm, and the largest angle of two rotations, degrees."""
    frames = min(len(a.joints), len(b.joints))
    far = np.linalg.norm(a.joints[:frames] - b.joints[:frames], axis=-1).max()
    turns = [axis_angle_to_matrix(p.poses[:frames].astype(float)) for p in (a, b)]
    cosine = (np.einsum("tjab,tjab->tj", *turns) - 1) / 2
    return 1e3 * float(far), float(np.degrees(np.arccos(np.clip(cosine, -1, 1))).max())


def main() -> None:
    """Print the split of every device as a table, and how far their takes are apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 2)
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # as in `convert`
    info = probe(arguments.video)
    print(f"{info.path.name}, {info.width} x {info.height}; milliseconds a frame")
    print(f"| device | {' | '.join(STAGES)} | frames/s of the sum |\n|{'---|' * (len(STAGES) + 2)}")
    takes, models, gpu = [], home() / "models", choose_device(arguments.device)
    other = torch.cuda.get_device_name() if gpu == "cuda" else gpu
    for name, device, detector in (
        ("cpu", "cpu", load_blazepose(models, threads=arguments.threads)),
        ("torch, cpu" if gpu == "cpu" else other, gpu, TorchBlazePose(models, device=gpu)),
    ):
        each, placed = measured(info, detector, device)
        takes.append(placed)
        row = " | ".join(f"{each[stage]:.2f}" for stage in STAGES)
        print(f"| {name} | {row} | {1e3 / sum(each.values()):.0f} |", flush=True)
    far, turned = differences(*takes)
    print(f"the takes differ by {far:.2f} mm and {turned:.2f} degrees at most")
    if gpu == "cpu":
        print("there is no GPU that PyTorch can use here")


if __name__ == "__main__":
    main()
