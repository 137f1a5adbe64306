"""3DPW in its own format (von Marcard et al. 2018): sequenceFiles/*.pkl, imageFiles/SEQUENCE/*.jpg.

Of each person of a sequence of T pictures at 30 fps: `jointPositions` (T, 72) m in the world,
`poses` (T, 72) SMPL's rotations, `campose_valid` (T,); of the camera, which moves, `cam_poses`
(T, 4, 4) from world to camera and `cam_intrinsics` (3, 3).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from ...motion.skeleton import REST
from ...safe_pickle import load_arrays
from .clip import Clip, Truth, project
from .motion import Motion
from .pictures import as_video

FPS = 30.0


def clips(folder: Path, progress: Callable[[str, int, int], None]) -> list[Clip]:
    """The test split where there is one (sequenceFiles/test), else every sequence, by name."""
    sequences = folder / "sequenceFiles"
    test = sequences / "test"
    files = sorted((test if test.is_dir() else sequences).rglob("*.pkl"))
    if not files:
        raise OneTakeError("no_sequences", f"There are no sequenceFiles/*.pkl in {folder}.")
    return [_clip(folder, file, progress) for file in files]


def _clip(folder: Path, file: Path, progress: Callable[[str, int, int], None]) -> Clip:
    data = load_arrays(file)
    try:
        name = str(data["sequence"])
        K = np.asarray(data["cam_intrinsics"], float).reshape(3, 3)
        cameras = np.asarray(data["cam_poses"], float).reshape(-1, 4, 4)
        truths = [
            _truth(person, joints, poses, valid, cameras, K)
            for person, (joints, poses, valid) in enumerate(
                zip(data["jointPositions"], data["poses"], data["campose_valid"], strict=True), 1
            )
        ]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise OneTakeError("bad_sequence", f"{file} is no sequence of 3DPW: {error}.") from error
    if Path(name).name != name:
        raise OneTakeError("bad_sequence", f"{file} names its sequence {name!r}.")
    pictures = [folder / "imageFiles" / name / f"image_{k:05d}.jpg" for k in range(len(cameras))]
    missing = next((path for path in pictures if not path.exists()), None)
    if missing:
        raise OneTakeError("no_pictures", f"There is no picture {missing}.")
    video = as_video(pictures, FPS, lambda done, total: progress(f"{name} to video", done, total))
    return Clip(name, video, truths)


def _truth(person, joints, poses, valid, cameras, K) -> Truth:
    world = np.asarray(joints, float).reshape(-1, 24, 3)
    poses = np.asarray(poses, float).reshape(-1, 24, 3)
    R, t = cameras[:, :3, :3], cameras[:, :3, 3]
    if not len(world) == len(poses) == len(cameras):
        raise ValueError("its arrays differ in length")
    seen = np.einsum("tab,tjb->tja", R, world) + t[:, None]
    # Where the camera was not found the person's place in the picture is unknown.
    seen[np.asarray(valid).reshape(-1) == 0] = np.nan
    motion = Motion(
        timestamps=np.arange(len(world)) / FPS,
        joints=seen,
        world=world,
        camera_R=R,
        poses=poses,
        rest=REST,  # only the directions of its limbs count, and these are SMPL's
    )
    return Truth(motion, project(seen, K), f"person {person}")
