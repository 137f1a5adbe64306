"""MPI-INF-3DHP's test set (Mehta et al. 2017): TS*/annot_data.mat, TS*/imageSequence/img_*.jpg.

`univ_annot3` 3 x 17 x 1 x T: joints in mm in the camera's axes, scaled to one height;
`annot2` 2 x 17 x 1 x T: px; `valid_frame` T. The files are MATLAB 7.3, which is HDF5.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy.io

from ...errors import OneTakeError
from ...motion.skeleton import JOINT
from .clip import Clip, Truth
from .motion import Motion
from .pictures import as_video

FPS = 25.0  # the data does not say; it decides accelerations, not positions
_JOINTS = (
    None, "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow",
    "left_wrist", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
    "pelvis", None, None,
)  # fmt: skip


def clips(folder: Path, progress: Callable[[str, int, int], None]) -> list[Clip]:
    """A clip for each TS folder, by name."""
    files = sorted(folder.glob("TS*/annot_data.mat"))
    if not files:
        raise OneTakeError("no_sequences", f"There is no TS*/annot_data.mat in {folder}.")
    return [_clip(file, progress) for file in files]


def _clip(file: Path, progress: Callable[[str, int, int], None]) -> Clip:
    data = _read(file)
    try:
        joints = _ours(data["univ_annot3"], 3) / 1000
        picture = _ours(data["annot2"], 2)
        valid = np.asarray(data["valid_frame"]).reshape(-1) != 0
        joints[~valid] = np.nan
    except (KeyError, ValueError, IndexError) as error:
        raise OneTakeError("bad_sequence", f"{file} is no annotation of the test set.") from error
    name = file.parent.name
    pictures = [
        file.parent / "imageSequence" / f"img_{k:06d}.jpg" for k in range(1, len(joints) + 1)
    ]
    missing = next((path for path in pictures if not path.exists()), None)
    if missing:
        raise OneTakeError("no_pictures", f"There is no picture {missing}.")
    video = as_video(pictures, FPS, lambda done, total: progress(f"{name} to video", done, total))
    count = len(joints)
    motion = Motion(
        timestamps=np.arange(count) / FPS,
        joints=joints,
        world=joints,  # the camera stands still
        camera_R=np.repeat(np.eye(3)[None], count, axis=0),
    )
    return Clip(name, video, [Truth(motion, picture)])


def _read(file: Path) -> dict[str, np.ndarray]:
    """The arrays, in the axes' order of Python's HDF5 readers or of MATLAB."""
    try:
        return scipy.io.loadmat(file)
    except NotImplementedError:  # scipy's word for MATLAB 7.3
        return _read_hdf5(file)
    except Exception as error:  # a broken file raises whatever it likes
        raise OneTakeError("bad_sequence", f"{file} is no MATLAB file.") from error


def _read_hdf5(file: Path) -> dict[str, np.ndarray]:
    try:
        import h5py
    except ImportError as error:
        raise OneTakeError(
            "no_h5py",
            f"{file} is a MATLAB 7.3 file, which takes h5py to read; install h5py in OneTake's "
            "environment, or save the file again with MATLAB's -v7.",
        ) from error
    try:
        with h5py.File(file, "r") as data:
            return {key: data[key][()] for key in ("univ_annot3", "annot2", "valid_frame")}
    except (OSError, KeyError) as error:
        raise OneTakeError("bad_sequence", f"{file} is no annotation of the test set.") from error


def _ours(values: np.ndarray, numbers: int) -> np.ndarray:
    """(T, 24, numbers), NaN where they have no joint, of either order of axes."""
    values = np.asarray(values, float)
    if values.shape[:2] == (numbers, len(_JOINTS)):  # MATLAB's own; it drops a last axis of one
        values = values.T
    values = values.reshape(-1, len(_JOINTS), numbers)
    out = np.full((len(values), 24, numbers), np.nan)
    for index, joint in enumerate(_JOINTS):
        if joint:
            out[:, JOINT[joint]] = values[:, index]
    return out
