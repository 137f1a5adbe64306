"""Reference joints from several cameras, as an npz beside a clip: CLIP.truth.npz.

`joints_cam` (T, 24, 3) metres in the camera's axes, SMPL's order, NaN where unknown; `fps`, its
frame i is the video's frame i; `K` (3, 3) px; `R` (3, 3) from the reference's world, z up, to the
camera, which stands still.
"""

from pathlib import Path

import numpy as np

from .clip import Truth, project
from .motion import Motion


def read_truth(path: Path) -> Truth:
    """The npz. Raises OSError, KeyError or ValueError for another file."""
    with np.load(path, allow_pickle=False) as data:
        joints, fps = data["joints_cam"].astype(float), float(data["fps"])
        K, R = data["K"], data["R"].astype(float)
    count = len(joints)
    motion = Motion(
        timestamps=np.arange(count) / fps,
        joints=joints,
        world=joints,  # the camera stands still, and no metric asks which way a world lies
        camera_R=np.repeat(np.eye(3)[None], count, axis=0),
        up=np.repeat(R[None, :, 2], count, axis=0),
    )
    return Truth(motion, project(joints, K))
