"""The estimators, by name: each turns one person's landmarks into motion in the camera."""

from .ik import IKEstimator
from .interface import CameraMotion, Estimator

DEFAULT = "ik"
VERSION = 2  # of what the estimators compute: raise it when their results change
_ESTIMATORS: dict[str, type[Estimator]] = {"ik": IKEstimator}


def names() -> tuple[str, ...]:
    """What `--estimator` accepts."""
    return tuple(_ESTIMATORS)


def create(name: str) -> Estimator:
    """The estimator of that name; KeyError when there is none."""
    return _ESTIMATORS[name]()


__all__ = ["DEFAULT", "VERSION", "CameraMotion", "Estimator", "create", "names"]
