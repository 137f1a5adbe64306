"""BlazePose's image features made small: 64 numbers a frame, as estimators and shards take them."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from .blazepose_steps import FEATURES

WEIGHTS = Path(__file__).parents[1] / "weights" / "image_features.safetensors"
COMPONENTS = 64
LEVELS = 127  # of a byte, for the range -1..1


@lru_cache(maxsize=1)
def _model() -> tuple[np.ndarray, np.ndarray]:
    data = load_file(WEIGHTS)
    return data["mean"].astype(np.float32), data["projection"].astype(np.float32)


def compact(features: np.ndarray) -> np.ndarray:
    """(..., 2736) of LandmarkResult.features -> (..., 64) f4 in -1..1: principal components.

    A quarter is one standard deviation over rendered people; training.pairs.features fits them.
    """
    assert features.shape[-1] == FEATURES, f"features are {features.shape}"
    mean, projection = _model()
    return np.clip((features - mean) @ projection, -1, 1)


def to_bytes(compacted: np.ndarray) -> np.ndarray:
    """-1..1 -> i1."""
    return np.round(LEVELS * compacted).astype(np.int8)


def from_bytes(stored: np.ndarray) -> np.ndarray:
    """i1 -> f4 in -1..1."""
    return stored.astype(np.float32) / LEVELS
