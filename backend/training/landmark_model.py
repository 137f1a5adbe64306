"""Fit the landmark model: how BlazePose's report of our body differs from the body.

    python -m backend.training.landmark_model PAIRS

From rendered people with exact truth (see training.pairs): where each landmark sits on the body as
BlazePose understands it, how far it strays, and how much of a limb's true extent its world
landmarks report across the view and in depth (they flatten depth by half).
"""

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from ..body import load_body
from ..estimators.ik.config import LIMB_FROM, LIMB_TO
from ..estimators.ik.observations import TORSO, viewing_turn
from ..estimators.ik.points import PointModel
from ..evaluation.metrics import similarity
from ..motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from ..motion.skeleton import LANDMARK_JOINT, LANDMARK_MIRROR
from .pairs import read_shards

WEIGHTS = Path(__file__).parents[1] / "weights" / "landmark_model.safetensors"

_PLAIN = 0.7  # visibility from which a landmark counts as plainly seen
_FOUND = 0.8  # score under which BlazePose saw nobody
_SCALE = 0.04  # metres, of the robust fits: swaps and wild misses are not the landmark's place


def _robust(A: np.ndarray, b: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Cauchy-weighted least squares of A (N, R, P) x = b (N, R): x (P,) and residuals (N, R)."""
    weight = np.ones(len(A))
    for _ in range(15):
        root = np.sqrt(weight)[:, None]
        x = np.linalg.lstsq(
            (A * root[..., None]).reshape(-1, A.shape[-1]), (b * root).ravel(), rcond=None
        )[0]
        residual = b - A @ x
        weight = 1 / (1 + np.sum(residual**2, axis=-1) / scale**2)
    return x, residual


def _spread(residual: np.ndarray) -> float:
    """Standard deviation of one axis, from the median: outliers are the robust cost's business."""
    return float(1.4826 * np.median(np.abs(residual)))


def _limb(a: int, b: int) -> int:
    """Index of the limb between two landmarks, in either direction."""
    ends = np.sort(np.column_stack([LIMB_FROM, LIMB_TO]), axis=1)
    return int(np.flatnonzero((ends == sorted((a, b))).all(axis=1))[0])


def fit(pairs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """pairs: rays (N,33,2), visibility (N,33), world (N,33,3) as reported; landmarks (N,33,3) and
    rotations (N,24,3,3) of the truth in the camera.

    Returns offsets (33,3) m in each landmark's joint at rest, sigma (33,) m, slopes (D,2) across
    and in depth, and slope_sigma (D,2).
    """
    rays, truth, rotations = pairs["rays"], pairs["landmarks"], pairs["rotations"]
    offsets, sigma = np.zeros((33, 3)), np.zeros(33)
    for k in range(33):
        seen = pairs["visibility"][:, k] > _PLAIN
        ray, point = rays[seen, k], truth[seen, k]
        turn = rotations[seen, LANDMARK_JOINT[k]]
        # Moving the point by o moves X - (x/z) Z by the first rows less ray times the third.
        A = turn[:, :2] - ray[..., None] * turn[:, 2:]
        b = ray * point[:, 2:] - point[:, :2]
        offsets[k], residual = _robust(A, b, _SCALE)
        sigma[k] = _spread(residual)
    # People are symmetric; what differs between sides is chance.
    offsets = (offsets + offsets[LANDMARK_MIRROR] * [-1.0, 1.0, 1.0]) / 2
    sigma = (sigma + sigma[LANDMARK_MIRROR]) / 2

    turn = viewing_turn(rays)
    points = truth + np.einsum("nkab,kb->nka", rotations[:, LANDMARK_JOINT], offsets)
    limbs = (points[:, LIMB_TO] - points[:, LIMB_FROM]) @ turn
    reported = pairs["world"][:, LIMB_TO] - pairs["world"][:, LIMB_FROM]
    length = np.linalg.norm(limbs, axis=-1, keepdims=True)
    limbs, reported = limbs / length, reported / length
    slopes, slope_sigma = np.zeros((len(LIMB_TO), 2)), np.zeros((len(LIMB_TO), 2))
    for d in range(len(LIMB_TO)):
        for axis, part in enumerate((slice(0, 2), slice(2, 3))):
            x, residual = _robust(limbs[:, d, part, None], reported[:, d, part], 0.3)
            slopes[d, axis], slope_sigma[d, axis] = x[0], _spread(residual)
    other = [
        _limb(LANDMARK_MIRROR[a], LANDMARK_MIRROR[b])
        for a, b in zip(LIMB_FROM, LIMB_TO, strict=True)
    ]
    slopes, slope_sigma = (slopes + slopes[other]) / 2, (slope_sigma + slope_sigma[other]) / 2
    return {
        "offsets": offsets.astype(np.float32),
        "sigma": sigma.astype(np.float32),
        "slopes": slopes.astype(np.float32),
        "slope_sigma": slope_sigma.astype(np.float32),
    }


def told(shards: dict[str, np.ndarray], every: int = 1) -> dict[str, np.ndarray]:
    """Every so many frames of rendered pairs, as `fit` takes them; shards: `read_shards`."""
    model = PointModel.from_body(load_body())
    chosen = [np.arange(first, last, every) for first, last in pairwise(shards["start"])]
    posed = [
        model.pose(
            axis_angle_to_matrix(shards["poses"][frames].astype(float)),
            shards["trans"][frames].astype(float),
            betas.astype(float),
        )
        for frames, betas in zip(chosen, shards["betas"], strict=True)
    ]
    frames = np.concatenate(chosen)
    region = shards["region"][frames].astype(float)[:, None]
    found = (shards["score"][frames] >= _FOUND) & shards["seen"][frames]
    pairs = {
        "rays": region[..., :2] + shards["landmarks"][frames].astype(float) * region[..., 2:3],
        "visibility": shards["visibility"][frames] / 255,
        "world": shards["world"][frames].astype(float),
        "landmarks": np.concatenate([item.landmarks for item in posed]),
        "rotations": np.concatenate([item.rotations for item in posed]),
    }
    return {key: values[found] for key, values in pairs.items()}


def tilt_share(pairs: dict[str, np.ndarray]) -> float:
    """Share of the viewing ray's tilt that the world landmarks leave out: observations._TILT_SHARE.

    Regresses the pitch that would set the world landmarks right on the ray's own.
    """
    core = [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]
    middle = pairs["rays"][:, TORSO].mean(axis=1)
    _, rotation, _ = similarity(pairs["world"][:, core], pairs["landmarks"][:, core])
    pitch = matrix_to_axis_angle(rotation)[:, 0]
    A = np.column_stack([middle, np.ones(len(middle))])
    return float(-np.linalg.lstsq(A, pitch, rcond=None)[0][1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path, help="folder of shards from backend.training.pairs")
    parser.add_argument("--every", type=int, default=20, help="frames of a clip are much alike")
    arguments = parser.parse_args()
    pairs = told(read_shards(arguments.pairs), arguments.every)
    model = fit(pairs)
    WEIGHTS.parent.mkdir(exist_ok=True)
    save_file({key: np.ascontiguousarray(value) for key, value in model.items()}, WEIGHTS)
    moved = 1000 * np.linalg.norm(model["offsets"], axis=-1)
    print(f"{len(pairs['rays'])} people; landmarks move {moved.mean():.0f} mm on average")
    print(f"landmark spread {1000 * model['sigma'].mean():.0f} mm")
    print(f"share of a limb reported across the view and in depth: {model['slopes'][:12].mean(0)}")
    print(f"tilt share {tilt_share(pairs):.2f}")


if __name__ == "__main__":
    main()
