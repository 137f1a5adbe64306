"""How likely a pose is: a Gaussian over joint rotations, and the range each joint keeps to."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from .points import ACTIVE

_PRIOR = Path(__file__).parents[2] / "weights" / "pose_prior.safetensors"
_JOINTS = ACTIVE[1:]  # the root has no prior: people lie, tumble and turn
_FLOOR = np.radians(4.0)  # spread added to each axis, so that no joint is ever frozen


@dataclass(frozen=True)
class PosePrior:
    """Statistics of the parent-relative axis-angles of the active joints but the root."""

    mean: np.ndarray  # (P,) radians, P = 3 * (len(ACTIVE) - 1)
    whiten: np.ndarray  # (P, P): whiten @ (theta - mean) has unit covariance
    lower: np.ndarray  # (P,) radians
    upper: np.ndarray  # (P,)

    @classmethod
    def load(cls) -> "PosePrior":
        data = load_file(_PRIOR)
        pick = (3 * (_JOINTS[:, None] - 1) + np.arange(3)).ravel()
        covariance = data["covariance"][np.ix_(pick, pick)].astype(float)
        covariance += _FLOOR**2 * np.eye(len(pick))
        whiten = np.linalg.inv(np.linalg.cholesky(covariance))
        return cls(
            data["mean"][pick].astype(float),
            whiten,
            data["lower"][pick].astype(float),
            data["upper"][pick].astype(float),
        )

    def mean_pose(self) -> np.ndarray:
        """(24, 3) axis-angle, the root and what does not move at zero."""
        pose = np.zeros((24, 3))
        pose[_JOINTS] = self.mean.reshape(-1, 3)
        return pose


def joint_range() -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper limits (69,), radians: what each axis-angle number of the 23 joints but the
    root keeps to, in all but a thousandth of captured poses.
    """
    data = load_file(_PRIOR)
    return data["lower"], data["upper"]


def inverse_right_jacobian(theta: np.ndarray) -> np.ndarray:
    """d log(R exp(delta)) / d delta at R = exp(theta): (..., 3) -> (..., 3, 3).

    Solà et al. 2018, eq. 144; finite up to an angle of 2 pi.
    """
    angle = np.linalg.norm(theta, axis=-1)[..., None, None]
    x, y, z = np.moveaxis(theta, -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*x.shape, 3, 3)
    safe = np.maximum(angle, 1e-4)
    half = safe / 2
    factor = np.where(angle > 1e-4, (1 - half / np.tan(half)) / safe**2, 1 / 12)
    return np.eye(3) + 0.5 * cross + factor * (cross @ cross)
