"""SMPL's 24 joints, the 33 BlazePose landmarks, and the project's one rest skeleton."""

import numpy as np

JOINTS = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2",
    "left_ankle", "right_ankle", "spine3", "left_foot", "right_foot", "neck", "left_collar",
    "right_collar", "head", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
    "left_wrist", "right_wrist", "left_hand", "right_hand",
)  # fmt: skip
JOINT = {name: index for index, name in enumerate(JOINTS)}

# Parent of each joint (Loper et al. 2015); -1 is the world.
PARENTS = np.array(
    [-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21]
)

# Joints grouped by distance from the pelvis: forward kinematics runs one batch a level.
LEVELS = (
    (0,), (1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12, 13, 14), (15, 16, 17), (18, 19),
    (20, 21), (22, 23),
)  # fmt: skip

# The twelve limb joints on which position errors are reported (shared with every 2D convention).
LIMB_JOINTS = tuple(
    JOINT[f"{side}_{part}"]
    for part in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
    for side in ("left", "right")
)

MIRROR = np.array(
    [0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22]
)

# Rest joints (metres, y up, facing +z, left = +x) that every rotation of the project is relative
# to: its limb directions are those of SMPL's template, so poses carry over to SMPL bodies.
REST = np.array(
    [
        [0.0, -0.225, 0.03], [0.07, -0.315, 0.02], [-0.07, -0.315, 0.02], [0.0, -0.115, 0.0],
        [0.105, -0.69, 0.015], [-0.105, -0.69, 0.015], [0.0, 0.02, 0.005], [0.09, -1.09, -0.025],
        [-0.09, -1.09, -0.025], [0.0, 0.075, 0.03], [0.115, -1.145, 0.095],
        [-0.115, -1.145, 0.095], [0.0, 0.29, -0.015], [0.08, 0.195, -0.01], [-0.08, 0.195, -0.01],
        [0.0, 0.355, 0.035], [0.175, 0.225, -0.015], [-0.175, 0.225, -0.015],
        [0.43, 0.21, -0.04], [-0.43, 0.21, -0.04], [0.685, 0.22, -0.045], [-0.685, 0.22, -0.045],
        [0.765, 0.215, -0.06], [-0.765, 0.215, -0.06],
    ]
)  # fmt: skip

# BlazePose's landmark order (Bazarevsky et al. 2020).
LANDMARKS = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye",
    "right_eye_outer", "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_pinky",
    "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb", "left_hip",
    "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel",
    "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip
LANDMARK = {name: index for index, name in enumerate(LANDMARKS)}

# The joint that carries each landmark as a rigid point.
LANDMARK_JOINT = np.array(
    [15] * 11 + [16, 17, 18, 19, 20, 21, 22, 23, 22, 23, 22, 23, 1, 2, 4, 5, 7, 8, 7, 8, 10, 11]
)

LANDMARK_MIRROR = np.array(
    [
        LANDMARK[name.replace("left", "*").replace("right", "left").replace("*", "right")]
        for name in LANDMARKS
    ]
)
