"""What the fit is fitted to: landmarks as rays, limb directions, and how far each is trusted."""

from dataclasses import dataclass

import numpy as np

from ...motion.rotations import rotation_between
from .config import DIRECTION_FROM, DIRECTION_SIGMA, DIRECTION_TO, LANDMARK_SIGMA


@dataclass(frozen=True)
class Observations:
    """T frames of one person in the camera (x right, y down, z forward)."""

    timestamps: np.ndarray  # (T,) seconds
    rays: np.ndarray  # (T, 33, 2): x/z and y/z of each landmark
    ray_weight: np.ndarray  # (T, 33) 1 / metres: inverse standard deviation, 0 where unseen
    world: np.ndarray  # (T, 33, 3) BlazePose's own 3D, turned from the person's ray to the camera
    directions: np.ndarray  # (T, D, 3) unit limb directions
    direction_weight: np.ndarray  # (T, D) inverse standard deviation
    trust: np.ndarray  # (T, 33) 0..1

    def __len__(self) -> int:
        return len(self.timestamps)

    def part(self, index: slice | np.ndarray) -> "Observations":
        return Observations(*(getattr(self, name)[index] for name in self.__dataclass_fields__))


def trust_of(visibility: np.ndarray) -> np.ndarray:
    """Visibility 0..1 -> trust 0..1: limbs out of the frame are made up at visibility under 0.2."""
    return np.clip((visibility - 0.1) / 0.6, 0.0, 1.0)


def observe(
    landmarks: np.ndarray, world: np.ndarray, seen: np.ndarray, timestamps: np.ndarray, K: np.ndarray
) -> Observations:
    """Landmarks (T,33,3: px, px, visibility), world landmarks (T,33,3) m, seen (T,), K (3,3)."""
    rays = (landmarks[..., :2] - K[:2, 2]) / np.diag(K)[:2]
    rays, world = np.nan_to_num(rays), np.nan_to_num(world)
    trust = trust_of(np.nan_to_num(landmarks[..., 2])) * seen[:, None]
    # BlazePose looks along the ray to the person's middle, as if it were the optical axis.
    middle = rays[:, [11, 12, 23, 24]].mean(axis=1)
    towards = np.concatenate([middle, np.ones_like(middle[:, :1])], axis=-1)
    towards /= np.linalg.norm(towards, axis=-1, keepdims=True)
    turn = rotation_between(np.array([0.0, 0.0, 1.0]), towards)
    world = np.einsum("tab,tkb->tka", turn, world.astype(float))
    limbs = world[:, DIRECTION_TO] - world[:, DIRECTION_FROM]
    length = np.linalg.norm(limbs, axis=-1, keepdims=True)
    directions = limbs / np.maximum(length, 1e-6)
    pair_trust = np.minimum(trust[:, DIRECTION_FROM], trust[:, DIRECTION_TO])
    return Observations(
        timestamps=timestamps.astype(float),
        rays=rays.astype(float),
        ray_weight=np.sqrt(trust) / LANDMARK_SIGMA,
        world=world,
        directions=directions,
        # World landmarks stay half useful where the picture shows nothing: they are a likely pose.
        direction_weight=np.sqrt(0.15 * seen[:, None] + 0.85 * pair_trust) / DIRECTION_SIGMA,
        trust=trust,
    )
