"""Blender's part of the rendered clips: draws frames of a take; ends when its input closes.

    python tests/rendered/render.py job.json                    with a Python that has the bpy wheel
    blender --background --factory-startup --python tests/rendered/render.py -- job.json

As addon/headless.py, with - for a job on standard input; it prints the same kind of lines. The job:

    take     the clip's true take
    body     the body npz
    clip     the Clip of backend/evaluation/rendered/specification.py as a dictionary
    frames   indices of the take's frames to draw
    folder   where they go: 00000.png, 00001.png ...; complete under their names
"""

import sys
from pathlib import Path

import bpy

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parents[1] / "addon")]

from clothes import dress  # noqa: E402
from headless import leave, main  # noqa: E402
from scenery import build_set  # noqa: E402

SAMPLES, BLURRED_SAMPLES = 2, 4  # a pixel; the denoiser sees to the rest
_REACH = 2.0  # m in which surfaces shade each other


def build(clip: dict, take, body) -> None:
    """The whole scene, in an empty file, with the render settings."""
    from onetake.addon.scene.build import import_take

    bpy.ops.wm.read_factory_settings(use_empty=True)
    character = import_take(bpy.context, take, body)
    dress(character, body, clip["person"])
    build_set(clip["scenery"])
    _settings(bpy.context.scene, clip)


def _settings(scene: bpy.types.Scene, clip: dict) -> None:
    """Cheap light: one bounce, then ambient occlusion; a second a frame of one core."""
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.samples, cycles.seed = BLURRED_SAMPLES if clip["shutter"] else SAMPLES, 1
    cycles.use_adaptive_sampling = cycles.use_light_tree = False
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.max_bounces = 1
    cycles.use_fast_gi, cycles.fast_gi_method, cycles.ao_bounces_render = True, "REPLACE", 1
    scene.world.light_settings.distance = _REACH
    cycles.use_denoising = True
    cycles.denoiser, cycles.denoising_quality = "OPENIMAGEDENOISE", "FAST"
    cycles.denoising_prefilter = "FAST"
    scene.render.use_persistent_data = True
    scene.render.threads_mode, scene.render.threads = "FIXED", 1
    scene.render.use_motion_blur = clip["shutter"] > 0
    scene.render.motion_blur_shutter = clip["shutter"] or 0.5
    scene.render.motion_blur_position = "CENTER"
    scene.view_settings.view_transform = "Standard"
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.image_settings.compression = 15


def draw(frame: int, path: Path) -> None:
    """Render the take's frame to a PNG file that is complete, or not there."""
    scene = bpy.context.scene
    scene.frame_set(scene.frame_start + frame)
    partial = path.with_name(f"partial-{path.name}")
    scene.render.filepath = str(partial)
    bpy.ops.render.render(write_still=True)
    partial.replace(path)


def run(job: dict, say) -> dict:
    """Do the job; the result message's content."""
    from onetake.backend.motion.body import Body
    from onetake.backend.motion.take import Take

    build(job["clip"], Take.load(job["take"]), Body.load(job["body"]))
    folder, total = Path(job["folder"]), len(job["frames"])
    for done, frame in enumerate(job["frames"]):
        say({"stage": "frame", "done": done, "total": total})
        draw(frame, folder / f"{frame:05d}.png")
    say({"stage": "done", "done": total, "total": total})
    return {"frames": total}


if __name__ == "__main__":
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    if len(arguments) != 1:
        print("usage: render.py job.json", file=sys.stderr)
        leave(2)
    leave(main(arguments[0], run))
