"""A body in SMPL's array layout, and linear blend skinning in numpy.

Loper et al. 2015, eq. 2-10, with the pose-dependent term kept only where a body has one.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .kinematics import forward_kinematics
from .rotations import axis_angle_to_matrix
from .skeleton import JOINT


@dataclass(frozen=True)
class Body:
    """Arrays of a body model; metres, y up, facing +z, V vertices."""

    name: str  # "onetake" or "smpl": their betas mean different things
    v_template: np.ndarray  # (V, 3) rest vertices at betas = 0
    shapedirs: np.ndarray  # (V, 3, 10) displacement for one standard deviation of each beta
    J_regressor: np.ndarray  # (24, V) rest joints from rest vertices
    weights: np.ndarray  # (V, 24) skin weights, rows sum to 1
    f: np.ndarray  # (F, 3) triangles
    posedirs: np.ndarray | None = None  # (V, 3, 207) pose correctives, or none
    quads: np.ndarray | None = None  # (Q, 4) the same surface as quads where it has them
    landmark_regressor: np.ndarray | None = None  # (33, V) BlazePose's landmarks on the skin
    beta_names: tuple[str, ...] = ()
    extra: dict[str, np.ndarray] = field(default_factory=dict)  # colours, uv, soles ...

    @classmethod
    def load(cls, path: str | Path) -> "Body":
        """Read a body npz (no pickles)."""
        with np.load(path, allow_pickle=False) as data:
            known = {
                key: data[key] for key in ("v_template", "shapedirs", "J_regressor", "weights", "f")
            }
            optional = {
                key: data.get(key, None) for key in ("quads", "landmark_regressor", "posedirs")
            }
            taken = {*known, *optional, "name", "beta_names", "kintree_table"}
            return cls(
                name=str(data["name"]),
                beta_names=tuple(map(str, data["beta_names"])) if "beta_names" in data else (),
                extra={key: data[key] for key in data.files if key not in taken},
                **known,
                **optional,
            )

    def rest_vertices(self, betas: np.ndarray) -> np.ndarray:
        """(10,) betas -> (V, 3) rest vertices."""
        return self.v_template + self.shapedirs @ np.asarray(betas, self.shapedirs.dtype)

    def rest_joints(self, betas: np.ndarray) -> np.ndarray:
        """(10,) betas -> (24, 3) rest joints, metres."""
        return self.J_regressor @ self.rest_vertices(betas)

    def sole_height(self, betas: np.ndarray) -> float:
        """Metres from the soles up to the foot joints at rest; betas (10,)."""
        vertices = self.rest_vertices(betas)
        feet = [JOINT["left_foot"], JOINT["right_foot"]]
        return float((self.J_regressor[feet] @ vertices[:, 1]).mean() - vertices[:, 1].min())

    def skin(self, poses: np.ndarray, betas: np.ndarray, trans: np.ndarray) -> np.ndarray:
        """Posed vertices (T, V, 3).

        poses (T, 24, 3) axis-angle, betas (10,), trans (T, 3) pelvis joint in the world, metres.
        """
        local = axis_angle_to_matrix(poses)
        vertices = self.rest_vertices(betas)
        rest = self.J_regressor @ vertices
        joints, rotations = forward_kinematics(local, rest, trans)
        shifts = joints - np.einsum("tjab,jb->tja", rotations, rest)
        transforms = np.concatenate([rotations, shifts[..., None]], axis=-1)
        blended = np.einsum("vj,tjab->tvab", self.weights, transforms)
        if self.posedirs is not None:
            features = (local[:, 1:] - np.eye(3)).reshape(len(local), -1)
            vertices = vertices + np.einsum("vap,tp->tva", self.posedirs, features)
        else:
            vertices = np.broadcast_to(vertices, (len(local), *vertices.shape))
        return np.einsum("tvab,tvb->tva", blended[..., :3], vertices) + blended[..., 3]
