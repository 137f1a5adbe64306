"""The people in a video: the stage's one entry."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from ..errors import OneTakeError
from ..video import Frame, VideoInfo
from .assemble import people_from
from .averaged import AveragedDetector
from .blazepose import load_blazepose
from .detector import PersonDetector
from .front_end import FrontEnd, FrontEndDetector
from .repair import repaired
from .track import PersonTrack
from .tracker import Tracker

# Sees a frame, uint8 (H, W, 3), and the landmarks (33, 3) of each person followed in it, pixels.
Watch = Callable[[np.ndarray, list[np.ndarray]], None]


def find_people(
    frames: Iterable[Frame],
    info: VideoInfo,
    models_folder: Path,
    *,
    keep_masks: bool = False,
    features: bool = False,
    front_end: FrontEnd | None = None,
    threads: int = 2,
    device: str = "cpu",
    thorough: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
    detector: PersonDetector | None = None,
    watch: Watch | None = None,
) -> list[PersonTrack]:
    """Follow everybody through the frames; one track a person, the most prominent first.

    progress gets frames done and (estimated) frames in total. keep_masks keeps silhouettes (2 KB
    a frame and person), features the landmark network's image features (5.5 KB), those of
    the whole person from the front end where there is one. device: cpu, cuda
    or mps. thorough: look at each person six times, see `averaged`. detector replaces BlazePose;
    where features are wanted its results hold them. watch is shown every frame.

    Raises OneTakeError: no_person; missing_model; cancelled when should_stop() says so; and what
    `frames` raises.
    """
    detector = detector or load_blazepose(
        models_folder, device=device, threads=threads, features=features
    )
    if thorough:
        detector = AveragedDetector(detector)
    if features and front_end:
        detector = FrontEndDetector(detector, front_end)
    tracker = Tracker(detector, info.fps, keep_masks=keep_masks, keep_features=features)
    total = getattr(frames, "expected", info.frame_count)
    indices, times = [], []
    for frame in frames:
        if should_stop():
            raise OneTakeError("cancelled", "Stopped on request.")
        tracker.step(frame)
        indices.append(frame.index)
        times.append(frame.timestamp)
        if watch:
            watch(frame.rgb, tracker.landmarks)
        progress(len(indices), max(total, len(indices)))
    people = people_from(tracker.finish(), np.array(indices), np.array(times), info.fps)
    if not people:
        raise OneTakeError(
            "no_person",
            f"Nobody was found in {info.path.name}; the person should be seen from head to foot "
            "and be at least a fifth of the picture's height.",
        )
    return [repaired(person) for person in people]
