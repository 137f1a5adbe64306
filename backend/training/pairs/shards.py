"""Shards of clips on disk: npz without pickle, each a function of (seed, split, index) alone."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from ...motion.npz import save_npz

CLIPS = 50  # in a shard
FORMAT_VERSION = 1
SILHOUETTE = 64  # cells along the region's side

# Of each frame: shape and type on disk.
FIELDS = {
    "landmarks": ((33, 2), "f2"),  # reported: ray less the region's centre, by its side
    "region": ((4,), "f4"),  # centre's ray x, y; side in rays; angle in radians
    "visibility": ((33,), "u1"),  # reported, of 255
    "world": ((33, 3), "f2"),  # reported, metres, camera axes
    "score": ((), "f2"),  # reported
    "features": ((64,), "i1"),  # see people.image_features; zeros where has_features is False
    "seen": ((), "?"),  # the tracker kept the person
    "poses": ((24, 3), "f2"),  # true axis-angle, root in camera axes
    "trans": ((3,), "f4"),  # true pelvis joint in the camera, metres
    "up": ((3,), "f2"),  # the world's up in camera axes
    "contacts": ((4,), "u1"),  # true; left heel, left toe, right heel, right toe
}
# Of each frame, in a file of its own beside the shard where it was asked for: ten times as large.
PICTURE_FIELDS = {
    "image_features": ((None,), "f2"),  # LandmarkResult.features, as many as the front end gives
    "silhouette": (
        (SILHOUETTE**2 // 8,),
        "u1",
    ),  # true, in the region: SILHOUETTE² bits, rows first
}
CLIP_FIELDS = {
    "betas": ((10,), "f4"),
    "fps": ((), "f4"),
    "focal": ((), "f4"),  # in widths of the picture
    "aspect": ((), "f4"),  # width by height of the picture
    "occluded": ((), "?"),  # something may stand before the person
    "key": ((), "U64"),  # of the motion
}


def shard_path(folder: Path, index: int) -> Path:
    """Where shard `index` lies."""
    return folder / f"shard-{index:05d}.npz"


def picture_path(folder: Path, index: int) -> Path:
    """Where the PICTURE_FIELDS of shard `index` lie."""
    return folder / f"picture-{index:05d}.npz"


def pack(records: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The arrays of a shard from one record a clip."""
    lengths = [len(record["poses"]) for record in records]
    arrays: dict[str, np.ndarray] = {
        "format_version": np.array(FORMAT_VERSION),
        "has_features": np.array(True),
        "start": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
    }
    arrays |= _frames(records, FIELDS)
    for name, (shape, kind) in CLIP_FIELDS.items():
        values = np.stack([record[name] for record in records]).astype(kind)
        assert values.shape[1:] == shape, f"{name} is {values.shape}"
        arrays[name] = values
    return arrays


def _frames(records: list[dict[str, np.ndarray]], fields: dict) -> dict[str, np.ndarray]:
    arrays = {}
    for name, (shape, kind) in fields.items():
        values = np.concatenate([record[name] for record in records]).astype(kind)
        assert None in shape or values.shape[1:] == shape, f"{name} is {values.shape}"
        arrays[name] = values
    return arrays


def write_shards(
    folder: Path, indices: Iterable[int], make, clips: int = CLIPS, *, pictures: bool = False
) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """Write the shards that are not there yet; yields each as it is complete.

    make(shard, clip): the record of one clip. pictures: the PICTURE_FIELDS too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for index in indices:
        path, picture = shard_path(folder, index), picture_path(folder, index)
        if path.exists() and (picture.exists() or not pictures):
            continue
        records = [make(index, clip) for clip in range(clips)]
        arrays = pack(records)
        if pictures:
            save_npz(picture, _frames(records, PICTURE_FIELDS))
        save_npz(path, arrays)
        yield index, arrays


def shard_files(folder: Path) -> list[Path]:
    """The complete shards, in order."""
    return sorted(p for p in folder.glob("shard-*.npz") if re.fullmatch(r"shard-\d+", p.stem))


def read_shards(folder: Path, limit: int | None = None) -> dict[str, np.ndarray]:
    """All shards, or the first `limit`: FIELDS (N, ...), CLIP_FIELDS (C, ...), start (C + 1,).

    One shard is in memory besides the result, whose types are those on disk.
    """
    files = shard_files(folder)[:limit]
    if not files:
        raise FileNotFoundError(f"there are no shards in {folder}")
    sizes = []
    for path in files:
        with np.load(path, allow_pickle=False) as data:
            sizes.append((int(data["start"][-1]), len(data["start"]) - 1))
    frames, clips = np.cumsum([(0, 0), *sizes], axis=0).T
    out = {name: np.empty((frames[-1], *s), k) for name, (s, k) in FIELDS.items()}
    out |= {name: np.empty((clips[-1], *s), k) for name, (s, k) in CLIP_FIELDS.items()}
    out["start"] = np.zeros(clips[-1] + 1, np.int64)
    out["has_features"] = np.zeros(clips[-1], bool)
    for k, path in enumerate(files):
        with np.load(path, allow_pickle=False) as data:
            for name in FIELDS:
                out[name][frames[k] : frames[k + 1]] = data[name]
            for name in CLIP_FIELDS:
                out[name][clips[k] : clips[k + 1]] = data[name]
            out["start"][clips[k] + 1 : clips[k + 1] + 1] = data["start"][1:] + frames[k]
            out["has_features"][clips[k] : clips[k + 1]] = data["has_features"]
    return out


def read_pictures(folder: Path, limit: int | None = None) -> dict[str, np.ndarray]:
    """PICTURE_FIELDS (N, ...) of the same frames as read_shards, types as on disk.

    Raises FileNotFoundError where a shard was made without them, ValueError where one was made with
    another front end than the others.
    """
    parts = []
    for shard in shard_files(folder)[:limit]:
        path = picture_path(folder, int(shard.stem.removeprefix("shard-")))
        if not path.exists():
            raise FileNotFoundError(
                f"{shard} was made without pictures; run backend.training.pairs with --pictures"
            )
        with np.load(path, allow_pickle=False) as data:
            parts.append({name: data[name] for name in PICTURE_FIELDS})
        if len({part["image_features"].shape[1] for part in parts}) > 1:
            raise ValueError(f"{shard} was made with another --front-end than those before it")
    return {name: np.concatenate([part[name] for part in parts]) for name in PICTURE_FIELDS}


def silhouettes(packed: np.ndarray) -> np.ndarray:
    """(..., 512) u1 of PICTURE_FIELDS -> (..., 64, 64) bool."""
    bits = np.unpackbits(packed, axis=-1).astype(bool)
    return bits.reshape(*packed.shape[:-1], SILHOUETTE, SILHOUETTE)
