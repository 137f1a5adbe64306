"""A short clip of a person, and a OneTake home of the tests' own."""

import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from backend.commands import SAMPLE
from backend.home import home
from backend.video import VideoWriter, frames, probe
from tests.needs import skip_unless

FRAMES, HEIGHT = 30, 270


@pytest.fixture(scope="session")
def own_home(tmp_path_factory) -> Path:
    """A OneTake home with the networks and the body of the real one, and an empty cache."""
    folder = tmp_path_factory.mktemp("home")
    models = home() / "models"
    skip_unless(models.is_dir(), "the networks and the body are not installed")
    shutil.copytree(models, folder / "models")
    return folder


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder of BlazePose's networks."""
    folder = home() / "models"
    skip_unless((folder / "pose_detection.tflite").is_file(), "the BlazePose models are missing")
    return folder


@pytest.fixture(scope="session")
def person_frames() -> list[np.ndarray]:
    """FRAMES pictures of the sample, small."""
    info = probe(SAMPLE)
    size = (round(info.width * HEIGHT / info.height / 2) * 2, HEIGHT)
    with frames(info, 0, FRAMES, unit="frames") as reader:
        return [cv2.resize(frame.rgb, size, interpolation=cv2.INTER_AREA) for frame in reader]


@pytest.fixture(scope="session")
def person(person_frames, tmp_path_factory) -> Path:
    """A video of a person, one second long."""
    path = tmp_path_factory.mktemp("video") / "person.mp4"
    with VideoWriter(path, 30) as writer:
        for rgb in person_frames:
            writer.write(rgb)
    return path


@pytest.fixture(scope="session")
def blender() -> str:
    """A Python with bpy."""
    python = os.environ.get("ONETAKE_BLENDER_PYTHON", "")
    skip_unless(python, "ONETAKE_BLENDER_PYTHON names no Python with bpy")
    return python
