"""What other programs read out of exported files, all in metres, y up."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from tests.engines import tools
from tests.engines.gltf import Glb

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Reading:
    """One file, as one program has it."""

    joints: dict[str, np.ndarray]  # name -> (T, 3)
    skin: np.ndarray | None  # (T, V, 3), in any order
    takes: dict[str, tuple[float, float]]  # seconds
    rests: dict[str, np.ndarray] | None = None  # name -> (4, 4), of the world, from Godot
    unit: float = 0.01  # metres that 1 means in the file, where the program tells


def with_autodesk(file: Path, times: np.ndarray, rate: int) -> Reading:
    """Autodesk's FBX SDK, through FBX2glTF."""
    glb = file.with_suffix(".autodesk.glb")
    subprocess.run(
        [tools.converter(), "--binary", "--anim-framerate", f"bake{rate}", "-i", file, "-o", glb],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return from_glb(glb, times)


def from_glb(path: Path, times: np.ndarray) -> Reading:
    """Our own reading of a GLB."""
    glb = Glb.load(path)
    world = glb.world_matrices(times)
    bones = {bone for skin in glb.document.get("skins", ()) for bone in skin["joints"]}
    for bone in list(bones):  # leaf bones move no skin
        bones.update(glb.document["nodes"][bone].get("children", ()))
    joints = {glb.names[bone]: world[:, bone, :3, 3] for bone in bones}
    return Reading(joints, glb.skinned_vertices(world)[1], glb.takes())


def with_three(file: Path, times: np.ndarray) -> Reading:
    """three.js in node."""
    folder, out = tools.package("three"), file.with_suffix(".three")
    wanted = file.with_suffix(".times.json")
    wanted.write_text(json.dumps(times.tolist()), encoding="utf-8")
    command = ["node", _HERE / "three_reader.mjs", folder, file, wanted, out]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    said = json.loads(Path(f"{out}.json").read_text(encoding="utf-8"))
    unit = said["unit"] / 100
    joints = np.array(said["joints"]).reshape(len(times), -1, 3) * unit
    skin = np.fromfile(f"{out}.skin", "<f4").reshape(len(times), -1, 3) * unit
    named = dict(zip(said["names"], joints.swapaxes(0, 1), strict=True))
    takes = {name: tuple(span) for name, span in said["takes"].items()}
    return Reading(named, skin, takes, unit=unit)


def with_godot(jobs: dict[str, tuple[Path, np.ndarray, int]]) -> tuple[dict[str, Reading], dict]:
    """Godot, all files in one run: key -> file, times, rate. And its humanoid's global rests."""
    folder = next(iter(jobs.values()))[0].parent
    job = folder / "godot.json"
    outs = {key: folder / f"{key}.of_godot" for key in jobs}
    job.write_text(
        json.dumps(
            [
                {"file": str(file), "times": times.tolist(), "rate": rate, "out": str(outs[key])}
                for key, (file, times, rate) in jobs.items()
            ]
        ),
        encoding="utf-8",
    )
    script = _HERE / "godot_reader.gd"
    command = [*tools.godot(), "--headless", "--path", folder, "--script", script, "--", job]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    readings = {}
    for key, out in outs.items():
        said = json.loads(Path(f"{out}.json").read_text(encoding="utf-8"))
        readings[key] = said if "error" in said else _of_godot(said)
    profile = json.loads(Path(f"{job}.profile.json").read_text(encoding="utf-8"))
    return readings, profile


def _matrices(rows) -> np.ndarray:
    """(..., 12) -> (..., 4, 4)"""
    rows = np.array(rows)
    last = np.broadcast_to([0, 0, 0, 1], (*rows.shape[:-1], 1, 4))
    return np.concatenate([rows.reshape(*rows.shape[:-1], 3, 4), last], axis=-2)


def _of_godot(said: dict) -> Reading:
    frames = _matrices(said["frames"])  # (T, B, 4, 4)
    joints = dict(zip(said["names"], frames[:, :, :3, 3].swapaxes(0, 1), strict=True))
    skins = []
    for mesh in said["meshes"]:
        points = np.array(mesh["points"])
        bones = np.array(mesh["bones"], int).reshape(len(points), -1)
        weights = np.array(mesh["weights"]).reshape(len(points), -1)
        owners = [bone for bone, _ in mesh["binds"]]
        moved = frames[:, owners] @ _matrices([pose for _, pose in mesh["binds"]])
        homogeneous = np.concatenate([points, np.ones((len(points), 1))], axis=1)
        skins.append(
            sum(
                weights[:, i, None]
                * np.einsum("tvab,vb->tva", moved[:, bones[:, i]], homogeneous)[..., :3]
                for i in range(bones.shape[1])
            )
        )
    takes = {name: tuple(span) for name, span in said["takes"].items()}
    rests = dict(zip(said["names"], _matrices(said["rests"]), strict=True))
    return Reading(joints, np.concatenate(skins, axis=1), takes, rests)


def skin_error(read: np.ndarray, truth: np.ndarray) -> float:
    """Metres: the largest distance of any vertex, either way, over all frames.

    Programs split vertices at materials and seams and order them anew, so they are matched by
    their places in three frames.
    """
    some = [0, len(read) // 2, -1]
    ours, theirs = (np.concatenate(points[some], axis=1) for points in (truth, read))
    nearest = cKDTree(ours).query(theirs)[1]
    back = cKDTree(theirs).query(ours)[1]
    return float(
        max(
            np.linalg.norm(read - truth[:, nearest], axis=-1).max(),
            np.linalg.norm(read[:, back] - truth, axis=-1).max(),
        )
    )


def to_y_up(points: np.ndarray) -> np.ndarray:
    """Blender's (x, y, z), z up, to (x, z, -y), y up."""
    return points[..., [0, 2, 1]] * np.array([1, 1, -1])
