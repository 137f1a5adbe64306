"""A clip of the benchmark: a video, and what is known of the people in it."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from ...motion.body import Body
from ...motion.skeleton import JOINTS, LANDMARK, LIMB_JOINTS
from ...motion.take import Take
from ...people import PersonTrack
from .motion import Motion


@dataclass(frozen=True)
class Truth:
    """What is known of one person of a clip."""

    motion: Motion
    picture: np.ndarray | None = None  # (T, 24, 2) px of the joints, NaN where unknown
    name: str = ""  # of the person, where there are several
    take: Take | None = None  # the same, where it was made from one

    @classmethod
    def of_take(cls, take: Take, body: Body) -> "Truth":
        """A take that is the truth: what was rendered."""
        motion = Motion.of_take(take, body)
        return cls(motion, project(motion.joints, take.camera_K), take=take)


@dataclass(frozen=True)
class Clip:
    """A video and its truths, none where nothing is known."""

    name: str
    video: Path
    truths: list[Truth] = field(default_factory=list)
    kind: str = ""  # of motion


def project(joints: np.ndarray, K: np.ndarray) -> np.ndarray:
    """(..., 3) in the camera's axes -> (..., 2) px, NaN behind the camera."""
    depth = np.where(joints[..., 2:] > 0, joints[..., 2:], np.nan)
    return (joints / depth) @ np.asarray(K, float)[:2].T


def matching(truth: Truth, tracks: list[PersonTrack]) -> int:
    """Which of the tracks follows this person: the one whose limbs lie nearest in the picture.

    Without `picture` the first one, who is the most prominent. OneTakeError where no track shares
    a frame with the truth.
    """
    if truth.picture is None:
        return 0
    distances = [_distance(truth, track) for track in tracks]
    if np.isnan(distances).all():
        raise OneTakeError("not_found", "nobody was found where the truth has a person")
    return int(np.nanargmin(distances))


def _distance(truth: Truth, track: PersonTrack) -> float:
    """Median px between limb joints, on the truth's frames within the track; NaN without any."""
    times = truth.motion.timestamps
    inside = (times >= track.timestamps[0] - 1e-3) & (times <= track.timestamps[-1] + 1e-3)
    nearest = np.abs(track.timestamps[None] - times[inside, None]).argmin(axis=1)
    landmarks = [LANDMARK[JOINTS[joint]] for joint in LIMB_JOINTS]
    seen = track.landmarks[nearest][:, landmarks, :2]
    errors = np.linalg.norm(truth.picture[inside][:, LIMB_JOINTS] - seen, axis=-1)
    return float(np.nanmedian(errors)) if np.isfinite(errors).any() else np.nan
