"""A small body and random takes whose truth is known, without models or videos; numpy only."""

import numpy as np
from onetake.backend.motion.body import Body
from onetake.backend.motion.kinematics import forward_kinematics
from onetake.backend.motion.skeleton import JOINT, PARENTS, REST
from onetake.backend.motion.take import Take

_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
_QUADS = np.array(
    [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
)
_ENDS = {
    "head": (0.0, 0.2, 0.0), "left_foot": (0.0, -0.02, 0.08), "right_foot": (0.0, -0.02, 0.08),
    "left_hand": (0.08, 0.0, 0.0), "right_hand": (-0.08, 0.0, 0.0),
}  # fmt: skip


def small_body(seed: int = 0) -> Body:
    """A cube around every joint and at every chain's end: 232 vertices, 174 quads."""
    rng = np.random.default_rng(seed)
    owners = list(range(24)) + [JOINT[name] for name in _ENDS]
    centres = np.concatenate([REST, [REST[JOINT[name]] + end for name, end in _ENDS.items()]])
    vertices = (centres[:, None] + 0.03 * _CORNERS).reshape(-1, 3)
    count = len(centres)
    weights = np.zeros((count * 8, 24))
    regressor = np.zeros((24, count * 8))
    for cube, joint in enumerate(owners):
        mine = slice(8 * cube, 8 * cube + 8)
        share = 0.7 if cube < 24 and joint else 1.0
        weights[mine, joint] = share
        weights[mine, max(PARENTS[joint], 0)] += 1 - share
        if cube < 24:
            regressor[joint, mine] = 1 / 8
    directions = np.zeros((count * 8, 3, 10))
    directions[..., 0] = 0.05 * vertices  # stature
    shifts = rng.normal(0, 0.01, (count, 3, 9))
    shifts[centres[:, 1] < -1, 1] = 0  # both feet keep their height
    directions[..., 1:] = np.repeat(shifts, 8, axis=0)
    quads = (np.arange(count)[:, None, None] * 8 + _QUADS).reshape(-1, 4)
    return Body(
        name="onetake",
        v_template=vertices.astype(np.float32),
        shapedirs=directions.astype(np.float32),
        J_regressor=regressor,
        weights=weights,
        f=np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]),
        quads=quads,
        beta_names=("stature", *(f"direction {index}" for index in range(1, 10))),
    )


def random_take(
    body: Body,
    frames: int = 48,
    fps: float = 30.0,
    seed: int = 1,
    *,
    timestamps: np.ndarray | None = None,
    betas: np.ndarray | None = None,
    moving_camera: bool = False,
    person_id: int = 1,
) -> Take:
    """A smooth, wild motion: every joint turns, the pelvis goes round more than twice."""
    rng = np.random.default_rng(seed)
    if timestamps is None:
        timestamps = np.arange(frames) / fps
    frames = len(timestamps)
    phase = np.linspace(0, 1, frames)[:, None, None]
    swing = rng.normal(0, 1.2, (24, 3))
    poses = swing * np.sin(2 * np.pi * (phase * rng.uniform(0.5, 2, (24, 3)) + rng.random((24, 3))))
    axis = np.array([0.1, 0.99, 0.05])
    poses[:, 0] = 4.5 * np.pi * phase[:, 0] * axis / np.linalg.norm(axis)
    trans = np.array([0.3, 1.0, 0.2]) + 0.4 * np.sin(2 * np.pi * phase[:, 0] * rng.random(3))
    betas = rng.normal(0, 1, 10) if betas is None else np.asarray(betas, float)
    betas, poses, trans = (np.asarray(a, np.float32) for a in (betas, poses, trans))
    rest = body.rest_joints(betas)
    joints, _ = forward_kinematics(poses.astype(float), rest, trans)
    angle = 0.3 * phase[:, 0, 0] if moving_camera else np.zeros(())
    rotation, translation = _camera(angle)
    return Take(
        poses=poses,
        trans=trans,
        rest=rest.astype(np.float32),
        betas=betas,
        body=body.name,
        joints=joints.astype(np.float32),
        timestamps=np.asarray(timestamps, np.float64),
        confidence=rng.random((frames, 24)).astype(np.float32),
        contacts=rng.random((frames, 4)).astype(np.float32),
        landmarks=np.zeros((frames, 33, 3), np.float32),
        box=np.zeros((frames, 4), np.float32),
        camera_R=rotation.astype(np.float32),
        camera_t=translation.astype(np.float32),
        camera_K=np.array([[1100.0, 0, 700], [0, 1100, 350], [0, 0, 1]], np.float32),
        focal_source="user",
        image_size=np.array([1280, 720], np.int32),
        fps=fps,
        person_id=person_id,
        estimator="test",
        version="0",
        video_name="clip.mp4",
    )


def _camera(angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """World -> camera: 4 m in front of the origin, slanted, looking back at it; panned by angle."""
    tilt, roll = 0.2, 0.1
    facing = np.diag([1.0, -1.0, -1.0])  # +z of the camera is -z of the world, y down
    down = _about(0, np.asarray(tilt)) @ facing
    rotation = _about(2, np.asarray(roll)) @ down @ _about(1, np.asarray(angle))
    translation = np.broadcast_to([0.05, 0.9, 4.5], (*np.shape(angle), 3))
    return rotation, translation


def _about(axis: int, angle: np.ndarray) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((*np.shape(angle), 3, 3))
    matrix[..., axis, axis] = 1
    matrix[..., i, i], matrix[..., i, j] = c, -s
    matrix[..., j, i], matrix[..., j, j] = s, c
    return matrix
