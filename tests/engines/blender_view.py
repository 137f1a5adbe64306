"""What Blender makes of the characters of a .blend, as arrays: python blender_view.py job.json.

job.json: "blend", the file; "folder", where the n-th character becomes n.npz; "seconds", times of
the video to look at, for each character a list, or null for every frame.

With times: picture (T, V, 2) pixels from the picture's upper left corner and depth (T, V) metres
of every skin vertex, as `world_to_camera_view` sees them through the scene's camera; size (2,)
width and height. For every frame: name, heads, skin, times and rate as `compare.difference` wants
them; rate is 0 where the converter has none that falls on every frame. Both: blender, its version.
"""

import json
import math
import sys
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def main(path: str) -> None:
    """Do the job."""
    from addon.headless import load_package

    load_package()
    from onetake.addon.scene.character import characters

    job = json.loads(Path(path).read_text(encoding="utf-8"))
    bpy.ops.wm.open_mainfile(filepath=job["blend"])
    for index, character in enumerate(characters(bpy.context.scene)):
        if job["seconds"] is None:
            arrays = every_frame(character)
        else:
            arrays = through_camera(character, np.array(job["seconds"][index]))
        arrays["blender"] = bpy.app.version_string
        np.savez(Path(job["folder"]) / f"{index + 1}.npz", **arrays)


def through_camera(character, seconds: np.ndarray) -> dict:
    """The body in the camera's picture, at times (T,) of the video."""
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector
    from onetake.addon.scene.timing import frame_rate, frames_of

    from tests.blender.evaluated import evaluate

    scene = bpy.context.scene
    size = np.array([scene.render.resolution_x, scene.render.resolution_y])
    seen = []
    for frame in frames_of(seconds, scene.frame_start, frame_rate(scene)):
        _, skin = evaluate(character, [frame])  # leaves the scene, and its camera, at the frame
        seen.append([world_to_camera_view(scene, scene.camera, Vector(place)) for place in skin[0]])
    seen = np.array(seen)
    # Its y runs up from the lower edge.
    picture = (seen[..., :2] * [1, -1] + [0, 1]) * size
    return {"picture": picture, "depth": seen[..., 2], "size": size}


def every_frame(character) -> dict:
    """Heads and skin at each frame of the action, and the FBX's time of it."""
    from onetake.addon.scene.timing import frame_rate

    from tests.blender.evaluated import evaluate
    from tests.engines.blender_side import RATES

    rate = frame_rate(bpy.context.scene)
    start, end = character.action.frame_range
    frames = np.arange(math.floor(start), max(math.ceil(end), math.floor(start) + 1) + 1)
    heads, skin = evaluate(character, frames)
    return {
        "name": character.action.name,
        "heads": heads,
        "skin": skin,
        "times": (frames - frames[0]) / rate,
        "rate": next((each for each in RATES if each % rate == 0), 0),
    }


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1] if "--" in sys.argv else sys.argv[1])
