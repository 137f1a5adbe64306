"""The take: one person's motion in one clip, as an npz without pickles."""

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from .kinematics import forward_kinematics
from .npz import save_npz

FORMAT_VERSION = 1

_SHAPES = {
    "poses": ("T", 24, 3), "trans": ("T", 3), "rest": (24, 3), "betas": (10,),
    "joints": ("T", 24, 3), "timestamps": ("T",), "confidence": ("T", 24), "contacts": ("T", 4),
    "landmarks": ("T", 33, 3), "box": ("T", 4), "camera_K": (3, 3), "image_size": (2,),
}  # fmt: skip
_TEXTS = ("body", "focal_source", "estimator", "version", "video_name")
_NUMBERS = ("fps", "person_id")
CONTACTS = ("left_heel", "left_toe", "right_heel", "right_toe")


class TakeError(ValueError):
    """A take file that cannot be used; the message is a sentence for the user."""


@dataclass(frozen=True)
class Take:
    """One person, T frames from the first to the last sighting.

    World: metres, y up, floor at y = 0, gravity down, first facing near +z.
    Camera: x right, y down, z forward; camera_R and camera_t take the world to the camera.
    """

    poses: np.ndarray  # (T, 24, 3) f4 axis-angle, parent-relative; joint 0 in the world; unsmoothed
    trans: np.ndarray  # (T, 3) f4 pelvis joint in the world
    rest: np.ndarray  # (24, 3) f4 rest joints of the body with this shape
    betas: np.ndarray  # (10,) f4 shape, in standard deviations of `body`
    body: str  # "onetake" or "smpl"
    joints: np.ndarray  # (T, 24, 3) f4 joints in the world
    timestamps: np.ndarray  # (T,) f8 seconds from the start of the video, true presentation times
    confidence: np.ndarray  # (T, 24) f4 0..1; 0 where the pose is filled in
    contacts: np.ndarray  # (T, 4) f4 probability that CONTACTS stand still on the floor
    landmarks: np.ndarray  # (T, 33, 3) f4 x, y in pixels, visibility 0..1
    box: np.ndarray  # (T, 4) f4 x0, y0, x1, y1 in pixels
    camera_R: np.ndarray  # (3, 3) or (T, 3, 3) f4 world -> camera
    camera_t: np.ndarray  # (3,) or (T, 3) f4 metres
    camera_K: np.ndarray  # (3, 3) f4 pixels
    focal_source: str  # "user", "metadata" or "default"
    image_size: np.ndarray  # (2,) i4 width, height of the upright picture
    fps: float  # nominal frame rate of the video
    person_id: int  # 1 is the first person
    estimator: str
    version: str  # of OneTake, that wrote it
    video_name: str

    def __post_init__(self) -> None:
        sizes: dict[str, int] = {}
        for name, expected in _SHAPES.items():
            shape = np.shape(getattr(self, name))
            if len(shape) != len(expected) or any(
                size != (sizes.setdefault(want, size) if isinstance(want, str) else want)
                for size, want in zip(shape, expected, strict=True)
            ):
                raise TakeError(f"The take's {name} is {shape}, not {expected}.")
        if not len(self):
            raise TakeError("The take has no frames.")

    def __len__(self) -> int:
        return len(self.poses)

    def with_motion(self, poses: np.ndarray, trans: np.ndarray) -> "Take":
        """The same take with other poses (T, 24, 3) and trans (T, 3); joints follow."""
        joints, _ = forward_kinematics(poses, self.rest, trans)
        return replace(
            self,
            poses=np.asarray(poses, np.float32),
            trans=np.asarray(trans, np.float32),
            joints=joints.astype(np.float32),
        )

    def save(self, path: str | Path) -> None:
        """Write under a temporary name beside `path`, then rename: never half a file."""
        arrays = {item.name: np.asarray(getattr(self, item.name)) for item in fields(self)}
        arrays["format_version"] = np.asarray(FORMAT_VERSION)
        save_npz(Path(path), arrays)

    @classmethod
    def load(cls, path: str | Path) -> "Take":
        """Read a take; TakeError with a sentence when it is not one."""
        try:
            with np.load(path, allow_pickle=False) as data:
                version = int(data["format_version"])
                if version > FORMAT_VERSION:
                    raise TakeError(
                        f"{Path(path).name} was written by a newer OneTake; update to open it."
                    )
                values = {item.name: data[item.name] for item in fields(cls)}
        except (TakeError, OSError):
            raise
        except Exception as error:  # numpy, zipfile and zlib have one for each kind of damage
            raise TakeError(f"{Path(path).name} is not a OneTake take file.") from error
        for name, value in values.items():
            kinds, single = ("U", True) if name in _TEXTS else ("fiu", name in _NUMBERS)
            if value.dtype.kind not in kinds or (single and value.ndim):
                raise TakeError(f"{Path(path).name} is not a OneTake take file: bad {name}.")
            if name not in _TEXTS and not np.isfinite(value).all():
                raise TakeError(f"{Path(path).name} is damaged: its {name} is not all numbers.")
        if not (np.diff(values["timestamps"]) >= 0).all():
            raise TakeError(f"{Path(path).name} is damaged: its time runs backwards.")
        values.update({name: str(values[name]) for name in _TEXTS})
        values["fps"] = float(values["fps"])
        values["person_id"] = int(values["person_id"])
        return cls(**values)
