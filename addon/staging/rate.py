"""A character and the frame rate of its scene."""

from typing import Literal

import bpy
import numpy as np

from ..scene.camera import retime_camera
from ..scene.character import Character
from ..scene.keying import TIMING, key_all, require_unedited
from ..scene.stored_motion import stored
from ..scene.timing import cover, frame_rate, frames_of, set_frame_rate


def match_frame_rate(
    context: bpy.types.Context, character: Character, to: Literal["scene", "video"]
) -> None:
    """Let motion, camera and video play at their true speed in the scene.

    "scene": at the rate that the scene has, keys move. "video": the scene gets the video's rate,
    which changes the speed of everything else in it. OneTakeError edited_keys as apply_smoothing.
    """
    require_unedited(character.armature)
    scene, kept = context.scene, stored(character.armature)
    if to == "video":
        set_frame_rate(scene, kept.plain["fps"])
    start = character.armature[TIMING][0]
    rate = frame_rate(scene)
    character.armature[TIMING] = [start, rate]
    key_all(character.armature)
    if character.camera:
        retime_camera(character.camera, start, rate)
    cover(scene, frames_of(np.array(kept.motion[2][-1:]), start, rate)[0], fresh=False)
