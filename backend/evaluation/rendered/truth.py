"""The exact take of a clip: motion of the test split on the clip's body, before its camera."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from ...motion.body import Body
from ...motion.kinematics import forward_kinematics
from ...motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from ...motion.skeleton import JOINT, REST
from ...motion.take import CONTACTS, Take
from .specification import DATA_FPS, Camera, Clip

_HIP, _KNEE, _ANKLE = (JOINT[f"left_{name}"] for name in ("hip", "knee", "ankle"))
_ARMS = [
    JOINT[f"{side}_{name}"] for side in ("left", "right") for name in ("elbow", "wrist", "hand")
]
_SUPPORTED = 0.03  # m over the usual height at which the lowest point still bears the body
_SETTLE_SECONDS = 0.1  # of the floor's corrections: slower than steps, faster than drift
_ON_FLOOR = 0.02  # m: a sole that is nearer may stand
_STILL = 0.3  # m/s: a sole that is slower stands


@dataclass
class Motion:
    """The motion files of a folder, read when they are first asked for."""

    folder: Path
    _read: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)

    def window(self, clip: Clip) -> tuple[np.ndarray, np.ndarray]:
        """Poses (T, 24, 3) and trans (T, 3) of a clip's frames, as the file has them.

        OneTakeError where the file, or its sequence, is missing.
        """
        data = self._file(clip.dataset)
        keys = data["key"].tolist()
        if clip.key not in keys:
            raise OneTakeError(
                "no_motion", f"{clip.dataset}.npz in {self.folder} has no sequence {clip.key}."
            )
        start, end = data["start"][keys.index(clip.key) :][:2]
        step = DATA_FPS // clip.fps
        chosen = slice(start + clip.first, start + clip.first + clip.frames * step, step)
        if chosen.stop - step >= end:
            raise OneTakeError("no_motion", f"{clip.key} is too short for the clip {clip.name}.")
        return data["poses"][chosen].astype(float), data["trans"][chosen].astype(float)

    def _file(self, dataset: str) -> dict[str, np.ndarray]:
        if dataset not in self._read:
            path = self.folder / f"{dataset}.npz"
            try:
                with np.load(path, allow_pickle=False) as data:
                    names = ("poses", "trans", "start", "key")
                    self._read[dataset] = {name: data[name] for name in names}
            except (OSError, ValueError, KeyError) as error:
                raise OneTakeError(
                    "no_motion",
                    f"There is no motion capture file at {path}; name its folder with --motion.",
                ) from error
        return self._read[dataset]


def truth(clip: Clip, motion: Motion, body: Body) -> Take:
    """The take that the clip shows. Landmarks and boxes are zeros, every joint is certain."""
    poses, trans = motion.window(clip)
    betas = betas_of(clip, body)
    rest = body.rest_joints(betas).astype(float)
    poses, trans = _facing_forward(poses, trans * (_legs(rest) / _legs(REST)))
    trans -= (trans.min(axis=0) + trans.max(axis=0)) / 2 * [1, 0, 1]
    vertices = np.concatenate(  # a few frames at a time: all of them are a gigabyte
        [body.skin(poses[i : i + 16], betas, trans[i : i + 16]) for i in range(0, len(poses), 16)]
    )
    rise = _settle(vertices[:, _bearing(body), 1].min(axis=1), clip.fps)
    trans[:, 1] += rise
    vertices[..., 1] += rise[:, None]
    joints, _ = forward_kinematics(poses, rest, trans)
    R, t = _pose(clip.camera, len(poses))
    frames = len(poses)
    return Take(
        poses=poses.astype(np.float32), trans=trans.astype(np.float32),
        rest=rest.astype(np.float32), betas=betas.astype(np.float32), body=body.name,
        joints=joints.astype(np.float32), timestamps=np.arange(frames) / clip.fps,
        confidence=np.ones((frames, 24), np.float32),
        contacts=_contacts(vertices, body, clip.fps),
        landmarks=np.zeros((frames, 33, 3), np.float32), box=np.zeros((frames, 4), np.float32),
        camera_R=R.astype(np.float32), camera_t=t.astype(np.float32),
        camera_K=_intrinsics(clip).astype(np.float32), focal_source="user",
        image_size=np.array(clip.size, np.int32), fps=float(clip.fps), person_id=1,
        estimator="truth", version="0", video_name=f"{clip.name}.mp4",
    )  # fmt: skip


def betas_of(clip: Clip, body: Body) -> np.ndarray:
    """The person's shape (10,)."""
    betas = np.zeros(10)
    for name, value in clip.person.shape.items():
        betas[body.beta_names.index(name)] = value
    return betas


def _legs(joints: np.ndarray) -> float:
    return float(
        np.linalg.norm(joints[_KNEE] - joints[_HIP])
        + np.linalg.norm(joints[_ANKLE] - joints[_KNEE])
    )


def _about_y(degrees: float) -> np.ndarray:
    return axis_angle_to_matrix(np.array([0.0, np.radians(degrees), 0.0]))


def _facing_forward(poses: np.ndarray, trans: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The motion turned about the vertical so that its first frame faces +z."""
    roots = axis_angle_to_matrix(poses[:, 0])
    x, _, z = roots[0] @ [0.0, 0.0, 1.0]
    turn = _about_y(-float(np.degrees(np.arctan2(x, z))))
    turned = poses.copy()
    turned[:, 0] = matrix_to_axis_angle(turn @ roots)
    return turned, trans @ turn.T


def _bearing(body: Body) -> np.ndarray:
    """(V,) bool: what may bear the body. Hands are left out: they reach through floors."""
    return body.weights[:, _ARMS].sum(axis=1) < 0.5


def _settle(lowest: np.ndarray, fps: float) -> np.ndarray:
    """What to add to the height, (T,), of a body whose lowest points are at `lowest` (T,).

    Data and other proportions let feet drift through the floor by centimetres. Flight is kept.
    """
    bears = lowest < np.median(lowest) + _SUPPORTED
    frames = np.arange(len(lowest))
    floor = np.interp(frames, frames[bears], lowest[bears])
    width = _SETTLE_SECONDS * fps
    kernel = np.exp(-(((frames[:, None] - frames) / width) ** 2) / 2)
    return -(kernel @ floor) / kernel.sum(axis=1)


def _contacts(vertices: np.ndarray, body: Body, fps: float) -> np.ndarray:
    """(T, 4) 1 where a heel's or toe's sole, of vertices (T, V, 3), stands on the floor, else 0."""
    standing = []
    for name in CONTACTS:
        sole = vertices[:, body.extra[f"sole_{name}"]]
        speed = np.linalg.norm(np.gradient(sole.mean(axis=1), 1 / fps, axis=0), axis=-1)
        standing.append((sole[..., 1].min(axis=1) < _ON_FLOOR) & (speed < _STILL))
    return np.stack(standing, axis=1).astype(np.float32)


def _intrinsics(clip: Clip) -> np.ndarray:
    width, height = clip.size
    focal = clip.camera.lens / 36 * max(clip.size)
    return np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])


def _pose(camera: Camera, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """World to camera: R (3, 3) and t (3,), or one for each frame where it pans."""
    towards = _about_y(camera.azimuth)
    eye = towards @ [0.0, camera.height, camera.distance]
    target = towards @ [camera.aside, camera.aim, 0.0]
    forward = target - eye
    yaw = np.degrees(np.arctan2(forward[0], forward[2]))
    pitch = np.arctan2(forward[1], np.hypot(forward[0], forward[2]))
    tilt = axis_angle_to_matrix(np.array([-pitch, 0.0, 0.0]))
    roll = axis_angle_to_matrix(np.array([0.0, 0.0, np.radians(camera.roll)]))
    axes = np.diag([-1.0, -1.0, 1.0])  # of a camera that looks along +z with y up

    def world_to_camera(heading: float) -> np.ndarray:
        return roll @ tilt @ axes @ _about_y(-heading)

    if not camera.pan:
        R = world_to_camera(float(yaw))
        return R, -R @ eye
    # To the right is towards smaller azimuths.
    headings = yaw - np.linspace(-camera.pan / 2, camera.pan / 2, frames)
    R = np.stack([world_to_camera(float(heading)) for heading in headings])
    return R, -R @ eye
