"""Fit the principal components of BlazePose's image features over rendered people.

    python -m backend.training.pairs.features ../shared/motion

Writes backend/weights/image_features.safetensors. Shards made with other components are of no use
beside those made with these.
"""

import argparse
from itertools import islice
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from ...people.image_features import COMPONENTS, WEIGHTS
from .clips import Studio

EACH = 3  # frames of a clip: other people say more than other frames of one
RANGE = 4.0  # standard deviations of a component that the range -1..1 holds


def gathered(studio: Studio, clips: int, seed: int) -> np.ndarray:
    """(N, FEATURES) of the first frames of so many clips whose person was found."""
    rows = []
    for index in range(clips):
        rng = studio.rng(seed, 0, index)
        for frame in islice(studio.film(studio.clip(rng), rng), EACH):
            if frame.seen:
                rows.append(frame.result.features)
    return np.array(rows)


def fit(rows: np.ndarray) -> dict[str, np.ndarray]:
    """mean (FEATURES,) and projection (FEATURES, COMPONENTS) of standardised rows (N, FEATURES)."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-3 * rows.std()
    _, values, axes = np.linalg.svd((rows - mean) / spread, full_matrices=False)
    deviation = values[:COMPONENTS] / np.sqrt(len(rows))
    projection = axes[:COMPONENTS].T / spread[:, None] / (RANGE * deviation)
    print(
        f"{COMPONENTS} components keep {(values[:COMPONENTS] ** 2).sum() / (values**2).sum():.2f}"
    )
    # safetensors writes the bytes as they lie, whatever the order of the axes.
    return {
        "mean": mean.astype(np.float32),
        "projection": np.ascontiguousarray(projection, np.float16),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("motion", type=Path)
    parser.add_argument("--clips", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    studio = Studio.open(arguments.motion, "train")
    save_file(fit(gathered(studio, arguments.clips, arguments.seed)), WEIGHTS)


if __name__ == "__main__":
    main()
