"""The estimators, by name: each turns one person's landmarks into motion in the camera."""

from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from .interface import CameraMotion, Estimator

DEFAULT = "onetake"
VERSION = 5  # of what the estimators compute: raise it when their results change
QUALITIES = ("fast", "balanced", "best")


class _Entry(NamedTuple):
    """Where an estimator is; loaded when asked for, since torch takes its time."""

    module: str
    kind: str  # the class in it
    features: bool = False  # whether it looks at PersonTrack.image_features


_ESTIMATORS = {
    "onetake": _Entry("onetake", "OneTakeEstimator"),
    "ik": _Entry("ik", "IKEstimator"),
    # The papers', see `papers`.
    "sru_attention": _Entry("papers.sru_attention", "Estimator", features=True),
    "multimodal_depth": _Entry("papers.multimodal_depth", "Estimator", features=True),
    "joint_gru": _Entry("papers.joint_gru", "Estimator", features=True),
    "hybrid": _Entry("papers.hybrid", "Estimator", features=True),
    "temporal_lifter": _Entry("papers.temporal_lifter", "Estimator", features=True),
}


def names() -> tuple[str, ...]:
    """What `--estimator` accepts."""
    return tuple(_ESTIMATORS)


def wants_features(name: str) -> bool:
    """Whether tracks for that estimator hold image features; KeyError when there is none."""
    return _ESTIMATORS[name].features


def create(
    name: str, quality: str = "balanced", device: str = "cpu", weights: Path | None = None
) -> Estimator:
    """The estimator of that name; KeyError when there is none. See Estimator.of_quality."""
    assert quality in QUALITIES
    entry = _ESTIMATORS[name]
    module = import_module(f".{entry.module}", __name__)
    return getattr(module, entry.kind).of_quality(quality, device, weights)


__all__ = [
    "DEFAULT", "QUALITIES", "VERSION",
    "CameraMotion", "Estimator",
    "create", "names", "wants_features",
]  # fmt: skip
