"""Fit the pose prior: how joints of real people turn, from the training split of open motion.

    python -m backend.training.pose_prior ../shared/motion

Writes backend/weights/pose_prior.safetensors: the mean and covariance of the 23 parent-relative
axis-angles (69 numbers), and the range that each of them keeps to.
"""

import argparse
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from ..motion.skeleton import MIRROR
from .motion import open_motion

WEIGHTS = Path(__file__).parents[1] / "weights" / "pose_prior.safetensors"

# Salsa, a quarter of the minutes, and toy proportions with arms wide count less.
_SUBJECT_WEIGHT = {"060": 0.15, "061": 0.15}
_KEYED_WEIGHT = 0.5  # hand-keyed motion: poses nobody captured, but not how often people do them
_LIMIT_QUANTILES = (0.0005, 0.9995)


def training_poses(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Poses (N, 23, 3), radians, and their weights (N,), mirrored copies included."""
    poses, weights = [], []
    for motion in open_motion(folder, "train"):
        source, subject, _ = motion.key.split("/")
        keep = motion.poses[motion.ok, 1:].astype(float)
        weight = _SUBJECT_WEIGHT.get(subject, 1.0) if source == "cmu" else _KEYED_WEIGHT
        poses.append(keep)
        weights.append(np.full(len(keep), weight))
    stacked, weight = np.concatenate(poses), np.concatenate(weights)
    # A mirrored rotation keeps its x component: left and right swap across the y-z plane.
    mirrored = stacked[:, MIRROR[1:] - 1] * np.array([1.0, -1.0, -1.0])
    return np.concatenate([stacked, mirrored]), np.concatenate([weight, weight])


def fit(poses: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Mean (69,), covariance (69, 69), lower and upper limits (69,), radians."""
    flat = poses.reshape(len(poses), -1)
    mean = np.average(flat, axis=0, weights=weights)
    covariance = np.cov(flat.T, aweights=weights)
    lower, upper = np.quantile(flat, _LIMIT_QUANTILES, axis=0)
    return {
        "mean": mean.astype(np.float32),
        "covariance": covariance.astype(np.float32),
        "lower": lower.astype(np.float32),
        "upper": upper.astype(np.float32),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("motion", type=Path, help="folder with cmu.npz and cc0.npz")
    arguments = parser.parse_args()
    poses, weights = training_poses(arguments.motion)
    prior = fit(poses, weights)
    WEIGHTS.parent.mkdir(exist_ok=True)
    save_file(prior, WEIGHTS)
    spread = np.degrees(np.sqrt(np.diag(prior["covariance"]).reshape(23, 3)))
    print(f"{len(poses)} poses, largest spread {spread.max():.0f}°, written to {WEIGHTS.name}")


if __name__ == "__main__":
    main()
