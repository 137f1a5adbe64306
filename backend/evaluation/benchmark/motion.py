"""One person's motion as a row of the benchmark has it, or as the truth knows it."""

from dataclasses import dataclass, fields, replace

import numpy as np

from ...motion.body import Body
from ...motion.take import Take
from .. import metrics

_ONCE = ("timestamps", "rest", "betas")  # what is not there for each frame


@dataclass(frozen=True)
class Motion:
    """T frames. Metres, radians, seconds; None where nothing is known.

    Camera axes: x right, y down, z forward.
    """

    timestamps: np.ndarray  # (T,)
    joints: np.ndarray  # (T, 24, 3) in the camera's axes, wherever; NaN where unknown
    world: np.ndarray | None = None  # (T, 24, 3) in a world that stands still
    camera_R: np.ndarray | None = None  # (T, 3, 3) that world -> camera
    up: np.ndarray | None = None  # (T, 3) against gravity, in the camera's axes
    poses: np.ndarray | None = None  # (T, 24, 3) axis-angle, parent-relative; joint 0 in the world
    rest: np.ndarray | None = None  # (24, 3) rest joints
    betas: np.ndarray | None = None  # (10,) of our body, which poses then move

    def __len__(self) -> int:
        return len(self.timestamps)

    @classmethod
    def of_take(cls, take: Take, body: Body) -> "Motion":
        """All of a take; its shape only where it is one of `body`."""
        R = np.broadcast_to(take.camera_R, (len(take), 3, 3)).astype(float)
        t = np.broadcast_to(take.camera_t, (len(take), 3)).astype(float)
        world = take.joints.astype(float)
        return cls(
            timestamps=take.timestamps,
            joints=np.einsum("tab,tjb->tja", R, world) + t[:, None],
            world=world,
            camera_R=R,
            up=R[:, :, 1],
            poses=take.poses.astype(float),
            rest=take.rest.astype(float),
            betas=take.betas.astype(float) if take.body == body.name else None,
        )

    def resampled(self, times: np.ndarray) -> "Motion":
        """At times (N,): rotations along great circles, everything else linearly."""
        changed = {"timestamps": times}
        for item in fields(self):
            value = getattr(self, item.name)
            if value is None or item.name in _ONCE:
                continue
            along = metrics.resample_poses if item.name == "poses" else metrics.resample
            changed[item.name] = along(value, self.timestamps, times)
        return replace(self, **changed)

    def frozen(self, frame: int) -> "Motion":
        """One frame, held. It says nothing of up: nobody estimated that."""
        held = {
            item.name: np.repeat(value[frame : frame + 1], len(self), axis=0)
            for item in fields(self)
            if item.name not in _ONCE and (value := getattr(self, item.name)) is not None
        }
        return replace(self, **held | {"up": None})

    def vertices(self, body: Body, frames: slice) -> np.ndarray:
        """(n, V, 3) skin in the world. Needs poses, betas and world."""
        return body.skin(self.poses[frames], self.betas, self.world[frames, 0])
