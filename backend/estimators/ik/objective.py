"""The cost of a pose against the observations, and its Gauss-Newton terms, frame by frame."""

from dataclasses import dataclass

import numpy as np

from ...motion.rotations import matrix_to_axis_angle
from .config import LIMB_FROM, LIMB_TO, IKConfig
from .observations import Observations
from .points import ACTIVE, LandmarkModel, PointModel
from .prior import PosePrior, inverse_right_jacobian

TURNS = 3 * len(ACTIVE)
UNKNOWNS = TURNS + 3  # of one frame: a turn of each active joint, then the translation


@dataclass
class Terms:
    """Gauss-Newton terms of T frames: cost, gradient and curvature in pose and in shape."""

    cost: float
    gradient: np.ndarray  # (T, UNKNOWNS)
    curvature: np.ndarray  # (T, UNKNOWNS, UNKNOWNS)
    shape_gradient: np.ndarray  # (10,)
    shape_curvature: np.ndarray  # (10, 10)
    mixed: np.ndarray  # (T, UNKNOWNS, 10)


def _cauchy(squared: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Cauchy's robust cost of squared residuals, and the weight each keeps (Barron 2019)."""
    ratio = squared / scale**2
    return scale**2 * np.log1p(ratio), 1 / (1 + ratio)


class FrameObjective:
    """Everything of the cost that looks at one frame at a time."""

    def __init__(
        self,
        model: PointModel,
        landmark_model: LandmarkModel,
        prior: PosePrior,
        observations: Observations,
        config: IKConfig,
    ) -> None:
        self.model, self.prior, self.config = model, prior, config
        self.observations = observations
        sigma = landmark_model.sigma * config.landmark_sigma_scale
        self._ray_weight = np.sqrt(observations.trust) / sigma  # 1 / metres
        # Across the view twice, then in depth.
        self._slopes = landmark_model.slopes[:, [0, 0, 1]]
        sigma = landmark_model.slope_sigma[:, [0, 0, 1]] * model.limb_lengths()[:, None]
        sigma = sigma * config.limb_sigma_scale
        self._limb_weight = np.sqrt(observations.limb_trust)[..., None] / sigma
        # Landmarks err alike in every frame, so more frames do not make the shape any surer.
        self._shape_weight = len(observations) / config.shape_sigma**2

    def _rays(self, landmarks: np.ndarray, reference: np.ndarray) -> tuple:
        depth = np.maximum(landmarks[..., 2:], 0.1)
        scale = self._ray_weight[..., None] * reference[:, None, None]
        residual = (landmarks[..., :2] / depth - self.observations.rays) * scale
        cost, keep = _cauchy(np.sum(residual**2, axis=-1), self.config.robust_landmark)
        return residual, keep, cost.sum(), depth, scale

    def _limbs(self, landmarks: np.ndarray) -> tuple:
        limbs = (landmarks[:, LIMB_TO] - landmarks[:, LIMB_FROM]) @ self.observations.turn
        weight = self._limb_weight
        residual = (self._slopes * limbs - self.observations.limbs) * weight
        cost, keep = _cauchy(np.sum(residual**2, axis=-1), self.config.robust_limb)
        return residual, keep, cost.sum(), weight

    def _prior(self, local: np.ndarray) -> tuple:
        theta = matrix_to_axis_angle(local[:, ACTIVE[1:]])
        flat = theta.reshape(len(theta), -1)
        likely = np.sqrt(self.config.prior_weight) * (
            (flat - self.prior.mean) @ self.prior.whiten.T
        )
        over = np.maximum(flat - self.prior.upper, 0) + np.minimum(flat - self.prior.lower, 0)
        over = over / self.config.limit_sigma
        return theta, likely, over

    def cost(
        self, local: np.ndarray, trans: np.ndarray, betas: np.ndarray, reference: np.ndarray
    ) -> float:
        """The cost alone; reference (T,) is the depth at which metres are counted."""
        landmarks = self.model.pose(local, trans, betas).landmarks
        _, likely, over = self._prior(local)
        return float(
            self._rays(landmarks, reference)[2]
            + self._limbs(landmarks)[2]
            + np.sum(likely**2)
            + np.sum(over**2)
            + self._shape_weight * np.sum(betas**2)
        )

    def terms(
        self,
        local: np.ndarray,
        trans: np.ndarray,
        betas: np.ndarray,
        reference: np.ndarray,
        with_shape: bool,
    ) -> Terms:
        """Cost, gradient and curvature at a pose (T,24,3,3), (T,3), (10,)."""
        frames = len(local)
        posed = self.model.pose(local, trans, betas)
        turn = self.model.landmark_jacobian(posed)  # (T, 33, 3, TURNS)
        shape = self.model.shape_jacobian(posed) if with_shape else np.zeros((frames, 33, 3, 0))
        shift = np.broadcast_to(np.eye(3), (frames, 33, 3, 3))
        points = np.concatenate([turn, shift, shape], axis=-1)

        residual, keep, ray_cost, depth, scale = self._rays(posed.landmarks, reference)
        ratio = posed.landmarks[..., :2] / depth
        # d(X/Z) = (dX - (X/Z) dZ) / Z
        rays = points[:, :, :2] - ratio[..., None] * points[:, :, 2:]
        rows = [(rays * (scale / depth * np.sqrt(keep)[..., None])[..., None])]
        values = [residual * np.sqrt(keep)[..., None]]

        residual, keep, limb_cost, weight = self._limbs(posed.landmarks)
        limbs = points[:, LIMB_TO] - points[:, LIMB_FROM]
        limbs = np.swapaxes(self.observations.turn, -1, -2)[:, None] @ limbs
        rows.append(limbs * (self._slopes * weight * np.sqrt(keep)[..., None])[..., None])
        values.append(residual * np.sqrt(keep)[..., None])

        # Single precision halves the time of the products; the cost itself stays in double.
        jacobian = np.concatenate(
            [r.reshape(frames, -1, r.shape[-1]) for r in rows], axis=1, dtype=np.float32
        )
        value = np.concatenate([v.reshape(frames, -1) for v in values], axis=1, dtype=np.float32)
        transposed = np.swapaxes(jacobian, -1, -2)
        full = transposed @ jacobian
        gradient = (transposed @ value[..., None])[..., 0]

        theta, likely, over = self._prior(local)
        inverse = inverse_right_jacobian(theta)  # (T, A-1, 3, 3)
        whiten = np.sqrt(self.config.prior_weight) * self.prior.whiten
        stacked = whiten.reshape(len(whiten), -1, 3).transpose(1, 0, 2)  # (A-1, P, 3)
        soft = stacked[None].astype(np.float32) @ inverse.astype(np.float32)
        soft = soft.transpose(0, 2, 1, 3).reshape(frames, len(whiten), -1)
        body = slice(3, TURNS)
        full[:, body, body] += np.swapaxes(soft, -1, -2) @ soft
        gradient[:, body] += (np.swapaxes(soft, -1, -2) @ likely[..., None])[..., 0]
        hard = inverse * (over != 0).reshape(*theta.shape, 1) / self.config.limit_sigma
        pushed = (np.swapaxes(hard, -1, -2) @ over.reshape(*theta.shape, 1))[..., 0]
        gradient[:, body] += pushed.reshape(frames, -1)
        squares = np.swapaxes(hard, -1, -2) @ hard
        for joint in range(theta.shape[1]):
            block = slice(3 + 3 * joint, 6 + 3 * joint)
            full[:, block, block] += squares[:, joint]

        pose = slice(0, UNKNOWNS)
        shape_gradient = gradient[:, UNKNOWNS:].sum(axis=0)
        shape_curvature = full[:, UNKNOWNS:, UNKNOWNS:].sum(axis=0)
        if with_shape:
            shape_gradient = shape_gradient + self._shape_weight * betas
            shape_curvature = shape_curvature + self._shape_weight * np.eye(10)
        total = ray_cost + limb_cost + np.sum(likely**2) + np.sum(over**2)
        return Terms(
            cost=float(total + self._shape_weight * np.sum(betas**2)),
            gradient=gradient[:, pose],
            curvature=full[:, pose, pose],
            shape_gradient=shape_gradient,
            shape_curvature=shape_curvature,
            mixed=full[:, pose, UNKNOWNS:],
        )
