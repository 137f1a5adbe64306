"""The estimators, by name: each turns one person's landmarks into motion in the camera."""

from importlib import import_module

from .interface import CameraMotion, Estimator

DEFAULT = "onetake"
VERSION = 4  # of what the estimators compute: raise it when their results change
QUALITIES = ("fast", "balanced", "best")
# Module and class; loaded when asked for, since torch takes its time.
_ESTIMATORS = {"onetake": ("onetake", "OneTakeEstimator"), "ik": ("ik", "IKEstimator")}


def names() -> tuple[str, ...]:
    """What `--estimator` accepts."""
    return tuple(_ESTIMATORS)


def create(name: str, quality: str = "balanced", device: str = "cpu") -> Estimator:
    """The estimator of that name; KeyError when there is none. device: cpu, cuda or mps."""
    assert quality in QUALITIES
    module, kind = _ESTIMATORS[name]
    return getattr(import_module(f".{module}", __name__), kind).of_quality(quality, device)


__all__ = ["DEFAULT", "QUALITIES", "VERSION", "CameraMotion", "Estimator", "create", "names"]
