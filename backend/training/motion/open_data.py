"""The open motion that our weights are trained on: CMU, KayKit and Mesh2Motion, and HDM05.

A folder holds `<name>.npz` (poses, trans, ok, start, key, fps; SMPL order, relative to REST) with
`<name>_manifest.csv` (a row a sequence: split, index, subject, profile). HDM05 is share-alike: it
is for testing alone, so that no weight is made from it.
"""

import csv
from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from .sequence import Motion

SPLITS = ("train", "val", "test")

# How well each source converts to our rotations, 1 for a direct conversion. daz was solved again
# by its source (2-6 degrees off, no wrists or toes); deepmimic, neo and max are 10-20 degrees off
# at elbows, hands and toes, but hold the handstands; hand-keyed motion is what nobody captured.
_QUALITY = {
    "cmu_daz": 0.3, "cmu_deepmimic": 0.1, "cmu_deepmimic85": 0.1, "cmu_neo": 0.1, "cmu_max": 0.1,
    "kaykit": 0.5, "mesh2motion": 0.5,
}  # fmt: skip
_INCOMPLETE = {"cmu_daz", "cmu_deepmimic", "cmu_deepmimic85", "cmu_neo", "cmu_max", "kaykit"}
_SUBJECT_SHARE = {"060": 0.5, "061": 0.5}  # salsa, a quarter of the minutes


def is_open_motion(folder: Path) -> bool:
    """Whether `folder` holds the open motion rather than files of the user's own."""
    return (folder / "cmu.npz").is_file()


def sequence_weight(seconds: float, quality: float = 1.0) -> float:
    """Weight of a sequence: the root of its length, so that hours do not drown a minute."""
    return quality * seconds**0.5


def open_motion(folder: str | Path, split: str, hdm05: bool = False) -> list[Motion]:
    """Sequences of one split: "train" (CMU and CC0), "val" or "test" (CMU), in the files' order.

    hdm05: HDM05 too, for which split must be "test". Raises OneTakeError when the folder is not
    what it should be.
    """
    assert split in SPLITS, f"split is {split!r}, not one of {SPLITS}"
    assert not hdm05 or split == "test", "HDM05 is for testing only: its licence is share-alike"
    names = ("cmu", "cc0", *(("hdm05",) if hdm05 else ()))
    return [motion for name in names for motion in _read(Path(folder), name, split)]


def _read(folder: Path, name: str, split: str) -> list[Motion]:
    try:
        with (folder / f"{name}_manifest.csv").open(newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if row["split"] == split]
        with np.load(folder / f"{name}.npz", allow_pickle=False) as data:
            arrays = {key: data[key] for key in ("poses", "trans", "ok", "start")}
            fps = float(data["fps"])
        return [_sequence(row, arrays, fps) for row in rows]
    except OSError as error:
        raise OneTakeError(
            "no_motion", f"{folder} holds no {name}.npz with its {name}_manifest.csv."
        ) from error
    except Exception as error:  # csv, zipfile, zlib and numpy have one for each kind of damage
        raise OneTakeError("bad_motion", f"{name}.npz in {folder} is damaged.") from error


def _sequence(row: dict[str, str], arrays: dict[str, np.ndarray], fps: float) -> Motion:
    index, profile = int(row["index"]), row["profile"]
    span = slice(arrays["start"][index], arrays["start"][index + 1])
    poses = arrays["poses"][span].astype(np.float32)
    quality = _QUALITY.get(profile, 1.0) * _SUBJECT_SHARE.get(row["subject"], 1.0)
    return Motion(
        key=row["key"],
        fps=fps,
        poses=poses,
        trans=arrays["trans"][span].astype(np.float32),
        ok=arrays["ok"][span],
        weight=sequence_weight(len(poses) / fps, quality),
        complete=profile not in _INCOMPLETE,
    )
