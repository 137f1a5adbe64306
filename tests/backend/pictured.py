"""People made up by hand as the papers' networks are trained on them, and the track of one."""

import numpy as np
import torch

from backend.body import load_body
from backend.body.torch_body import TorchBody
from backend.estimators.ik.prior import PosePrior
from backend.motion.rotations import axis_angle_to_matrix
from backend.people.blazepose_steps import FEATURES
from backend.people.track import PersonTrack
from backend.training.losses import posed
from backend.training.papers.material import Material
from backend.training.windows import PicturedWindows

K = np.array([[1000.0, 0.0, 640.0], [0.0, 1000.0, 360.0], [0.0, 0.0, 1.0]])


def pictured_windows(
    body: TorchBody, count: int, frames: int, seed: int = 0, fps: float = 30.0
) -> PicturedWindows:
    """People near the mean pose whose landmarks are reported as they are; features are noise."""
    rng = np.random.default_rng(seed)
    pose = PosePrior.load().mean_pose() + rng.normal(size=(count, 1, 24, 3)) * 0.25
    drift = np.cumsum(rng.normal(size=(count, frames, 24, 3)) * 0.01, axis=1)
    poses = (pose + drift).astype("f4")
    poses[:, :, 0] = [np.pi, 0, 0]  # upright in a camera whose y points down
    trans = rng.normal(size=(count, 1, 3)) * 0.3 + [0, 0, 4]
    trans = np.repeat(trans, frames, 1).astype("f4")
    betas = rng.normal(size=(count, 10)).astype("f4")
    rotations = torch.as_tensor(axis_angle_to_matrix(poses)).float()
    with torch.no_grad():
        landmarks = posed(body, rotations, torch.as_tensor(betas), torch.zeros(count, frames, 3))
    landmarks = landmarks["landmarks"].numpy()
    placed = landmarks + trans[:, :, None]
    rays = placed[..., :2] / placed[..., 2:]
    side = 2.5 * np.ptp(rays[..., 1], axis=-1)
    region = np.concatenate(
        [rays.mean(axis=2), side[..., None], np.zeros((count, frames, 1))], axis=-1
    )
    return PicturedWindows(
        rays=rays,
        visibility=rng.uniform(0.8, 1.0, (count, frames, 33)).astype("f4"),
        world=landmarks - landmarks[:, :, 23:25].mean(axis=2, keepdims=True),
        features=rng.normal(size=(count, frames, FEATURES)).astype("f2"),
        has_features=np.ones((count, frames), bool),
        seen=np.ones((count, frames), bool),
        times=np.tile(np.arange(frames, dtype="f4") / np.float32(fps), (count, 1)),
        poses=poses, trans=trans, betas=betas,
        up=np.tile(np.array([0, -1, 0], "f4"), (count, frames, 1)),
        contacts=np.zeros((count, frames, 4), "f4"),
        region=region.astype("f4"),
        silhouette=np.zeros((count, frames, 512), "u1"),
    )  # fmt: skip


def material(body: TorchBody, windows: PicturedWindows) -> Material:
    """Judged on what was learnt: these tests ask whether it learns at all."""
    return Material(windows, windows, None, body)


def torch_body() -> TorchBody:
    return TorchBody(load_body())


def track_of(windows: PicturedWindows, index: int) -> PersonTrack:
    """One of the windows as a person's track."""
    frames = windows.seen.shape[1]
    pixels = windows.rays[index] * np.diag(K)[:2] + K[:2, 2]
    landmarks = np.concatenate([pixels, windows.visibility[index][..., None]], axis=-1)
    track = PersonTrack(
        person_id=1,
        frame_index=np.arange(frames, dtype=np.int32),
        timestamps=windows.times[index].astype(float),
        landmarks=landmarks.astype(np.float32),
        world_landmarks=windows.world[index],
        score=np.ones(frames, np.float32),
        seen=windows.seen[index].copy(),
        box=np.zeros((frames, 4), np.float32),
        regions=windows.region[index],
    )
    track.image_features = windows.features[index]
    return track
