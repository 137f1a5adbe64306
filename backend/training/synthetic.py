"""Endless pairs without rendering: captured motion, any camera, BlazePose's errors borrowed."""

from dataclasses import dataclass

import numpy as np
import torch

from ..body.torch_body import TorchBody
from ..motion.kinematics import forward_kinematics
from ..motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from ..motion.skeleton import REST
from .losses import posed
from .motion import MotionLibrary, contacts
from .noise import NoiseModel
from .windows import Windows

_SENSOR = 36.0  # mm, the long side of a full frame, to which focal lengths are equivalent


@dataclass(frozen=True)
class CameraRanges:
    """Cameras that people film people with."""

    focal: tuple[float, float] = (20.0, 85.0)  # mm, full-frame equivalent
    pitch: tuple[float, float, float] = (-40.0, -5.0, 20.0)  # degrees: lowest, usual, highest
    roll: float = 6.0  # degrees, standard deviation; cut at 20
    fill: tuple[float, float] = (0.25, 1.1)  # of the picture's height that 1.7 m take
    off_centre: float = 0.35  # of the picture's size
    pan: float = 0.2  # share of cameras that turn
    pan_speed: float = 12.0  # degrees a second, standard deviation
    nearest: float = 0.8  # metres that nobody comes nearer


class Synthetic:
    """Draws Windows; the same generator gives the same ones."""

    def __init__(
        self,
        library: MotionLibrary,
        body: TorchBody,
        noise: NoiseModel,
        ranges: CameraRanges | None = None,
    ) -> None:
        self.library, self.body, self.noise = library, body, noise
        self.ranges = ranges or CameraRanges()

    def draw(self, rng: np.random.Generator, count: int, frames: int) -> Windows:
        """`count` windows of `frames`."""
        rates = rng.choice([30.0, 25.0, 15.0, 10.0], size=count, p=[0.5, 0.1, 0.25, 0.15])
        motion = [self.library.sample(rng, frames=frames, fps=rate) for rate in rates]
        times = np.arange(frames) / rates[:, None]
        poses = np.stack([window.poses for window in motion])
        betas = rng.normal(size=(count, 10)).clip(-2.5, 2.5).astype(np.float32)
        with torch.no_grad():
            rest = self.body.rest_joints(torch.as_tensor(betas)).numpy()
        strides = _legs(rest) / _legs(REST)  # longer legs, longer paths
        where = np.stack([window.trans for window in motion]) * strides[:, None, None]
        turn = self._cameras(rng, times)
        local = axis_angle_to_matrix(poses)
        local[:, :, 0] = turn @ local[:, :, 0]
        with torch.no_grad():
            rotations = torch.as_tensor(local, dtype=torch.float32)
            origin = torch.zeros(count, frames, 3)
            body = posed(self.body, rotations, torch.as_tensor(betas), origin)
            trans = self._place(rng, turn, where, body["joints"].numpy())
            rays, visibility, world = self.noise.report(
                body["landmarks"], torch.as_tensor(trans), torch.as_tensor(times).float(), rng
            )
        standing = [
            contacts(forward_kinematics(window.poses, REST, window.trans)[0], rate)
            for window, rate in zip(motion, rates, strict=True)
        ]
        root = matrix_to_axis_angle(local[:, :, 0])
        return Windows(
            rays=rays.numpy(),
            visibility=visibility.numpy(),
            world=world.numpy(),
            features=np.zeros((count, frames, 64), np.float32),
            has_features=np.zeros((count, frames), bool),
            seen=np.ones((count, frames), bool),
            times=times.astype(np.float32),
            poses=np.concatenate([root[:, :, None], poses[:, :, 1:]], axis=2).astype(np.float32),
            trans=trans,
            up=turn[..., 1].astype(np.float32),
            betas=betas,
            contacts=np.stack(standing).astype(np.float32),
        )

    def _cameras(self, rng: np.random.Generator, times: np.ndarray) -> np.ndarray:
        """(B, T, 3, 3) from the world's axes (y up) to the cameras' (y down, z forward)."""
        count, r = len(times), self.ranges
        pitch = np.radians(rng.triangular(*r.pitch, count))
        roll = np.radians((rng.normal(size=count) * r.roll).clip(-20, 20))
        yaw, none = rng.uniform(0, 2 * np.pi, count), np.zeros(count)
        still = (
            axis_angle_to_matrix(np.stack([none, none, roll], -1))
            # Looking down turns the world up in the camera: pitch is negative there.
            @ axis_angle_to_matrix(np.stack([-pitch, none, none], -1))
            @ np.diag([1.0, -1.0, -1.0])
            @ axis_angle_to_matrix(np.stack([none, yaw, none], -1))
        )
        speed = np.radians(rng.normal(size=(count, 1, 3)) * r.pan_speed * [0.2, 1.0, 0.05])
        speed = speed * (rng.random((count, 1, 1)) < r.pan)
        pan = axis_angle_to_matrix(speed * (times - times.mean(axis=1, keepdims=True))[..., None])
        return pan @ still[:, None]

    def _place(
        self, rng: np.random.Generator, turn: np.ndarray, where: np.ndarray, joints: np.ndarray
    ) -> np.ndarray:
        """Pelvis in the cameras (B, T, 3): in the middle frame it stands where it is aimed at."""
        count, frames = where.shape[:2]
        r = self.ranges
        portrait = rng.random(count) < 0.3
        height = np.where(portrait, _SENSOR, _SENSOR * rng.choice([9 / 16, 3 / 4], count))
        focal = np.exp(rng.uniform(*np.log(r.focal), count)) / height  # of the picture's height
        depth = 1.7 * focal / rng.uniform(*r.fill, count)
        aspect = np.where(portrait, 9 / 16, _SENSOR / height)
        ray = rng.uniform(-1, 1, (count, 2)) * r.off_centre / focal[:, None]
        ray[:, 0] *= aspect
        middle = np.concatenate([ray, np.ones((count, 1))], -1) * depth[:, None]
        # A camera turns where it stands: the person moves in its picture, not to it.
        eye = -np.einsum("bji,bj->bi", turn[:, frames // 2], middle) + where[:, frames // 2]
        trans = np.einsum("btij,btj->bti", turn, where - eye[:, None])
        near = (trans[..., None, 2] + joints[..., 2]).min(axis=(1, 2))
        ahead = np.maximum(r.nearest - near, 0)
        # Backing off along the middle ray keeps the aim.
        back = np.einsum("bji,bj->bi", turn[:, frames // 2], middle / depth[:, None])
        shift = np.einsum("btij,bj->bti", turn, back) * ahead[:, None, None]
        return (trans + shift).astype(np.float32)


def _legs(rest: np.ndarray) -> np.ndarray:
    """Length of the left leg of rest joints (..., 24, 3), metres."""
    hip, knee, ankle = rest[..., 1, :], rest[..., 4, :], rest[..., 7, :]
    return np.linalg.norm(knee - hip, axis=-1) + np.linalg.norm(ankle - knee, axis=-1)
