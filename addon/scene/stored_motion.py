"""The unsmoothed motion inside the .blend: about 270 bytes a frame in one custom property.

Smoothing and shape start from it again after the file is saved and opened elsewhere, without the
take file. Numpy only, apart from the object that carries the property.
"""

import json
import struct
import zlib
from dataclasses import dataclass, fields
from functools import lru_cache

import bpy
import numpy as np

from ...backend.errors import OneTakeError
from ...backend.motion.kinematics import forward_kinematics
from ...backend.motion.take import Take
from .rest_skeleton import RestSkeleton

MOTION = "onetake_motion"
OWN_MOTION = "onetake_own_motion"  # of a character on the official body: its motion on ours
_FORMAT = 1

# Motion is kept to the last bit; probabilities to three digits, half their size.
_HALF = ("confidence", "contacts")

# Detections are a later refit's business and stay in the take file; joints follow from the poses.
_LEFT_OUT = ("landmarks", "box", "joints")


def store(armature: bpy.types.Object, take: Take, skeleton: RestSkeleton) -> None:
    """Keep a take's motion, and the skeleton that shapes it, on the armature object."""
    arrays = {"skeleton_points": skeleton.points, "skeleton_directions": skeleton.directions}
    plain = {}
    for item in fields(Take):
        value = getattr(take, item.name)
        if item.name in _LEFT_OUT:
            continue
        if isinstance(value, np.ndarray):
            arrays[item.name] = value.astype(np.float16) if item.name in _HALF else value
        else:
            plain[item.name] = value.item() if isinstance(value, np.generic) else value
    # As 32-bit numbers: Blender offers byte strings for editing in its panels, long lists not.
    _write(armature, MOTION, np.frombuffer(_pack(arrays, plain), np.int32))


def keep_own(armature: bpy.types.Object) -> None:
    """Keep what is stored now, for `restore_own`."""
    _write(armature, OWN_MOTION, np.array(armature[MOTION], np.int32))


def restore_own(armature: bpy.types.Object) -> None:
    """Make what `keep_own` has kept the stored motion again."""
    _write(armature, MOTION, np.array(armature[OWN_MOTION], np.int32))


def _write(armature: bpy.types.Object, name: str, block: np.ndarray) -> None:
    if name in armature:  # Blender 4.5 writes longer arrays over the end of shorter ones
        del armature[name]
    armature[name] = block


@dataclass(frozen=True)
class StoredMotion:
    """What `store` kept; poses, trans, rest, betas and timestamps as in `Take`."""

    arrays: dict[str, np.ndarray]
    plain: dict[str, object]
    skeleton: RestSkeleton

    @property
    def motion(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Unsmoothed poses (T, 24, 3) and trans (T, 3), and their timestamps (T,)."""
        return self.arrays["poses"], self.arrays["trans"], self.arrays["timestamps"]

    @property
    def contacts(self) -> np.ndarray:
        """(T, 4) probability that heels and toes stand still, see `Take`."""
        return self.arrays["contacts"]

    @property
    def betas(self) -> np.ndarray:
        """(10,) the shape that the motion was estimated with."""
        return self.arrays["betas"]

    def take(self) -> Take:
        """The whole take, unsmoothed; its landmarks and boxes are zeros, see the take file."""
        poses, trans, _ = self.motion
        joints, _ = forward_kinematics(poses, self.arrays["rest"], trans)
        return Take(
            **{
                **self.arrays,
                **{name: self.arrays[name].astype(np.float32) for name in _HALF},
            },
            **self.plain,
            joints=joints,
            landmarks=np.zeros((len(poses), 33, 3), np.float32),
            box=np.zeros((len(poses), 4), np.float32),
        )


def stored(armature: bpy.types.Object) -> StoredMotion:
    """What `store` kept on the armature; OneTakeError where there is none, or it is damaged.

    The arrays are shared between calls and cannot be written to.
    """
    if MOTION not in armature:
        raise OneTakeError(
            "no_motion", f"{armature.name} was not made by OneTake: select a character that was."
        )
    return _read(armature, MOTION)


def own_motion(armature: bpy.types.Object) -> StoredMotion | None:
    """What `stored` gave before the official body replaced ours; None where none was replaced."""
    return _read(armature, OWN_MOTION) if OWN_MOTION in armature else None


def _read(armature: bpy.types.Object, name: str) -> StoredMotion:
    try:
        return _stored(np.asarray(armature[name], np.int32).tobytes())
    except (zlib.error, struct.error, ValueError, KeyError, TypeError) as error:
        raise OneTakeError(
            "damaged_motion", f"The motion kept in {armature.name} is damaged; import it again."
        ) from error


# A slider that is dragged asks for the same motion at every step.
@lru_cache(maxsize=2)
def _stored(block: bytes) -> StoredMotion:
    arrays, plain = _unpack(block)
    for array in arrays.values():
        array.flags.writeable = False
    skeleton = RestSkeleton(arrays.pop("skeleton_points"), arrays.pop("skeleton_directions"))
    return StoredMotion(arrays, plain, skeleton)


def _pack(arrays: dict[str, np.ndarray], plain: dict[str, object]) -> bytes:
    """One compressed block, a multiple of four bytes long."""
    layout = [[name, array.dtype.str, array.shape] for name, array in arrays.items()]
    header = json.dumps({"format": _FORMAT, "arrays": layout, "plain": plain}).encode()
    body = b"".join(_planes(array) for array in arrays.values())
    block = zlib.compress(struct.pack("<I", len(header)) + header + body)
    return block + bytes(-len(block) % 4)


def _unpack(block: bytes) -> tuple[dict[str, np.ndarray], dict[str, object]]:
    data = zlib.decompressobj().decompress(block)  # leaves the padding alone
    (length,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + length])
    if header["format"] > _FORMAT:
        raise ValueError("written by a newer OneTake")
    arrays = {}
    offset = 4 + length
    for name, dtype, shape in header["arrays"]:
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        arrays[name] = _from_planes(data[offset : offset + size], np.dtype(dtype), tuple(shape))
        offset += size
    return arrays, header["plain"]


def _planes(array: np.ndarray) -> bytes:
    """Bytes of like weight together, time running fastest: zlib then saves a fifth, not 5 %."""
    series = np.ascontiguousarray(np.moveaxis(array, 0, -1))
    return series.view(np.uint8).reshape(-1, array.itemsize).T.tobytes()


def _from_planes(data: bytes, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    planes = np.frombuffer(data, np.uint8).reshape(dtype.itemsize, -1)
    series = np.ascontiguousarray(planes.T).view(dtype)
    return np.ascontiguousarray(np.moveaxis(series.reshape(*shape[1:], shape[0]), -1, 0))
