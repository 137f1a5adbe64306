"""Render the sample: a jump kick by our body on a plain set, with its exact ground truth.

    <python with bpy> tests/sample/render.py ../shared/motion/cmu.npz BODY.npz

Writes sample.mp4 and sample.truth.take.npz beside this file. The motion is trial 90/05 of the CMU
motion capture database, which no weights are trained on. Deterministic; four minutes on two cores.
"""

import argparse
import math
import sys
from pathlib import Path

import bpy
import numpy as np

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[1] / "addon"))
from headless import load_package  # noqa: E402

KEY, FIRST, LAST = "cmu/090/05", 14, 122
FPS = 30
WIDTH, HEIGHT = 640, 360
FOCAL = 0.95 * WIDTH  # pixels; unlike the default that a conversion starts from
SAMPLES = 6
YAW = 98.0  # degrees that the camera stands around him
BETAS = np.array([0.6, 0.4, -0.3, 0.8, -0.4, 0.3, 0.0, 0.4, 0.0, 0.0])


def truth(motion: Path, body_path: Path):
    """The take that is rendered, and its body."""
    from onetake.backend.motion.body import Body
    from onetake.backend.motion.kinematics import forward_kinematics
    from onetake.backend.motion.skeleton import REST
    from onetake.backend.motion.take import Take

    body = Body.load(body_path)
    data = np.load(motion)
    start = data["start"][list(data["key"]).index(KEY)]
    span = slice(start + FIRST, start + LAST)
    poses = data["poses"][span].astype(np.float64)
    rest = body.rest_joints(BETAS).astype(np.float64)

    def legs(joints):
        return np.linalg.norm(joints[4] - joints[1]) + np.linalg.norm(joints[7] - joints[4])

    trans = data["trans"][span] * legs(rest) / legs(REST)
    trans = trans - [*trans.mean(axis=0)[[0]], 0.0, trans[:, 2].mean()]
    vertices = body.skin(poses[::6], BETAS, trans[::6])
    # The lowest point of a body that mostly stands is the floor.
    trans[:, 1] -= np.median(vertices[..., 1].min(axis=1))
    joints, _ = forward_kinematics(poses, rest, trans)

    # From the side that he kicks across, a little above the hips, looking slightly down.
    pitch, yaw = math.radians(6.0), math.radians(YAW)
    c, s = math.cos(yaw), math.sin(yaw)
    turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    c, s = math.cos(pitch), math.sin(pitch)
    R = np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ np.diag([1.0, -1.0, -1.0]) @ turn
    eye = turn.T @ np.array([0.0, 1.45, 5.0])
    frames = len(poses)
    return body, Take(
        poses=poses.astype(np.float32), trans=trans.astype(np.float32),
        rest=rest.astype(np.float32), betas=BETAS.astype(np.float32), body=body.name,
        joints=joints.astype(np.float32), timestamps=np.arange(frames) / FPS,
        confidence=np.ones((frames, 24), np.float32), contacts=np.zeros((frames, 4), np.float32),
        landmarks=np.zeros((frames, 33, 3), np.float32), box=np.zeros((frames, 4), np.float32),
        camera_R=R.astype(np.float32), camera_t=(-R @ eye).astype(np.float32),
        camera_K=np.array(
            [[FOCAL, 0, WIDTH / 2], [0, FOCAL, HEIGHT / 2], [0, 0, 1]], np.float32
        ),
        focal_source="user", image_size=np.array([WIDTH, HEIGHT], np.int32), fps=float(FPS),
        person_id=1, estimator="truth", version="0", video_name="sample.mp4",
    )  # fmt: skip


def _material(name: str, colour: tuple[float, float, float], roughness: float):
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    shader.inputs["Roughness"].default_value = roughness
    return material


def build_set() -> None:
    """A floor and walls, a key light and a soft sky."""
    bpy.ops.mesh.primitive_plane_add(size=30)
    bpy.context.object.data.materials.append(_material("floor", (0.32, 0.27, 0.22), 0.7))
    for angle, distance, colour in (
        (90.0 - YAW, 5.0, (0.52, 0.56, 0.58)),
        (-YAW, 9.0, (0.46, 0.5, 0.54)),
    ):
        a = math.radians(angle)
        bpy.ops.mesh.primitive_plane_add(
            size=30,
            location=(distance * math.cos(a), distance * math.sin(a), 0),
            rotation=(math.pi / 2, 0, a + math.pi / 2),
        )
        bpy.context.object.data.materials.append(_material("wall", colour, 0.9))
    bpy.ops.object.light_add(type="AREA", location=(-3.0, 1.5, 4.5), rotation=(0.75, 0.0, -2.0))
    bpy.context.object.data.energy = 550
    bpy.context.object.data.size = 3.0
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.75, 0.82, 0.9, 1)
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.55


def render(path: Path, still: int | None) -> None:
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = SAMPLES
    scene.cycles.seed = 1
    scene.cycles.use_denoising = True
    scene.cycles.max_bounces = 3
    scene.render.resolution_x, scene.render.resolution_y = WIDTH, HEIGHT
    scene.render.use_persistent_data = True
    scene.view_settings.view_transform = "Standard"
    if still is not None:
        scene.frame_set(scene.frame_start + still)
        scene.render.image_settings.file_format = "PNG"
        scene.render.filepath = str(path.with_suffix(".png"))
        bpy.ops.render.render(write_still=True)
        return
    image = scene.render.image_settings
    if hasattr(image, "media_type"):  # Blender 5
        image.media_type = "VIDEO"
    image.file_format = "FFMPEG"
    scene.render.ffmpeg.format = "MPEG4"
    scene.render.ffmpeg.codec = "H264"
    scene.render.ffmpeg.constant_rate_factor = "HIGH"
    scene.render.ffmpeg.ffmpeg_preset = "BEST"
    scene.render.filepath = str(path)
    scene.render.use_file_extension = False
    bpy.ops.render.render(animation=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("motion", type=Path)
    parser.add_argument("body", type=Path)
    parser.add_argument("--output", type=Path, default=FOLDER)
    parser.add_argument("--still", type=int, help="render this frame alone, as PNG")
    arguments = parser.parse_args()
    load_package()
    from onetake.addon.scene.build import import_take

    bpy.ops.wm.read_factory_settings(use_empty=True)
    body, take = truth(arguments.motion, arguments.body)
    import_take(bpy.context, take, body)
    build_set()
    render(arguments.output / "sample.mp4", arguments.still)
    if arguments.still is None:
        take.save(arguments.output / "sample.truth.take.npz")


if __name__ == "__main__":
    main()
