"""`ik`: a body fitted to the landmarks by optimisation alone.

Analytic start, a shape from the best-seen frames, then Gauss-Newton over overlapping windows, so
that length costs no memory.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from ...motion.body import Body
from ...motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from ...people.track import PersonTrack
from ..evidence import joint_trust
from ..interface import CameraMotion
from .analytic import analytic_pose, starting_translation
from .config import IKConfig
from .objective import FrameObjective
from .observations import Observations, observe
from .points import LandmarkModel, PointModel
from .prior import PosePrior
from .solver import Smoothness, State, minimise


class IKEstimator:
    """The estimator without training: see the package's docstring.

    landmark_model: of world landmarks that are not BlazePose's own.
    """

    def __init__(
        self, config: IKConfig | None = None, landmark_model: LandmarkModel | None = None
    ) -> None:
        self.config = config or IKConfig()
        share = self.config.landmark_model_share
        self.landmark_model = landmark_model or LandmarkModel.load(share)

    @classmethod
    def of_quality(cls, quality: str, device: str, weights: Path | None = None) -> "IKEstimator":
        """The same for every quality and device; OneTakeError no_weights where some are named."""
        if weights:
            raise OneTakeError(
                "no_weights", "The estimator ik is not trained: leave out --weights."
            )
        return cls()

    def estimate(
        self,
        track: PersonTrack,
        K: np.ndarray,
        body: Body,
        *,
        progress: Callable[[int, int], None],
        should_stop: Callable[[], bool],
    ) -> CameraMotion:
        """See Estimator.estimate."""
        landmark_model = self.landmark_model
        prior = PosePrior.load()
        model = PointModel.from_body(body, landmark_model.offsets)
        observations = observe(
            track.landmarks, track.world_landmarks, track.seen, track.timestamps, K
        )
        local = _fill_gaps(analytic_pose(model, observations), track.seen)
        betas = self._fit_shape(model, landmark_model, prior, observations, local)
        frames = len(observations)
        local_out, trans_out = np.empty((frames, 24, 3, 3)), np.empty((frames, 3))
        done = 0
        for start, end in windows(frames, self.config.window, self.config.overlap):
            if should_stop():
                raise OneTakeError("cancelled", "The job was cancelled.")
            part = observations.part(slice(start, end))
            first = local[start:end]
            state = State(first, starting_translation(model, first, betas, part), betas)
            state, _ = minimise(
                FrameObjective(model, landmark_model, prior, part, self.config),
                Smoothness(part.timestamps, self.config),
                state,
                iterations=self.config.iterations,
                free_shape=False,
                tolerance=self.config.tolerance,
            )
            shared = done - start
            if shared > 0:
                fade = ((np.arange(shared) + 1) / (shared + 1))[:, None]
                old, new = local_out[start:done], state.local[:shared]
                turn = matrix_to_axis_angle(np.swapaxes(old, -1, -2) @ new)
                local_out[start:done] = old @ axis_angle_to_matrix(fade[:, None] * turn)
                trans_out[start:done] += fade * (state.trans[:shared] - trans_out[start:done])
            local_out[done:end] = state.local[shared:]
            trans_out[done:end] = state.trans[shared:]
            done = end
            progress(done, frames)
        return CameraMotion(local_out, trans_out, betas, joint_trust(observations.trust))

    def _fit_shape(
        self,
        model: PointModel,
        landmark_model: LandmarkModel,
        prior: PosePrior,
        observations: Observations,
        local: np.ndarray,
    ) -> np.ndarray:
        """One shape (10,) from the best-seen frames, spread over the clip."""
        quality = observations.trust.sum(axis=1)
        parts = np.array_split(np.arange(len(quality)), min(len(quality), self.config.shape_frames))
        chosen = np.array([part[np.argmax(quality[part])] for part in parts])
        chosen = chosen[quality[chosen] > 0.5 * quality.max()]
        part, first, betas = observations.part(chosen), local[chosen], np.zeros(10)
        state = State(first, starting_translation(model, first, betas, part), betas)
        objective = FrameObjective(model, landmark_model, prior, part, self.config)
        state, _ = minimise(
            objective,
            None,
            state,
            iterations=self.config.shape_iterations,
            free_shape=True,
            tolerance=self.config.tolerance,
        )
        return state.betas


def windows(frames: int, size: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Start and end of windows that cover `frames`, neighbours sharing `overlap` frames."""
    start = 0
    while True:
        end = start + size
        # A last scrap shorter than the overlap would be solved with too little context.
        if end + overlap >= frames:
            yield start, frames
            return
        yield start, end
        start = end - overlap


def _fill_gaps(local: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Frames without a sighting start from the nearest frame with one."""
    index = np.flatnonzero(seen)
    after = np.clip(np.searchsorted(index, np.arange(len(seen))), 0, len(index) - 1)
    before = np.maximum(after - 1, 0)
    here = np.arange(len(seen))
    nearest = np.where(
        np.abs(index[before] - here) < np.abs(index[after] - here), index[before], index[after]
    )
    return local[nearest]
