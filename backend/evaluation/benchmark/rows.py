"""The rows of a table: baselines that do nothing, the truth smoothed, BlazePose's own 3D, the
estimators.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from ...commands import smoothed as smoothed_take
from ...motion.body import Body
from ...motion.kinematics import forward_kinematics
from ...motion.one_euro import one_euro
from ...motion.rotations import matrix_to_axis_angle
from ...motion.skeleton import JOINTS, LANDMARK, LIMB_JOINTS
from ...motion.smoothing import SmoothingSettings
from ...motion.take import Take
from ...people import PersonTrack
from .. import metrics
from .motion import Motion
from .score import known_runs

FROZEN, MEAN, TRUTH = "frozen pose", "mean pose", "truth"
BLAZEPOSE = "BlazePose world landmarks"
RAW, SMOOTHED = "raw", "smoothed"
ABOUT = (
    "Frozen: the truth's middle frame, held. Mean: the mean pose of the training data on a person "
    "of mean shape, held and turned once as fits the truth best. Truth, "
    "smoothed: what the default preset costs whoever makes no error. BlazePose's landmarks are "
    "smoothed as MediaPipe does it, by a 1€ filter on positions; the estimators' takes by the "
    "default preset."
)
_PRIOR = Path(__file__).parents[2] / "weights" / "pose_prior.safetensors"
# Of MediaPipe's own graph for world landmarks (pose_landmark_filtering.pbtxt): Hz, Hz per m/s, Hz.
_MIN_CUTOFF, _BETA, _D_CUTOFF = 0.1, 40.0, 1.0
_SHORTEST_STEP = 1e-4  # s; some files give two frames one time stamp


def name_of(what: str, smoothed: bool) -> str:
    """ "ik, raw" or "ik, smoothed"."""
    return f"{what}, {SMOOTHED if smoothed else RAW}"


def rows(
    true: Motion,
    track: PersonTrack,
    takes: Mapping[str, Take],
    settings: SmoothingSettings,
    body: Body,
    truth: Take | None = None,
) -> dict[str, Motion]:
    """The motions of every row, in the table's order, on the times of `true` (30 a second).

    takes: unsmoothed, of the same person as track, by estimator. truth: what `true` was made from,
    where that is a take. Some frame of `true` knows every limb joint. The camera's path is given
    to the mean pose, not to anybody who estimates.
    """
    found = {FROZEN: frozen_pose(true), MEAN: mean_pose(true, body)}
    if truth:
        motion = Motion.of_take(smoothed_take(truth, settings), body)
        found[name_of(TRUTH, smoothed=True)] = motion.resampled(true.timestamps)
    for smoothed in (False, True):
        found[name_of(BLAZEPOSE, smoothed)] = blazepose(track, true.timestamps, smoothed)
    for estimator, take in takes.items():
        for smoothed, each in ((False, take), (True, smoothed_take(take, settings))):
            motion = Motion.of_take(each, body).resampled(true.timestamps)
            found[name_of(estimator, smoothed)] = motion
    return found


def frozen_pose(true: Motion) -> Motion:
    """The middle one of the frames that know every limb joint, its root too."""
    known = np.concatenate([np.arange(run.start, run.stop) for run in known_runs(true.joints)])
    return true.frozen(int(known[len(known) // 2]))


def mean_pose(true: Motion, body: Body) -> Motion:
    """The pose prior's mean, in the one orientation and place that fit the clip's truth best."""
    count = len(true)
    local = np.concatenate([np.zeros(3), load_file(_PRIOR)["mean"]]).reshape(1, 24, 3)
    rest = body.rest_joints(np.zeros(10)).astype(float)
    upright = forward_kinematics(local.astype(float), rest, np.zeros((1, 3)))[0][0]
    limbs = list(LIMB_JOINTS)
    target = np.nanmean(metrics.centred(true.joints)[:, limbs], axis=0)
    _, to_camera, _ = metrics.similarity(upright[limbs], target, with_scale=False)
    joints = np.repeat((upright @ to_camera.T)[None], count, axis=0)
    if true.world is None or true.camera_R is None:
        return Motion(true.timestamps, joints)
    to_world = np.swapaxes(true.camera_R, 1, 2) @ to_camera
    poses = np.repeat(local, count, axis=0)
    poses[:, 0] = matrix_to_axis_angle(to_world)
    place = np.nanmean(true.world[:, metrics.HIPS].mean(axis=1), axis=0)
    world = np.einsum("tab,jb->tja", to_world, upright - upright[list(metrics.HIPS)].mean(axis=0))
    return Motion(
        true.timestamps,
        joints,
        world=world + place,
        camera_R=true.camera_R,
        poses=poses,
        rest=rest,
        betas=np.zeros(10),
    )


def blazepose(track: PersonTrack, times: np.ndarray, smoothed: bool) -> Motion:
    """BlazePose's world landmarks as the twelve limb joints; the others stay unknown."""
    points = track.world_landmarks[:, [LANDMARK[JOINTS[joint]] for joint in LIMB_JOINTS]]
    points = points.astype(float)
    if smoothed:
        steps = np.maximum(np.diff(track.timestamps), _SHORTEST_STEP)
        clock = np.concatenate([[0.0], np.cumsum(steps)])
        points = one_euro(points, clock, _MIN_CUTOFF, _BETA, _D_CUTOFF)
    joints = np.full((len(points), 24, 3), np.nan)
    joints[:, LIMB_JOINTS] = points
    return Motion(track.timestamps, joints).resampled(times)
