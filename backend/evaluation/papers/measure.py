"""A trained network on the test clips: its own answer, before any world, floor or foot lock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np
import torch
from torch import nn

from ...commands import smoothing_settings
from ...estimators.papers.rotations import ObservedTrack, rotations_of
from ...motion.body import Body
from ...motion.kinematics import forward_kinematics
from ...motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from ...motion.smoothing import SmoothingSettings, smooth
from ..benchmark import score
from ..benchmark.motion import Motion
from .clips import TestClip

RAW, SMOOTHED, AS_PRINTED = "raw", "smoothed", "smoothed as printed"
COLUMNS = (score.PA, score.MPJPE, score.LIMBS, score.ANGLES, score.ACCEL, score.RELATIVE,
           score.SLOPE, score.R)  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """T frames of a track, in the camera's axes."""

    timestamps: np.ndarray  # (T,)
    joints: np.ndarray  # (T, 24, 3) m, about the pelvis
    rotations: np.ndarray | None = None  # (T, 24, 3, 3) parent-relative; None of points alone
    betas: np.ndarray | None = None  # (10,)
    trans: np.ndarray | None = None  # (T, 3) m, the network's own camera

    def vertices(self, body: Body, frame: int) -> np.ndarray:
        """(V, 3) skin of one frame in the camera."""
        poses = matrix_to_axis_angle(self.rotations[frame : frame + 1])
        return body.skin(poses, self.betas, self.trans[frame : frame + 1])[0]

    def motion(self) -> Motion:
        """As the metrics take it."""
        poses = None if self.rotations is None else matrix_to_axis_angle(self.rotations)
        return Motion(self.timestamps, self.joints, poses=poses)

    def smoothed(self, settings: SmoothingSettings, body: Body) -> "Answered":
        """After rotation disentangled smoothing, the root's orientation too."""
        poses = matrix_to_axis_angle(self.rotations)
        poses, _ = smooth(poses, self.trans, self.timestamps, settings)
        joints, _ = forward_kinematics(poses, body.rest_joints(self.betas), np.zeros((1, 3)))
        return replace(self, joints=joints, rotations=axis_angle_to_matrix(poses))


def answered(paper: str, network: nn.Module, clip: TestClip, body: Body) -> Answered:
    """What the network says of a clip."""
    module = import_module(f"...estimators.papers.{paper}", __package__)
    track = clip.track
    if hasattr(module, "points_of"):
        joints = module.points_of(network, track, clip.K)[0]
        return Answered(track.timestamps, joints)
    rotations, betas, trans = rotations_of(network, ObservedTrack.of(track, clip.K))
    joints, _ = forward_kinematics(
        matrix_to_axis_angle(rotations), body.rest_joints(betas), np.zeros((1, 3))
    )
    return Answered(track.timestamps, joints, rotations, betas, trans)


def measured(
    paper: str, network: nn.Module, clips: list[TestClip], body: Body
) -> Mapping[str, dict[str, float]]:
    """Way of smoothing -> column -> figure, pooled over the clips."""
    from .silhouettes import picture_errors

    settings = smoothing_settings("default")
    assert settings is not None
    samples: dict[str, list[dict[str, Any]]] = {RAW: []}
    with torch.no_grad():
        for clip in clips:
            said = answered(paper, network, clip, body)
            ways = {RAW: said}
            if said.rotations is not None:
                ways |= {
                    SMOOTHED: said.smoothed(settings, body),
                    AS_PRINTED: said.smoothed(replace(settings, mode="paper"), body),
                }
            for way, each in ways.items():
                found = score.score(each.motion().resampled(clip.times), clip.true, body)
                if paper == "hybrid" and way == RAW:
                    found |= picture_errors(each, clip, body)
                samples.setdefault(way, []).append(found)
    return {way: _figures(found) for way, found in samples.items()}


def _figures(found: list[dict[str, Any]]) -> dict[str, float]:
    figures = score.pool(found)
    kept = {column for column in figures if column in COLUMNS or column.endswith(", px")}
    return {column: round(figures[column], 4) for column in sorted(kept)}
