"""Windows of training data: what BlazePose reported, beside the truth."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from ..errors import OneTakeError
from ..estimators.onetake.canonical import canonical
from ..estimators.onetake.network import Seen
from ..motion.rotations import axis_angle_to_matrix
from ..motion.skeleton import LANDMARK_MIRROR, MIRROR
from ..people.image_features import from_bytes
from .losses import Truth
from .pairs import read_pictures, read_shards

MOSTLY = 0.5  # of a clip's frames
_FLIP = np.array([-1.0, 1.0, 1.0], np.float32)


@dataclass(frozen=True)
class Windows:
    """B windows of T frames, numpy float32, in the axes of the true camera."""

    rays: np.ndarray  # (B, T, 33, 2) slopes of the reported landmarks
    visibility: np.ndarray  # (B, T, 33) 0..1
    world: np.ndarray  # (B, T, 33, 3) m, as reported
    features: np.ndarray  # (B, T, 64)
    has_features: np.ndarray  # (B, T) bool
    seen: np.ndarray  # (B, T) bool
    times: np.ndarray  # (B, T) s
    poses: np.ndarray  # (B, T, 24, 3) axis-angle, the root in the camera
    trans: np.ndarray  # (B, T, 3) pelvis joint, m
    up: np.ndarray  # (B, T, 3)
    betas: np.ndarray  # (B, 10)
    contacts: np.ndarray  # (B, T, 4)

    def __len__(self) -> int:
        return len(self.rays)

    def take(self, index) -> "Windows":
        """Some of the windows."""
        return type(self)(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def cut(self, index: np.ndarray, start: np.ndarray, frames: int) -> "Windows":
        """Windows of `frames` frames: those of `index` (K,), from frame `start` (K,) on."""
        at = index[:, None], start[:, None] + np.arange(frames)
        return type(self)(
            **{
                f.name: self.betas[index] if f.name == "betas" else getattr(self, f.name)[at]
                for f in fields(self)
            }
        )


@dataclass(frozen=True)
class PicturedWindows(Windows):
    """Rendered windows with what the picture showed; `features` are all, raw, float16."""

    region: np.ndarray  # (B, T, 4) centre's ray x, y; side in rays; angle in radians
    silhouette: np.ndarray  # (B, T, 512) u1, true; see pairs.shards.silhouettes


_Some = TypeVar("_Some", bound=Windows)


def in_pieces(windows: _Some, frames: int) -> _Some:
    """The same in windows of `frames` frames, what does not fill one left out."""
    starts = np.arange(0, windows.seen.shape[1] - frames + 1, frames)
    index = np.repeat(np.arange(len(windows)), len(starts))
    pieces = windows.cut(index, np.tile(starts, len(windows)), frames)
    return pieces.take(pieces.seen.any(axis=1))


def load_windows(folder: Path) -> Windows:
    """The clips of a folder of rendered pairs in which the person was mostly found.

    All have the same number of frames.
    Raises OneTakeError no_pairs where there are none.
    """
    return _load(folder)[0]


def load_pictured(folder: Path) -> PicturedWindows:
    """As `load_windows`, of pairs that were made with --pictures. OneTakeError no_pictures."""
    windows, of, found = _load(folder)
    try:
        pictures = read_pictures(folder)
    except (FileNotFoundError, ValueError) as error:
        raise OneTakeError("no_pictures", f"{error}.") from error
    shape = found.shape[0], windows.seen.shape[1], -1
    features, silhouette = (
        pictures.pop(name).reshape(shape)[found] for name in ("image_features", "silhouette")
    )
    plain = vars(windows) | {"features": features}
    return PicturedWindows(**plain, region=of("region")[found], silhouette=silhouette)


def _load(folder: Path) -> tuple[Windows, Callable[..., np.ndarray], np.ndarray]:
    """The windows, any field by its name for all clips, and which clips were taken (C,) bool."""
    try:
        data = read_shards(folder)
    except FileNotFoundError as error:
        raise OneTakeError(
            "no_pairs",
            f"There are no rendered pairs in {folder}; `python -m backend.training.pairs` makes "
            "them.",
        ) from error
    clips, frames = len(data["betas"]), int(data["start"][1])
    assert (np.diff(data["start"]) == frames).all(), "clips differ in length"

    def of(name: str, kind: type = np.float32) -> np.ndarray:
        return data[name].reshape(clips, frames, *data[name].shape[1:]).astype(kind)

    found = of("seen").mean(axis=1) >= MOSTLY
    region = of("region")
    rays = region[..., None, :2] + of("landmarks") * region[..., None, 2:3]
    windows = Windows(
        rays=rays,
        visibility=of("visibility") / 255,
        world=of("world"),
        features=from_bytes(of("features", np.int8)),
        has_features=np.repeat(data["has_features"][:, None], frames, axis=1),
        seen=of("seen", bool),
        times=(np.arange(frames) / data["fps"][:, None]).astype(np.float32),
        poses=of("poses"),
        trans=of("trans"),
        up=of("up"),
        betas=data["betas"].astype(np.float32),
        contacts=of("contacts"),
    )
    return windows.take(found), of, found


def joined(parts: list[Windows]) -> Windows:
    """The windows of several, one after another."""
    return Windows(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Windows)}
    )


def mirrored(windows: Windows) -> Windows:
    """Seen in a mirror. Image features are not known there."""
    side = [2, 3, 0, 1]
    return replace(
        windows,
        rays=windows.rays[:, :, LANDMARK_MIRROR] * _FLIP[:2],
        visibility=windows.visibility[:, :, LANDMARK_MIRROR],
        world=windows.world[:, :, LANDMARK_MIRROR] * _FLIP,
        has_features=np.zeros_like(windows.has_features),
        # A turn vector is a pseudovector: the mirror keeps its x and turns the rest round.
        poses=windows.poses[:, :, MIRROR] * -_FLIP,
        trans=windows.trans * _FLIP,
        up=windows.up * _FLIP,
        contacts=windows.contacts[:, :, side],
    )


def prepared(
    windows: Windows,
    device: torch.device,
    *,
    roll: np.ndarray | None = None,
    lens: np.ndarray | None = None,
) -> tuple[Seen, Truth]:
    """As the network takes them and is to answer.

    roll (B,) radians: every window turned in the picture; lens (B,): rays lengthened as a wrong
    focal length does.
    """
    to = {
        f.name: torch.as_tensor(getattr(windows, f.name)).to(device)
        for f in fields(windows)
        if f.name != "poses"
    }
    view = canonical(to["rays"], to["seen"], to["times"])
    count = len(windows)
    roll = np.zeros(count) if roll is None else roll
    lens = torch.as_tensor(np.ones(count) if lens is None else lens).to(view.size)
    spin = torch.as_tensor(
        axis_angle_to_matrix(np.stack([0 * roll, 0 * roll, roll], axis=-1)), dtype=torch.float32
    ).to(device)
    turn = spin[:, None] @ view.turn
    local = torch.as_tensor(axis_angle_to_matrix(windows.poses).astype(np.float32)).to(device)
    local[:, :, 0] = turn @ local[:, :, 0]

    def turned(vectors: torch.Tensor) -> torch.Tensor:
        return (turn @ vectors[..., None])[..., 0]

    flat = spin[:, None, :2, :2].transpose(-1, -2)
    given = Seen(
        points=view.points @ flat,
        visibility=to["visibility"],
        world=to["world"] @ spin[:, None].transpose(-1, -2),
        features=to["features"],
        has_features=to["has_features"],
        seen=to["seen"],
        times=to["times"],
        centre=lens[:, None, None] * (view.centre[:, :, None] @ flat)[:, :, 0],
        size=lens * view.size,
    )
    truth = Truth(
        rotations=local,
        trans=turned(to["trans"]),
        velocity=turned(_rate(to["trans"], to["times"])),
        betas=to["betas"],
        up=turned(to["up"]),
        contacts=to["contacts"].float(),
        depth_scale=1 / lens,
    )
    return given, truth


def _rate(values: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
    """Change of (B, T, 3) a second: from the frame before to the frame after, where there are."""
    ahead = torch.cat([values[:, 1:], values[:, -1:]], dim=1)
    behind = torch.cat([values[:, :1], values[:, :-1]], dim=1)
    late = torch.cat([times[:, 1:], times[:, -1:]], dim=1)
    early = torch.cat([times[:, :1], times[:, :-1]], dim=1)
    return (ahead - behind) / (late - early).clamp(min=1e-3)[..., None]
