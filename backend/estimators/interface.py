"""What every estimator takes and gives."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from ..errors import OneTakeError
from ..motion.body import Body
from ..people.track import PersonTrack


@dataclass(frozen=True)
class CameraMotion:
    """T frames of one person in the camera: metres, x right, y down, z forward."""

    local: np.ndarray  # (T, 24, 3, 3) parent-relative rotations; joint 0 from rest to camera
    trans: np.ndarray  # (T, 3) pelvis joint
    betas: np.ndarray  # (10,) one shape for the clip
    confidence: np.ndarray  # (T, 24) 0..1; 0 where the person was not seen
    # What only a trained estimator knows:
    contacts: np.ndarray | None = None  # (T, 4) 0..1: left heel, left toe, right heel, right toe
    up: np.ndarray | None = None  # (T, 3) unit, against gravity


class Estimator(Protocol):
    """Landmarks in, motion in the camera out."""

    @classmethod
    def of_quality(cls, quality: str, device: str, weights: Path | None = None) -> "Estimator":
        """The estimator for one of `QUALITIES`: better ones may take longer.

        device: cpu, cuda or mps, for whoever has a network; weights: of another training run.
        Raises OneTakeError bad_weights, no_weights.
        """
        ...

    def estimate(
        self,
        track: PersonTrack,
        K: np.ndarray,
        body: Body,
        *,
        progress: Callable[[int, int], None],
        should_stop: Callable[[], bool],
    ) -> CameraMotion:
        """track: T frames, with image_features where the registry says that they are wanted;
        K (3, 3) pixels.

        Raises OneTakeError "cancelled" when should_stop says so.
        """
        ...


def shares(
    frames: int,
    progress: Callable[[int, int], None],
    should_stop: Callable[[], bool],
    whole: float = 1.0,
) -> Callable[[float], None]:
    """What to call with the share 0..1 that is done: it tells progress, and stops on request.

    whole: the share of the estimate that this is. The call raises OneTakeError "cancelled".
    """

    def done(share: float) -> None:
        if should_stop():
            raise OneTakeError("cancelled", "The job was cancelled.")
        progress(round(whole * share * frames), frames)

    return done
