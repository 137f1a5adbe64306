"""People for the papers' tests: rendered windows, real motion and a track, all made by hand."""

from dataclasses import dataclass

import numpy as np
import torch

from backend.body.make import body_arrays
from backend.body.torch_body import TorchBody
from backend.motion.body import Body
from backend.motion.rotations import axis_angle_to_matrix
from backend.people import PersonTrack
from backend.training.losses import posed
from backend.training.papers import Material
from backend.training.windows import PicturedWindows

FEATURES = 2736
K = np.array([[1200.0, 0, 640], [0, 1200, 360], [0, 0, 1]])


def whole_body() -> Body:
    """Our body without its correctives."""
    arrays = body_arrays()
    keys = ("v_template", "shapedirs", "J_regressor", "weights", "f", "landmark_regressor")
    return Body("onetake", **{key: arrays[key] for key in keys})


def swings(rng: np.random.Generator, count: int, frames: int) -> np.ndarray:
    """(count, frames, 24, 3): every joint swings slowly about a pose of its own."""
    shape = (count, 1, 24, 3)
    phase = rng.uniform(0, 2 * np.pi, shape) + 0.15 * np.arange(frames)[:, None, None]
    return rng.normal(size=shape) * 0.3 + 0.15 * np.sin(phase)


def pictured(body: Body, count: int, frames: int, seed: int = 0) -> PicturedWindows:
    """People whose landmarks are reported as they are, and whose features tell of their pose."""
    rng = np.random.default_rng(seed)
    poses = swings(rng, count, frames)
    poses[:, :, 0] += [np.pi, 0, 0]  # upright in a camera whose y points down
    trans = np.repeat(rng.normal(size=(count, 1, 3)) * 0.3 + [0, 0, 4], frames, 1).astype("f4")
    betas = rng.normal(size=(count, 10)).astype("f4")
    rotations = torch.as_tensor(axis_angle_to_matrix(poses)).float()
    with torch.no_grad():
        landmarks = posed(
            TorchBody(body), rotations, torch.as_tensor(betas), torch.zeros(count, frames, 3)
        )["landmarks"].numpy()
    placed = landmarks + trans[:, :, None]
    mixing = np.random.default_rng(9).normal(size=(72, FEATURES)) / 4
    region = np.zeros((count, frames, 4), "f4")
    region[..., 2] = 0.5
    return PicturedWindows(
        rays=placed[..., :2] / placed[..., 2:],
        visibility=np.full((count, frames, 33), 0.9, "f4"),
        world=landmarks - landmarks[:, :, 23:25].mean(axis=2, keepdims=True),
        features=(np.sin(poses).reshape(count, frames, 72) @ mixing).astype("f2"),
        has_features=np.ones((count, frames), bool),
        seen=np.ones((count, frames), bool),
        times=np.tile(np.arange(frames, dtype="f4") / 30, (count, 1)),
        poses=poses.astype("f4"), trans=trans, betas=betas,
        up=np.tile(np.array([0, -1.0, 0], "f4"), (count, frames, 1)),
        contacts=np.zeros((count, frames, 4), "f4"),
        region=region,
        silhouette=np.zeros((count, frames, 512), "u1"),
    )  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A window of motion."""

    poses: np.ndarray


class Swings:
    """In the place of the motion library: people who swing."""

    def sample(self, rng: np.random.Generator, frames: int, fps: float) -> Drawn:
        return Drawn(swings(rng, 1, frames)[0])


def material(body: Body, count: int = 12, frames: int = 20) -> Material:
    """What a run is made from; validation is of other people."""
    windows = [pictured(body, count, frames, seed) for seed in (0, 1)]
    return Material(*windows, Swings(), TorchBody(body))


def track_of(windows: PicturedWindows, index: int) -> PersonTrack:
    """One of them as it comes out of a video filmed by K."""
    frames = windows.seen.shape[1]
    pixels = windows.rays[index] * K[[0, 1], [0, 1]] + K[:2, 2]
    track = PersonTrack(
        person_id=1, frame_index=np.arange(frames, dtype="i4"),
        timestamps=windows.times[index].astype(float),
        landmarks=np.concatenate([pixels, windows.visibility[index][..., None]], axis=-1),
        world_landmarks=windows.world[index], score=np.ones(frames, "f4"),
        seen=windows.seen[index], box=np.zeros((frames, 4), "f4"),
        regions=np.tile(np.array([640, 360, 600, 0], "f4"), (frames, 1)),
    )  # fmt: skip
    object.__setattr__(track, "image_features", windows.features[index])
    return track
