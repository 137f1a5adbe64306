"""Our body in torch: joints, skin and landmarks, differentiable and in batches.

Loper et al. 2015, eq. 2-10, as in `backend.motion.body` (numpy), which it is tested against.
"""

import numpy as np
import torch
from torch import Tensor, nn

from ..motion.body import Body
from ..motion.skeleton import LEVELS, PARENTS

_ABOVE = [max(int(parent), 0) for parent in PARENTS]


def kinematics(rotations: Tensor, rest: Tensor, trans: Tensor) -> tuple[Tensor, Tensor]:
    """Joints (B, 24, 3) and global rotations (B, 24, 3, 3), one batch of products a level.

    rotations: (B, 24, 3, 3) relative to the parent; rest: (B, 24, 3) or (24, 3); trans: (B, 3).
    """
    offsets = rest - rest[..., _ABOVE, :]
    offsets = offsets.expand(rotations.shape[:-1])
    turned, joints = [None] * 24, [None] * 24
    turned[0], joints[0] = rotations[:, 0], trans
    for level in LEVELS[1:]:
        children = list(level)
        parents = [int(PARENTS[child]) for child in children]
        above = torch.stack([turned[parent] for parent in parents], dim=1)
        here = above @ rotations[:, children]
        place = torch.stack([joints[parent] for parent in parents], dim=1)
        place = place + (above @ offsets[:, children, :, None])[..., 0]
        for index, child in enumerate(children):
            turned[child], joints[child] = here[:, index], place[:, index]
    return torch.stack(joints, dim=1), torch.stack(turned, dim=1)


class TorchBody(nn.Module):
    """A Body's arrays as buffers (float32 unless told otherwise); nothing in it is trained."""

    def __init__(self, body: Body, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.name = body.name
        self._keep("v_template", body.v_template, dtype)
        self._keep("shapedirs", body.shapedirs, dtype)
        self._keep("weights", body.weights, dtype)
        self._keep("posedirs", body.posedirs, dtype)
        self._keep("areas", _areas(body.v_template, body.f), dtype)  # (V,) m^2 of rest skin
        # Joints from betas directly, without the skin: (24, 3) and (24, 3, 10).
        regressor = np.asarray(body.J_regressor, float)
        self._keep("rest", regressor @ body.v_template, dtype)
        self._keep("rest_dirs", np.einsum("jv,vak->jak", regressor, body.shapedirs), dtype)
        self._keep_landmarks(body, dtype)

    def _keep_landmarks(self, body: Body, dtype: torch.dtype) -> None:
        """What each landmark has of each joint.

        A landmark sums its vertices over the joints that move them; joints turn that sum as they
        turn a vertex, so it is taken once and no vertex is skinned: (33, 24, 3) points weighted
        with (33, 24) shares, and what betas and poses add to the points.
        """
        self.has_landmarks = body.landmark_regressor is not None
        if not self.has_landmarks:
            return
        used = np.flatnonzero(np.any(body.landmark_regressor, axis=0))
        carried = np.einsum("kv,vj->kjv", body.landmark_regressor[:, used], body.weights[used])
        self._keep("landmark_shares", carried.sum(-1), dtype)
        self._keep("landmark_points", carried @ body.v_template[used], dtype)
        for name, field in (("dirs", body.shapedirs), ("pose", body.posedirs)):
            points = None if field is None else np.tensordot(carried, field[used], 1)
            self._keep(f"landmark_{name}", points, dtype)

    def _keep(self, name: str, array: np.ndarray | None, dtype: torch.dtype | None = None) -> None:
        tensor = None if array is None else torch.as_tensor(np.asarray(array)).to(dtype)
        self.register_buffer(name, tensor, persistent=False)

    def rest_joints(self, betas: Tensor) -> Tensor:
        """(..., 10) betas -> (..., 24, 3) rest joints, metres."""
        return self.rest + torch.einsum("jak,...k->...ja", self.rest_dirs, betas)

    def skin(
        self, local: Tensor, betas: Tensor, rotations: Tensor, shifts: Tensor,
        chosen: Tensor | slice = slice(None),
    ) -> Tensor:  # fmt: skip
        """Posed vertices (B, V, 3), or (B, K, 3) of the chosen ones (K,).

        local: (B, 24, 3, 3) parent-relative; betas: (B, 10) or (10,); rotations (B, 24, 3, 3) and
        shifts (B, 24, 3) take rest vertices to the world.
        """
        dirs, weights = self.shapedirs[chosen], self.weights[chosen]
        vertices = self.v_template[chosen] + torch.einsum("vak,...k->...va", dirs, betas)
        if self.posedirs is not None:
            features = _pose_features(local)
            vertices = vertices + torch.einsum("vap,bp->bva", self.posedirs[chosen], features)
        turn = torch.einsum("vj,bjac->bvac", weights, rotations)
        return (turn @ vertices[..., None])[..., 0] + weights @ shifts

    def landmarks(self, local: Tensor, betas: Tensor, rotations: Tensor, shifts: Tensor) -> Tensor:
        """BlazePose's landmarks on the posed skin, (B, 33, 3); arguments as for `skin`."""
        points = self.landmark_points + torch.einsum("kjac,...c->...kja", self.landmark_dirs, betas)
        if self.landmark_pose is not None:
            features = _pose_features(local)
            points = points + torch.einsum("kjap,bp->bkja", self.landmark_pose, features)
        # One product of (33, 72) and (72, 3) a frame: several times faster than einsum's own way.
        turns = rotations.transpose(-1, -2).flatten(1, 2)
        return points.flatten(-2) @ turns + self.landmark_shares @ shifts

    def forward(
        self, rotations: Tensor, betas: Tensor, trans: Tensor,
        vertices: bool | Tensor = False, landmarks: bool = False,
    ) -> dict[str, Tensor]:  # fmt: skip
        """Pose the body.

        rotations: (B, 24, 3, 3) relative to the parent, the pelvis' in the world; betas: (B, 10),
        or (10,) for all; trans: (B, 3) pelvis joint, metres; vertices: all, or those of (K,).
        Returns joints (B, 24, 3), rotations (B, 24, 3, 3) from rest to world and, where asked for,
        vertices (B, V, 3) and landmarks (B, 33, 3), BlazePose's.
        """
        assert rotations.shape[1:] == (24, 3, 3), f"rotations are {tuple(rotations.shape)}"
        assert betas.shape[-1] == 10 and trans.shape[-1] == 3
        rest = self.rest_joints(betas)
        joints, turned = kinematics(rotations, rest, trans)
        shifts = joints - (turned @ rest[..., None])[..., 0]
        result = {"joints": joints, "rotations": turned}
        if vertices is not False:
            chosen = slice(None) if vertices is True else vertices
            result["vertices"] = self.skin(rotations, betas, turned, shifts, chosen)
        if landmarks:
            assert self.has_landmarks, f"{self.name} has no landmarks"
            result["landmarks"] = self.landmarks(rotations, betas, turned, shifts)
        return result


def _pose_features(local: Tensor) -> Tensor:
    """(B, 24, 3, 3) parent-relative rotations -> (B, 207), zero at rest."""
    return (local[:, 1:] - torch.eye(3).to(local)).flatten(1)


def _areas(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V,) m^2: a third of every triangle at a vertex."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    each = np.linalg.norm(np.cross(b - a, c - a), axis=-1) / 6
    return np.bincount(faces.ravel(), np.repeat(each, 3), minlength=len(vertices))
