"""Takes of the validation split, with their truth: what slider defaults are chosen on.

python -m backend.training.held_out PAIRS/val OUT
python -m backend.evaluation.benchmark.sweep OUT
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from .. import __version__
from ..body import load_body
from ..estimators.onetake import WEIGHTS, OneTakeEstimator
from ..estimators.onetake.run import Track
from ..motion.body import Body
from ..motion.kinematics import forward_kinematics
from ..motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from ..motion.take import Take
from .windows import Windows, load_windows

FASTEST = 24.0  # frames a second from which a clip tells of jitter
# Camera axes stood upright: the smoothing does not care which way up the world is.
_UPRIGHT = np.diag([1.0, -1.0, -1.0])


def write_takes(windows: Windows, weights: Path, folder: Path) -> int:
    """NAME.take.npz, unsmoothed, and NAME.truth.take.npz of every fast clip; how many."""
    estimator, body = OneTakeEstimator(weights), load_body()
    folder.mkdir(parents=True, exist_ok=True)
    rates = 1 / np.diff(windows.times, axis=1).mean(axis=1)
    chosen = np.flatnonzero((rates > FASTEST) & windows.seen.all(axis=1))
    for index in chosen:
        clip, times = windows.take(slice(index, index + 1)), windows.times[index].astype(float)
        raw, rotations, trans = estimator.fitted(_track(clip), body)
        true = axis_angle_to_matrix(clip.poses[0].astype(float))
        name = folder / f"{index:04d}"
        for path, local, place, betas in (
            (f"{name}.take.npz", rotations, trans, raw.betas),
            (f"{name}.truth.take.npz", true, clip.trans[0].astype(float), clip.betas[0]),
        ):
            _take(body, local, place, betas, times).save(path)
    return len(chosen)


def _track(clip: Windows) -> Track:
    return Track(
        **{
            name: torch.as_tensor(getattr(clip, name)[0])
            for name in ("rays", "visibility", "world", "features", "has_features", "seen")
        },
        times=torch.as_tensor(clip.times[0]).double(),
    )


def _take(
    body: Body, local: np.ndarray, trans: np.ndarray, betas: np.ndarray, times: np.ndarray
) -> Take:
    local, frames = local.copy(), len(times)
    local[:, 0] = _UPRIGHT @ local[:, 0]
    trans = trans @ _UPRIGHT
    rest = body.rest_joints(betas).astype(float)
    joints, _ = forward_kinematics(local, rest, trans)
    return Take(
        poses=matrix_to_axis_angle(local).astype(np.float32), trans=trans.astype(np.float32),
        rest=rest.astype(np.float32), betas=betas.astype(np.float32), body=body.name,
        joints=joints.astype(np.float32), timestamps=times - times[0],
        confidence=np.ones((frames, 24), np.float32), contacts=np.zeros((frames, 4), np.float32),
        landmarks=np.zeros((frames, 33, 3), np.float32), box=np.zeros((frames, 4), np.float32),
        camera_R=_UPRIGHT.astype(np.float32), camera_t=np.zeros(3, np.float32),
        camera_K=np.eye(3, dtype=np.float32), focal_source="default",
        image_size=np.array([1, 1], np.int32), fps=float(1 / np.diff(times).mean()), person_id=1,
        estimator="onetake", version=__version__, video_name="held out",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    count = write_takes(load_windows(arguments.pairs), arguments.weights, arguments.output)
    print(f"{count} takes with their truth in {arguments.output}")


if __name__ == "__main__":
    main()
