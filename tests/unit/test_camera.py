"""Intrinsics from the user, the file, or a stated default."""

import math
from pathlib import Path

import pytest

from backend.errors import OneTakeError
from backend.video import VideoInfo
from backend.world import Camera


def info(focal_px=None, width=1920, height=1080):
    return VideoInfo(
        path=Path("clip.mp4"), width=width, height=height, fps=30.0, frame_count=10,
        duration=0.3, rotation=0, mirrored=False, pixel_aspect=1.0, variable_rate=False,
        start_time=0.0, codec="h264", focal_px=focal_px,
    )  # fmt: skip


def test_the_users_word_comes_first():
    camera = Camera.of(info(focal_px=1500.0), focal_px=1200.0)
    assert (camera.focal, camera.source) == (1200.0, "user")


def test_a_field_of_view_is_horizontal():
    camera = Camera.of(info(), fov_degrees=90.0)
    assert camera.focal == pytest.approx(960.0)
    assert camera.source == "user"


def test_then_the_files_own():
    camera = Camera.of(info(focal_px=1500.0))
    assert (camera.focal, camera.source) == (1500.0, "metadata")


def test_else_a_phones_main_camera_whichever_way_it_is_held():
    upright, level = Camera.of(info(width=1080, height=1920)), Camera.of(info())
    assert upright.focal == level.focal == pytest.approx(31 / 43.27 * math.hypot(1920, 1080))
    assert upright.source == "default"


def test_the_axis_goes_through_the_middle_of_the_picture():
    K = Camera.of(info()).K
    assert (K[0, 2], K[1, 2]) == (960.0, 540.0)


@pytest.mark.parametrize(
    "choice", [{"fov_degrees": 0.0}, {"fov_degrees": 200.0}, {"focal_px": -1.0}, {"focal_px": 1.0}]
)
def test_impossible_cameras_are_refused_with_a_sentence(choice):
    with pytest.raises(OneTakeError, match="give"):
        Camera.of(info(), **choice)
