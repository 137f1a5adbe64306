"""A self-test: whether OneTake works on this machine, where it computes, and how fast."""

import argparse
import time
from itertools import islice

from . import estimators
from .commands import SAMPLE, reporter
from .device import choose_device
from .home import home
from .people import find_people
from .video import frames, probe
from .world import Camera

_FRAMES = 45  # of the sample: seconds on a slow machine, and both networks run


def check(arguments: argparse.Namespace) -> int:
    """`check`: take part of the sample through the networks, and say how many frames a second."""
    import torch

    from .body import load_body

    terminal = reporter(arguments.progress)
    device = choose_device(arguments.device)
    info, body = probe(SAMPLE), load_body()
    began = time.monotonic()
    with frames(info) as reader:
        tracks = find_people(
            islice(reader, _FRAMES),
            info,
            home() / "models",
            features=estimators.wants_features(arguments.estimator),
            threads=max(1, arguments.threads),
            device=device,
            progress=lambda done, _: terminal.progress("finding people", done, _FRAMES),
        )
    estimators.create(arguments.estimator, "balanced", device).estimate(
        tracks[0],
        Camera.of(info, None, None).K,
        body,
        progress=lambda done, total: terminal.progress("fitting person 1", done, total),
        should_stop=lambda: False,
    )
    speed = _FRAMES / (time.monotonic() - began)
    name = torch.cuda.get_device_name() if device == "cuda" else device
    terminal.say(f"OneTake works: {speed:.1f} frames/s on {name} with PyTorch {torch.__version__}")
    terminal.done({"frames_per_second": speed, "device": name, "torch": torch.__version__})
    return 0
