"""Fit the landmark model: how BlazePose's report of our body differs from the body.

From rendered people with exact truth (see render_pairs): where each landmark sits on the body as
BlazePose understands it, how far it strays, and how much of a limb's true extent its world
landmarks report across the view and in depth (they flatten depth by half).
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from ..estimators.ik.config import LIMB_FROM, LIMB_TO
from ..estimators.ik.observations import viewing_turn
from ..motion.skeleton import LANDMARK_JOINT, LANDMARK_MIRROR

WEIGHTS = Path(__file__).parents[1] / "weights" / "landmark_model.safetensors"

_PLAIN = 0.7  # visibility from which a landmark counts as plainly seen
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
    return {
        "offsets": offsets.astype(np.float32),
        "sigma": sigma.astype(np.float32),
        "slopes": slopes.astype(np.float32),
        "slope_sigma": slope_sigma.astype(np.float32),
    }


def save(model: dict[str, np.ndarray]) -> None:
    WEIGHTS.parent.mkdir(exist_ok=True)
    save_file({key: np.ascontiguousarray(value) for key, value in model.items()}, WEIGHTS)
