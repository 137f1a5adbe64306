"""Somebody who walks, stands and swings an arm: a take, its body and its track, all tiny."""

import numpy as np

from backend.motion.body import Body
from backend.motion.kinematics import forward_kinematics
from backend.motion.rotations import axis_angle_to_matrix
from backend.motion.skeleton import JOINT, LANDMARK, REST
from backend.motion.take import Take
from backend.people import PersonTrack

SOLES = ("sole_left_heel", "sole_left_toe", "sole_right_heel", "sole_right_toe")


def small_body() -> Body:
    """A vertex at each joint, which is also its sole, its landmark and half of its faces."""
    directions = np.zeros((24, 3, 10))
    directions[..., 0] = 0.05 * REST
    return Body(
        name="onetake",
        v_template=REST,
        shapedirs=directions,
        J_regressor=np.eye(24),
        weights=np.eye(24),
        f=np.array([[0, 1, 2]]),
        landmark_regressor=np.eye(24),
        extra={name: np.array([JOINT["left_foot"]]) for name in SOLES},
    )


def walking_take(body: Body) -> Take:
    """Two seconds of walking and one of standing, an arm swings; the camera looks down."""
    t = np.arange(90) / 30
    betas = np.linspace(-1, 1, 10)
    rest = body.rest_joints(betas)
    poses = np.zeros((90, 24, 3))
    poses[:, JOINT["left_shoulder"], 2] = 0.8 * np.sin(5 * t)
    trans = np.stack([np.minimum(t, 2.0), 1 + 0 * t, 0 * t], axis=1)
    return Take(
        poses=poses, trans=trans, rest=rest, betas=betas, body="onetake",
        joints=forward_kinematics(poses, rest, trans)[0], timestamps=t,
        confidence=np.ones((90, 24)), contacts=np.zeros((90, 4)),
        landmarks=np.zeros((90, 33, 3)), box=np.zeros((90, 4)),
        camera_R=axis_angle_to_matrix(np.array([3.0, 0, 0])), camera_t=np.array([0, 1.0, 5]),
        camera_K=np.array([[500.0, 0, 320], [0, 500, 240], [0, 0, 1]]), focal_source="user",
        image_size=np.array([640, 480]), fps=30.0, person_id=1, estimator="ik", version="1",
        video_name="walk.mp4",
    )  # fmt: skip


def track_of(take: Take) -> PersonTrack:
    """Landmarks exactly at the take's joints, in the picture and about the hips."""
    count = len(take)
    joints = take.joints @ take.camera_R.T + take.camera_t
    landmarks = np.ones((count, 33, 3))
    world = np.zeros((count, 33, 3))
    for name, index in LANDMARK.items():
        if name in JOINT:
            place = joints[:, JOINT[name]]
            landmarks[:, index, :2] = (place / place[:, 2:] @ take.camera_K.T)[:, :2]
            world[:, index] = place
    hips = joints[:, [JOINT["left_hip"], JOINT["right_hip"]]].mean(axis=1)
    return PersonTrack(
        person_id=take.person_id, frame_index=np.arange(count), timestamps=take.timestamps,
        landmarks=landmarks, world_landmarks=world - hips[:, None], score=np.ones(count),
        seen=np.ones(count, bool), box=np.zeros((count, 4)), regions=np.zeros((count, 4)),
    )  # fmt: skip
