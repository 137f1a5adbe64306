"""What the fit is fitted to: landmarks as rays, reported limbs, and how far each is trusted."""

from dataclasses import dataclass

import numpy as np

from ...motion.rotations import rotation_between
from ...motion.skeleton import LANDMARK
from ..evidence import trust_of
from .config import LIMB_FROM, LIMB_TO


@dataclass(frozen=True)
class Observations:
    """T frames of one person in the camera (x right, y down, z forward)."""

    timestamps: np.ndarray  # (T,) seconds
    rays: np.ndarray  # (T, 33, 2): x/z and y/z of each landmark
    turn: np.ndarray  # (T, 3, 3): from the person's ray as optical axis to the camera
    limbs: np.ndarray  # (T, D, 3) limbs that the world landmarks report, along the person's ray, m
    trust: np.ndarray  # (T, 33) 0..1: how far each landmark is seen
    limb_trust: np.ndarray  # (T, D) 0..1
    world: np.ndarray  # (T, 33, 3) the world landmarks, turned to the camera

    def __len__(self) -> int:
        return len(self.timestamps)

    def part(self, index: slice | np.ndarray) -> "Observations":
        return Observations(*(getattr(self, name)[index] for name in self.__dataclass_fields__))


# The landmarks whose middle a person's viewing ray goes through.
TORSO = [LANDMARK[name] for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]

# Share of the ray's tilt up or down that world landmarks leave to us. Left and right they know
# nothing of; up and down they guess part of it (2000 rendered people, training.landmark_model).
_TILT_SHARE = 0.45


def viewing_turn(rays: np.ndarray) -> np.ndarray:
    """(T, 33, 2) landmarks as rays -> (T, 3, 3) from the axes of the world landmarks to the camera.

    BlazePose looks along the ray to the person's middle as if it were the optical axis.
    """
    middle = rays[:, TORSO].mean(axis=1) * [1.0, _TILT_SHARE]
    towards = np.concatenate([middle, np.ones_like(middle[:, :1])], axis=-1)
    towards /= np.linalg.norm(towards, axis=-1, keepdims=True)
    return rotation_between(np.array([0.0, 0.0, 1.0]), towards)


def rays_of(landmarks: np.ndarray, K: np.ndarray) -> np.ndarray:
    """Landmarks (T, 33, 3: px, px, visibility) as x/z and y/z (T, 33, 2), zero where unknown."""
    return np.nan_to_num((landmarks[..., :2] - K[:2, 2]) / np.diag(K)[:2]).astype(float)


def observe(
    landmarks: np.ndarray,
    world: np.ndarray,
    seen: np.ndarray,
    timestamps: np.ndarray,
    K: np.ndarray,
) -> Observations:
    """Landmarks (T,33,3: px, px, visibility), world landmarks (T,33,3) m, seen (T,), K (3,3)."""
    rays = rays_of(landmarks, K)
    world = np.nan_to_num(world).astype(float)
    trust = trust_of(np.nan_to_num(landmarks[..., 2])) * seen[:, None]
    turn = viewing_turn(rays)
    both = np.minimum(trust[:, LIMB_FROM], trust[:, LIMB_TO])
    return Observations(
        timestamps=timestamps.astype(float),
        rays=rays,
        turn=turn,
        limbs=world[:, LIMB_TO] - world[:, LIMB_FROM],
        trust=trust,
        # What the picture does not show is still a likely pose, so it keeps some weight.
        limb_trust=0.15 * seen[:, None] + 0.85 * both,
        world=world @ np.swapaxes(turn, -1, -2),
    )
