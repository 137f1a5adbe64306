"""A short fit after the network: its pose is believed, and moved onto the landmarks.

The network sees motion and knows people, but nothing ties its answer to the pixels. The correction
is taken to be small and slow - an Ornstein-Uhlenbeck process in every joint's turn and in the
translation - so that the picture's detail comes in and its jitter stays out. Gauss-Newton over all
frames of a window at once: frames touch their neighbours only, so one banded Cholesky solves them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solveh_banded

from ..estimators.ik.points import ACTIVE, LandmarkModel, PointModel
from ..motion.body import Body
from ..motion.rotations import axis_angle_to_matrix
from ..motion.skeleton import PARENTS

TURNS = 3 * len(ACTIVE)
_FIRST_CHILD = {int(parent): child for child, parent in reversed(list(enumerate(PARENTS)))}
UNKNOWNS = TURNS + 3  # of a frame: a turn of each active joint, then the translation
# The joint that tells of each active joint's turn; of the head, which has none, its own place.
_CHILD = np.array([_FIRST_CHILD.get(int(joint), int(joint)) for joint in ACTIVE])
_SHORTEST = 0.1  # metres: a shorter limb's turn is not told by its end


@dataclass(frozen=True)
class PolishConfig:
    """Every number of the fit."""

    turn_share: float = 0.5  # of the turns that would explain the joints' expected errors
    least_turn: float = 0.03  # radians that a joint may be off at least, one standard deviation
    most_turn: float = 0.5
    root_sigma: float = 0.10
    trans_sigma: float = 0.05  # metres across the view ...
    depth_sigma: float = 0.15  # ... and along it
    seconds: float = 0.25  # how long a correction lasts: the process's time constant
    spread_scale: float = 2.0  # landmarks of one frame, and of the next, err alike
    robust: float = 2.0  # Cauchy's scale in standard deviations: swaps and jumps fade out
    landmark_model_share: float = 0.5  # of the offsets that BlazePose has from our landmarks
    iterations: int = 3
    window: float = 8.0  # seconds solved together, to bound memory
    overlap: float = 2.0  # seconds solved twice and faded: what is over the edge is forgotten there


def polish(
    body: Body,
    local: np.ndarray,
    trans: np.ndarray,
    betas: np.ndarray,
    error: np.ndarray,
    rays: np.ndarray,
    spread: np.ndarray,
    timestamps: np.ndarray,
    config: PolishConfig | None = None,
    *,
    done: Callable[[float], None] = lambda share: None,
) -> tuple[np.ndarray, np.ndarray]:
    """Corrected rotations (T, 24, 3, 3) and pelvis (T, 3).

    local (T, 24, 3, 3) and trans (T, 3) in camera axes, metres; betas (10,); error (T, 24) m that
    each joint may be off; rays (T, 33, 2) of the landmarks; spread (T, 33) m that they may be off,
    infinite where not seen; timestamps (T,) s.
    done gets the share done after each window.
    """
    config = config or PolishConfig()
    offsets = LandmarkModel.load(config.landmark_model_share).offsets
    model = PointModel.from_body(body, offsets)
    believed = _believed(model.at(betas)[0], error, config)
    frames = len(local)
    step = float(np.median(np.diff(timestamps))) if frames > 1 else config.window
    overlap = max(2, math.ceil(config.overlap / max(step, 1e-3)))
    window = max(3 * overlap, math.ceil(config.window / max(step, 1e-3)))
    x = np.zeros((frames, UNKNOWNS))
    start = 0
    while True:
        end = min(start + window, frames)
        span = slice(start, end)
        part = _solve(
            model, local[span], trans[span], betas, believed[span], rays[span], spread[span],
            timestamps[span], config,
        )  # fmt: skip
        if start:  # what both windows solved passes from one to the other
            fade = (np.arange(overlap) + 1)[:, None] / (overlap + 1)
            shared = slice(start, start + overlap)
            part[:overlap] = (1 - fade) * x[shared] + fade * part[:overlap]
        x[span] = part
        done(end / frames)
        if end == frames:
            return _apply(local, trans, x)
        start = end - overlap


def _apply(local: np.ndarray, trans: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    turned = local.copy()
    turns = x[:, :TURNS].reshape(len(x), -1, 3)
    turned[:, ACTIVE] = turned[:, ACTIVE] @ axis_angle_to_matrix(turns)
    return turned, trans + x[:, TURNS:]


def _solve(model, local, trans, betas, believed, rays, spread, timestamps, config) -> np.ndarray:
    """The correction (T, UNKNOWNS) of one window."""
    frames = len(local)
    rho = np.exp(-np.maximum(np.diff(timestamps), 1e-4) / config.seconds)[:, None]
    tie = rho / (1 - rho**2)  # (T-1, 1) of two frames' corrections in standard deviations
    firm = tie * believed[1:] * believed[:-1]  # (T-1, U): how much neighbours pull on each other
    x = np.zeros((frames, UNKNOWNS))
    for _ in range(config.iterations):
        curvature, gradient = _landmark_terms(
            model, *_apply(local, trans, x), betas, rays, spread, config
        )
        band = np.zeros((UNKNOWNS + 1, frames, UNKNOWNS))
        rows, columns = np.tril_indices(UNKNOWNS)
        band[rows - columns, :, columns] = curvature[:, rows, columns].T
        # The process's precision: tridiagonal, exact for any spacing of the frames.
        diagonal = believed**2
        diagonal[:-1] += rho * tie * believed[:-1] ** 2
        diagonal[1:] += rho * tie * believed[1:] ** 2
        band[0] += diagonal
        band[UNKNOWNS, :-1] -= firm
        gradient += diagonal * x
        gradient[:-1] -= firm * x[1:]
        gradient[1:] -= firm * x[:-1]
        x = x - solveh_banded(
            band.reshape(UNKNOWNS + 1, -1), gradient.ravel(), lower=True, check_finite=False
        ).reshape(frames, UNKNOWNS)
    return x


def _believed(rest: np.ndarray, error: np.ndarray, config: PolishConfig) -> np.ndarray:
    """(T, UNKNOWNS) one over the standard deviation that each unknown has by itself.

    A joint may be turned by as much as explains what its child is expected to be off more than
    itself. rest (24, 3) m; error (T, 24) m.
    """
    lengths = np.maximum(np.linalg.norm(rest[_CHILD] - rest[ACTIVE], axis=-1), _SHORTEST)
    near, far = error[:, ACTIVE], error[:, _CHILD]
    own = np.sqrt(np.maximum(far**2 - near**2, (0.3 * far) ** 2)) / lengths
    sigma = np.empty((len(error), UNKNOWNS))
    turns = np.clip(config.turn_share * own, config.least_turn, config.most_turn)
    sigma[:, :TURNS] = np.repeat(turns, 3, axis=1)
    sigma[:, :3] = config.root_sigma
    sigma[:, TURNS:] = config.trans_sigma, config.trans_sigma, config.depth_sigma
    return 1 / sigma


def _landmark_terms(model, local, trans, betas, rays, spread, config):
    """Curvature (T, U, U) and gradient (T, U) of the landmarks' distances in the picture."""
    frames = len(local)
    posed = model.pose(local, trans, betas)
    shift = np.broadcast_to(np.eye(3), (frames, 33, 3, 3))
    points = np.concatenate([model.landmark_jacobian(posed), shift], axis=-1)
    depth = np.maximum(posed.landmarks[..., 2:], 0.2)
    ratio = posed.landmarks[..., :2] / depth
    # Metres at the person, so that far and near people are fitted alike.
    sigma = config.spread_scale * spread[..., None]
    scale = np.maximum(trans[:, 2], 0.2)[:, None, None] / sigma
    residual = (ratio - rays) * scale
    keep = 1 / (1 + np.sum(residual**2, axis=-1) / config.robust**2)
    root = np.sqrt(keep)[..., None]
    # d(X / Z) = (dX - (X / Z) dZ) / Z
    jacobian = (points[:, :, :2] - ratio[..., None] * points[:, :, 2:]) * (scale / depth * root)[
        ..., None
    ]
    # Single precision halves the time of the products.
    jacobian = jacobian.reshape(frames, -1, UNKNOWNS).astype(np.float32)
    value = (residual * root).reshape(frames, -1).astype(np.float32)
    transposed = np.swapaxes(jacobian, -1, -2)
    return (transposed @ jacobian).astype(float), (transposed @ value[..., None])[..., 0].astype(
        float
    )
