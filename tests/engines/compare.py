"""Compares exported FBX files, as Autodesk's SDK reads them, with what Blender evaluates.

    python tests/engines/compare.py [character.blend ...]

exports every character of the files again (without files: characters made for the purpose), prints
the largest error of any joint and any skin vertex over all frames, and fails above the limits.
Runs in the backend's environment; ONETAKE_BLENDER_PYTHON names a Python with bpy. The converter,
npm's `fbx2gltf`, is installed once into ONETAKE_TEST_CACHE, or ~/.cache/onetake-tests.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from backend.body import body_path  # noqa: E402
from backend.motion.skeleton import JOINTS  # noqa: E402
from tests.engines.gltf import Glb  # noqa: E402
from tests.engines.readings import skin_error, to_y_up  # noqa: E402
from tests.engines.tools import converter  # noqa: E402

JOINT_LIMIT = 0.5e-3  # metres
SKIN_LIMIT = 1e-3


@dataclass(frozen=True)
class Difference:
    """How far one FBX is from Blender's evaluation; metres."""

    name: str
    frames: int
    vertices: int
    joint: float
    skin: float
    takes: dict[str, tuple[float, float]]

    @property
    def small(self) -> bool:
        """Whether both are within the limits."""
        return self.joint <= JOINT_LIMIT and self.skin <= SKIN_LIMIT


def differences(blend: Path | None, body: Path | None = None) -> list[Difference]:
    """Compare every character of a .blend, or where None, some made for it, one with this body."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        job = {"blend": blend and str(blend), "folder": str(folder), "body": body and str(body)}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        script = Path(__file__).with_name("blender_side.py")
        python = os.environ["ONETAKE_BLENDER_PYTHON"]
        subprocess.run(
            [python, str(script), str(folder / "job.json")], check=True, stdout=subprocess.DEVNULL
        )
        fbx = sorted(folder.glob("*.fbx"))
        return [difference(path, path.with_suffix(".npz")) for path in fbx]


def difference(fbx: Path, truth: Path) -> Difference:
    """Compare one FBX with the arrays that `blender_side` wrote beside it."""
    with np.load(truth) as data:
        name, rate, times = str(data["name"]), int(data["rate"]), data["times"]
        heads, skin = (to_y_up(data[key]) for key in ("heads", "skin"))
    glb_path = fbx.with_suffix(".glb")
    subprocess.run(
        [converter(), "--binary", "--anim-framerate", f"bake{rate}", "-i", fbx, "-o", glb_path],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    glb = Glb.load(glb_path)
    world = glb.world_matrices(times)
    joints = world[..., :3, 3][:, [glb.names.index(joint) for joint in JOINTS]]
    _, posed = glb.skinned_vertices(world)
    return Difference(
        name=name,
        frames=len(times),
        vertices=skin.shape[1],
        joint=float(np.linalg.norm(joints - heads, axis=-1).max()),
        skin=skin_error(posed, skin),
        takes=glb.takes(),
    )


def main(paths: list[str]) -> int:
    """Print a line a character; 1 when any is beyond the limits."""
    status = 0
    for path in map(Path, paths) if paths else [None]:
        for found in differences(path, body_path() if body_path().exists() else None):
            status |= not found.small
            print(
                f"{found.name}: {found.frames} frames, joints within {found.joint * 1e3:.4f} mm, "
                f"{found.vertices} skin vertices within {found.skin * 1e3:.4f} mm"
                + ("" if found.small else ": TOO FAR")
            )
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
