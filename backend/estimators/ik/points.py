"""The body as the fit sees it: rest joints and landmarks, both linear in shape."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from ...motion.body import Body
from ...motion.kinematics import forward_kinematics
from ...motion.skeleton import LANDMARK_JOINT, LEVELS, PARENTS
from .config import LIMB_FROM, LIMB_TO

_LANDMARK_MODEL = Path(__file__).parents[2] / "weights" / "landmark_model.safetensors"

# Joints that the fit turns. Toes and hands carry landmarks but no landmark sees them bend.
ACTIVE = np.array([j for j in range(24) if j not in (10, 11, 22, 23)])

# carries[k, j]: turning joint ACTIVE[j] moves landmark k.
_ancestors = [{j} for j in range(24)]
for _j in range(1, 24):
    _ancestors[_j] |= _ancestors[PARENTS[_j]]
CARRIES = np.array([[j in _ancestors[LANDMARK_JOINT[k]] for j in ACTIVE] for k in range(33)])


@dataclass(frozen=True)
class Posed:
    """A batch of posed skeletons: joints (T,24,3), rotations (T,24,3,3), landmarks (T,33,3)."""

    joints: np.ndarray
    rotations: np.ndarray
    landmarks: np.ndarray


@dataclass(frozen=True)
class LandmarkModel:
    """How BlazePose's report of a body differs from the body; see training.landmark_model."""

    offsets: np.ndarray  # (33, 3) m at rest, from our landmark to where BlazePose puts it
    sigma: np.ndarray  # (33,) m of a plainly seen landmark across the view
    slopes: np.ndarray  # (D, 2) how much of a limb to expect reported, across and in depth
    slope_sigma: np.ndarray  # (D, 2) in lengths of the limb

    @classmethod
    def load(cls, share: float = 1.0) -> "LandmarkModel":
        """share 0..1: how much of the measured offsets to believe of photographs."""
        data = {key: value.astype(float) for key, value in load_file(_LANDMARK_MODEL).items()}
        slopes = data["slopes"]
        # World landmarks report half of a limb's depth, but doubling it would double its noise:
        # people who stand would stoop with bent knees.
        slopes[:, 1] = 1.0
        return cls(share * data["offsets"], data["sigma"], slopes, data["slope_sigma"])

    @classmethod
    def of_our_body(cls) -> "LandmarkModel":
        """Of landmarks that are on our body, limbs as long as they are; errors as measured."""
        measured = cls.load(0.0)
        return replace(measured, slopes=np.ones_like(measured.slopes))


@dataclass(frozen=True)
class PointModel:
    """Rest joints and landmark offsets at shape zero, and their change with each of ten betas."""

    joints: np.ndarray  # (24, 3) metres
    joints_shape: np.ndarray  # (24, 3, 10)
    offsets: np.ndarray  # (33, 3) landmark minus the joint that carries it
    offsets_shape: np.ndarray  # (33, 3, 10)

    @classmethod
    def from_body(cls, body: Body, offsets: np.ndarray | float = 0.0) -> "PointModel":
        """offsets (33, 3): LandmarkModel's, to speak of landmarks as BlazePose does."""
        if body.landmark_regressor is None:
            raise ValueError("the body has no landmark_regressor")
        joints = body.J_regressor @ body.v_template
        joints_shape = np.einsum("jv,vab->jab", body.J_regressor, body.shapedirs)
        landmarks = body.landmark_regressor @ body.v_template
        landmarks_shape = np.einsum("kv,vab->kab", body.landmark_regressor, body.shapedirs)
        return cls(
            joints.astype(float),
            joints_shape.astype(float),
            (landmarks - joints[LANDMARK_JOINT]).astype(float) + offsets,
            (landmarks_shape - joints_shape[LANDMARK_JOINT]).astype(float),
        )

    def at(self, betas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rest joints (24, 3) and landmark offsets (33, 3) of this shape."""
        return self.joints + self.joints_shape @ betas, self.offsets + self.offsets_shape @ betas

    def limb_lengths(self) -> np.ndarray:
        """(D,) m between the ends of config's limbs at rest, of the mean shape."""
        points = self.joints[LANDMARK_JOINT] + self.offsets
        return np.linalg.norm(points[LIMB_TO] - points[LIMB_FROM], axis=-1)

    def pose(self, local: np.ndarray, trans: np.ndarray, betas: np.ndarray) -> Posed:
        """local (T, 24, 3, 3) rotations, trans (T, 3) pelvis in the camera, betas (10,)."""
        rest, offsets = self.at(betas)
        joints, rotations = forward_kinematics(local, rest, trans)
        carried = rotations[:, LANDMARK_JOINT] @ offsets[None, :, :, None]
        return Posed(joints, rotations, joints[:, LANDMARK_JOINT] + carried[..., 0])

    def landmark_jacobian(self, posed: Posed) -> np.ndarray:
        """d landmark / d (local turn of each active joint): (T, 33, 3, len(ACTIVE) * 3).

        A joint turned by a small right increment delta moves what it carries by
        (G delta) x (p - c): G its global rotation, c its position.
        """
        axes = posed.rotations[:, None, ACTIVE]  # (T, 1, A, 3, 3): columns are the axes
        arm = posed.landmarks[:, :, None] - posed.joints[:, None, ACTIVE]
        arm = (arm * CARRIES[None, :, :, None])[..., None]  # (T, 33, A, 3, 1)
        jacobian = np.empty((*arm.shape[:3], 3, 3))
        for a in range(3):
            b, c = (a + 1) % 3, (a + 2) % 3
            jacobian[..., a, :] = (
                axes[..., b, :] * arm[..., c, :] - axes[..., c, :] * arm[..., b, :]
            )
        return jacobian.transpose(0, 1, 3, 2, 4).reshape(len(jacobian), 33, 3, -1)

    def shape_jacobian(self, posed: Posed) -> np.ndarray:
        """d landmark / d betas: (T, 33, 3, 10)."""
        moved = np.zeros((len(posed.joints), 24, 3, 10))
        for level in LEVELS[1:]:
            children = list(level)
            parents = PARENTS[children]
            bones = self.joints_shape[children] - self.joints_shape[parents]
            moved[:, children] = moved[:, parents] + posed.rotations[:, parents] @ bones
        return moved[:, LANDMARK_JOINT] + posed.rotations[:, LANDMARK_JOINT] @ self.offsets_shape
