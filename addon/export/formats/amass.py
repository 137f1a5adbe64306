"""AMASS npz (Mahmood et al. 2019): SMPL-H poses, z up."""

from pathlib import Path

import bpy
import numpy as np

from ....backend.errors import OneTakeError
from ....backend.export_preset import ExportPreset
from ....backend.motion.npz import save_npz
from ....backend.motion.rotations import matrix_to_axis_angle
from ....backend.motion.skeleton import PARENTS, REST
from ...scene.character import Character
from ...scene.rest_skeleton import TO_BLENDER
from ...scene.stored_motion import stored
from ..rig import Motion

_BODY, _HANDS, _BETAS = 22, 30, 16  # SMPL-H's joints and shape directions


def write(
    _context: bpy.types.Context,
    character: Character,
    motion: Motion,
    _preset: ExportPreset,
    path: Path,
) -> None:
    """poses (T, 156), trans (T, 3), betas, gender, mocap_framerate; metres, radians.

    SMPL turns about its rest pelvis J0 of the shape, so trans is the pelvis less J0. Our body's
    shape is not SMPL's: betas are 0 then, J0 is that of SMPL's mean shape, and the shape stands in
    `onetake_betas`. The hands' own turns, which SMPL-H has not, are left out.
    """
    if path.suffix != ".npz":
        raise OneTakeError("bad_preset", "AMASS files end with .npz.")
    # AMASS' axes are Blender's: only what the root turns is seen from SMPL's rest, y up.
    turns = motion.deform()[..., :3, :3] @ TO_BLENDER
    local = turns[:, :_BODY].copy()
    for joint in range(1, _BODY):
        local[:, joint] = np.swapaxes(turns[:, PARENTS[joint]], 1, 2) @ turns[:, joint]
    poses = np.zeros((len(turns), (_BODY + _HANDS) * 3))
    poses[:, : _BODY * 3] = matrix_to_axis_angle(local).reshape(len(turns), -1)
    kept = stored(character.armature)
    smpl = kept.plain["body"] == "smpl"
    betas = np.zeros(_BETAS)
    betas[:10] = character.betas if smpl else 0
    pelvis = kept.arrays["rest"][0] if smpl else REST[0]
    arrays = {
        "poses": poses,
        "trans": motion.world[:, 0, :3, 3] - pelvis,
        "betas": betas,
        "gender": np.array("neutral"),
        "mocap_framerate": np.array(motion.rate),
    }
    if not smpl:
        arrays["onetake_betas"] = character.betas
    save_npz(path, arrays)
