"""Reading AMASS files (Mahmood et al. 2019): SMPL-H, SMPL or SMPL-X poses, z up.

Translation turns about the rest pelvis J0, which depends on the shape and lies in the licensed
model; REST's pelvis stands for it (that of SMPL's mean shape to the centimetre).
"""

from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from ...motion.kinematics import forward_kinematics
from ...motion.rotations import (
    axis_angle_to_quaternion,
    multiply_quaternions,
    quaternion_to_axis_angle,
)
from ...motion.skeleton import REST
from .contacts import RADIUS
from .sequence import Motion
from .source import finished

_RATES = ("mocap_framerate", "mocap_frame_rate")
_JOINTS = {66: 22, 72: 24, 156: 22, 165: 22}  # numbers a frame -> of those our joints
_TO_Y_UP = np.array([np.cos(np.pi / 4), -np.sin(np.pi / 4), 0, 0])  # a quarter turn about -x
_LEGS = (0.6, 1.4)  # of REST's that a person's legs may be; beyond, the fit has gone wrong
_STANDING = 0.7  # m of pelvis over the lowest joint from which a pose tells the legs' length


def read_amass(path: Path) -> Motion:
    """One AMASS npz; OneTakeError when it is not one."""
    try:
        with np.load(path, allow_pickle=False) as data:
            rate = next((name for name in _RATES if name in data.files), None)
            missing = [name for name in ("poses", "trans") if name not in data.files]
            if missing or rate is None:
                raise OneTakeError(
                    "bad_motion",
                    f"{path.name} is not an AMASS file: it has no {(missing or [_RATES[0]])[0]}.",
                )
            poses, trans = data["poses"].astype(float), data["trans"].astype(float)
            fps = float(data[rate])
    except OneTakeError:
        raise
    except Exception as error:  # numpy, zipfile and zlib have one for each kind of damage
        raise OneTakeError("bad_motion", f"{path.name} is damaged or no AMASS file.") from error
    if poses.ndim != 2 or poses.shape[1] not in _JOINTS or trans.shape != (len(poses), 3):
        raise OneTakeError(
            "bad_motion",
            f"{path.name} is not an AMASS file: poses are {poses.shape}, trans {trans.shape}.",
        )
    count = _JOINTS[poses.shape[1]]
    body = np.zeros((len(poses), 24, 3))
    body[:, :count] = poses[:, : count * 3].reshape(-1, count, 3)
    body[:, 0] = quaternion_to_axis_angle(
        multiply_quaternions(_TO_Y_UP, axis_angle_to_quaternion(body[:, 0]))
    )
    pelvis = (trans + REST[0])[:, [0, 2, 1]] * [1, 1, -1]
    return finished(str(path), path.name, fps, body, pelvis / _leg_scale(body, pelvis))


def _leg_scale(poses: np.ndarray, pelvis: np.ndarray) -> float:
    """Length of the person's legs in REST's, from how high the pelvis is over the floor at 0."""
    joints, _ = forward_kinematics(poses, REST, np.zeros((len(poses), 3)))
    height = -(joints[..., 1] - RADIUS).min(axis=1)
    standing = height > _STANDING
    if not standing.any():
        return 1.0
    return float(np.clip(np.median(pelvis[standing, 1] / height[standing]), *_LEGS))
