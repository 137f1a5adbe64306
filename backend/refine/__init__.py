"""Fitting an estimator's answer to what was seen in the picture."""

from .polish import PolishConfig, polish

__all__ = ["PolishConfig", "polish"]
