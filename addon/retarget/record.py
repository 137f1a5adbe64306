"""What a rig remembers of its retarget, in the .blend: source, bone map, settings, its own keys."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import bpy
import numpy as np

from ...backend.errors import OneTakeError
from ..scene.curves import read_curves
from ..scene.stored_motion import MOTION
from .attachment import Attachment
from .bone_map import BoneMap
from .transfer import RetargetSettings

RECORD = "onetake_retarget"
_SOURCE = "onetake_retarget_source"
_ACTION = "onetake_retarget_action"


@dataclass(frozen=True)
class Record:
    """One rig's retarget."""

    bone_map: BoneMap
    settings: RetargetSettings
    live: bool  # follow the source's smoothing
    held: Attachment
    channels: tuple[tuple[str, int], ...]
    checksum: str  # of the keys as they were written


def remember(
    rig: bpy.types.Object, source: bpy.types.Object, action: bpy.types.Action, record: Record
) -> None:
    """Keep a retarget's record on the rig."""
    rig[_SOURCE], rig[_ACTION] = source, action
    rig[RECORD] = json.dumps(
        {
            "map": record.bone_map.to_dict(),
            "settings": record.settings.to_dict(),
            "live": record.live,
            "carriers": record.held.carriers,
            "frames": np.asarray(record.held.frames).tolist(),
            "shifts": np.asarray(record.held.shifts).tolist(),
            "channels": record.channels,
            "checksum": record.checksum,
        }
    )


def recall(rig: bpy.types.Object) -> Record | None:
    """The record of a rig, None where it has none that can be read."""
    try:
        data = json.loads(rig[RECORD])
        return Record(
            BoneMap.from_dict(data["map"]),
            RetargetSettings(**data["settings"]),
            data["live"],
            Attachment(tuple(data["carriers"]), np.array(data["frames"]), np.array(data["shifts"])),
            tuple((path, index) for path, index in data["channels"]),
            data["checksum"],
        )
    except (KeyError, TypeError, ValueError):
        return None


def forget(rig: bpy.types.Object) -> None:
    """Remove the record; keys stay."""
    for name in (RECORD, _SOURCE, _ACTION):
        rig.pop(name, None)


def source_of(rig: bpy.types.Object) -> bpy.types.Object | None:
    """The armature whose motion a rig plays."""
    return rig.get(_SOURCE)


def action_of(rig: bpy.types.Object) -> bpy.types.Action | None:
    """The action that a retarget wrote."""
    return rig.get(_ACTION)


def followers(source: bpy.types.Object) -> Iterator[bpy.types.Object]:
    """The rigs that play this character's motion."""
    if MOTION in source:
        yield from (
            item for item in bpy.data.objects if RECORD in item and source_of(item) == source
        )


def checksum(action: bpy.types.Action, channels: tuple[tuple[str, int], ...]) -> str:
    """Of an action's keys."""
    total = 0
    for keys in read_curves(action, channels):
        total = zlib.crc32(keys, total)
    return f"{total:08x}"


def require_unedited(rig: bpy.types.Object) -> None:
    """OneTakeError edited_keys where the rig's keys are no longer those that were written."""
    record, action = recall(rig), action_of(rig)
    if record and action and record.checksum != checksum(action, record.channels):
        raise OneTakeError(
            "edited_keys",
            f"The keys of {rig.name} were edited by hand: retarget again to replace them, or "
            "duplicate the action to keep them.",
        )
