"""BlazePose under torch gives what it gives under LiteRT, and runs where it was asked to."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from backend import device
from backend.commands import SAMPLE
from backend.device import choose_device
from backend.errors import OneTakeError
from backend.people import LandmarkResult, Region
from backend.people.blazepose import BlazePose, load_blazepose
from backend.people.blazepose_torch import TorchBlazePose
from backend.people.tracker import search_windows
from backend.video import frames, probe

PIXELS, METRES = 1e-3, 1e-4  # pixels of what the network sees, 256 a side
GPUS = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
DEVICES = ["cpu", *(gpu for gpu, there in GPUS.items() if there)]


@pytest.fixture(scope="module")
def lite(models) -> BlazePose:
    return BlazePose(models, threads=1, features=True)


@pytest.fixture(scope="module", params=DEVICES)
def torched(models, request) -> TorchBlazePose:
    return TorchBlazePose(models, device=request.param, features=True)


@pytest.fixture(scope="module")
def rendered() -> np.ndarray:
    """Our body, drawn by Blender, in the middle of the sample."""
    return _frame(SAMPLE, 20)


@pytest.fixture(scope="module")
def filmed(clips) -> np.ndarray:
    return _frame(clips / "two_people.mp4", 0)


@pytest.mark.parametrize("source", ["rendered", "filmed"])
def test_the_same_people_are_detected(lite, torched, request, source):
    rgb = request.getfixturevalue(source)
    for window in search_windows(*rgb.shape[:2])[:2]:
        expected, found = lite.detect(rgb, window), torched.detect(rgb, window)
        assert len(found) == len(expected) > 0
        for theirs, ours in zip(expected, found, strict=True):
            assert ours.score == pytest.approx(theirs.score, abs=1e-5)
            _assert_same_region(ours.region, theirs.region)


@pytest.mark.parametrize("source", ["rendered", "filmed"])
def test_a_batch_gives_what_each_alone_gives(lite, torched, request, source):
    rgb = request.getfixturevalue(source)
    region = lite.detect(rgb, search_windows(*rgb.shape[:2])[0])[0].region
    aside = replace(region, x=region.x - region.side / 4, angle=0.4)
    batch = [region, aside, replace(region, side=1.5 * region.side, angle=-0.2)]
    expected, found = lite.landmarks(rgb, batch), torched.landmarks(rgb, batch)
    assert len(found) == len(batch)
    for theirs, ours in zip(expected, found, strict=True):
        assert theirs.score > 0.5
        _assert_same_result(ours, theirs)
    (alone,) = torched.landmarks(rgb, [aside])
    _assert_same_result(alone, found[1])


def test_nobody_in_it_and_no_region(lite, torched, rendered):
    corner = Region(40.0, 40.0, 60.0, 0.0)
    (theirs,), (ours,) = lite.landmarks(rendered, [corner]), torched.landmarks(rendered, [corner])
    assert ours.score == pytest.approx(theirs.score, abs=1e-5) and ours.score < 0.5
    assert torched.landmarks(rendered, []) == []


def test_features_only_where_asked_for(models, rendered):
    region = Region(300.0, 300.0, 400.0, 0.0)
    (found,) = TorchBlazePose(models, device="cpu").landmarks(rendered, [region])
    assert found.features is None


def test_each_device_has_its_runtime(models):
    assert isinstance(load_blazepose(models, device="cpu"), BlazePose)
    # torch's device without memory stands in for a GPU.
    assert isinstance(load_blazepose(models, device="meta"), TorchBlazePose)


def test_missing_models(tmp_path):
    with pytest.raises(OneTakeError) as caught:
        TorchBlazePose(tmp_path, device="cpu")
    assert caught.value.code == "missing_model"


def test_auto_takes_the_gpu_that_works(monkeypatch):
    works = {"cuda": None, "mps": None}
    monkeypatch.setattr(device, "accelerator", lambda: "cuda")
    monkeypatch.setattr(device, "_problem", works.get)
    assert choose_device() == "cuda"
    works["cuda"] = "no kernel image is available for execution on the device"
    assert choose_device() == "mps"
    works["mps"] = "none"
    assert choose_device() == "cpu"
    monkeypatch.setattr(device, "accelerator", lambda: "cpu")
    monkeypatch.setattr(device, "_problem", lambda name: pytest.fail("torch is loaded for nothing"))
    assert choose_device() == choose_device("cpu") == "cpu"


@pytest.mark.parametrize("gpu", GPUS)
def test_a_gpu_that_is_asked_for_is_there(gpu):
    if GPUS[gpu]:
        assert choose_device(gpu) == gpu
        return
    with pytest.raises(OneTakeError, match=f"--device {gpu}") as caught:
        choose_device(gpu)
    assert caught.value.code == "no_device"


def _frame(video: Path, index: int) -> np.ndarray:
    with frames(probe(video), index, index + 1, unit="frames") as reader:
        return next(reader).rgb


def _assert_same_result(ours: LandmarkResult, theirs: LandmarkResult) -> None:
    near = PIXELS * max(1, theirs.region.side / 256)
    np.testing.assert_allclose(ours.landmarks[:, :2], theirs.landmarks[:, :2], rtol=0, atol=near)
    np.testing.assert_allclose(ours.landmarks[:, 2], theirs.landmarks[:, 2], rtol=0, atol=1e-4)
    np.testing.assert_allclose(ours.presence, theirs.presence, rtol=0, atol=1e-4)
    np.testing.assert_allclose(ours.world, theirs.world, rtol=0, atol=METRES)
    assert ours.score == pytest.approx(theirs.score, abs=1e-5)
    assert ours.region == theirs.region
    _assert_same_region(ours.following, theirs.following, near)
    assert (ours.mask != theirs.mask).mean() < 1e-3 and theirs.mask.any()
    error = np.linalg.norm(ours.features - theirs.features)
    assert error < 1e-3 * np.linalg.norm(theirs.features)
    for part in (slice(0, 1152), slice(1152, None)):
        error = np.abs(ours.features[part] - theirs.features[part]).max()
        assert error < 1e-3 * np.abs(theirs.features[part]).max()


def _assert_same_region(ours: Region, theirs: Region, near: float = PIXELS) -> None:
    np.testing.assert_allclose(ours.points(), theirs.points(), rtol=0, atol=near)
