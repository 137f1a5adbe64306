"""One clip: motion, body, scene and camera from one seed, and BlazePose's report of each frame."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ...body import load_body
from ...home import home
from ...motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from ...people.blazepose import BlazePose
from ...people.detector import LandmarkResult, Region
from ...people.front_end import FrontEnd, seen_through
from ...people.image_features import compact, to_bytes
from ..motion import MotionLibrary, Window, contacts
from ..render import Camera, Degradation, Figure, Renderer, Scene, sample_camera, sample_scene
from ..render.figure import to_body
from .regions import TRACKED_SHARE, Following, NearTruth, true_region
from .shards import SILHOUETTE

FRAMES = 20  # of a clip, unless told otherwise
RATES = ((30.0, 0.45), (25.0, 0.1), (15.0, 0.3), (10.0, 0.15))  # frames a second
BETA_LIMIT = 2.5
FLOOR_SHARE = 0.1  # of frames whose lowest point may be under the floor
EXPOSURE = 0.5  # of a frame that the shutter is open, where motion smears
SUBFRAMES = 3
SMEARS = 0.012  # of the region's side that a joint must move in an exposure

_CODES = {"train": 0, "val": 1, "test": 2}


@dataclass(frozen=True)
class Clip:
    """The truth of one clip of N frames."""

    window: Window  # heading and floor set
    betas: np.ndarray  # (10,)
    vertices: np.ndarray  # (V, 3) shaped rest
    rest: np.ndarray  # (24, 3)
    bones: np.ndarray  # (N, 24, 3, 4) rest -> world
    joints: np.ndarray  # (N, 24, 3) world
    landmarks: np.ndarray  # (N, 33, 3) world, on our body
    contacts: np.ndarray  # (N, 4) bool
    camera: Camera
    scene: Scene
    degradation: Degradation
    fps: float


@dataclass(frozen=True)
class Frame:
    """One frame as BlazePose had it."""

    crop: np.ndarray  # (256, 256, 3) u1
    drawn: np.ndarray  # (256, 256) u1: 255 where the person was drawn, before any degradation
    region: Region
    result: LandmarkResult
    seen: bool  # the tracker kept the person


class Studio:
    """What all clips share: the body, the renderer, the networks and the motion."""

    front_end: FrontEnd | None = None  # sees the whole person in BlazePose's place

    def __init__(self, motion: MotionLibrary, split: str, frames: int = FRAMES) -> None:
        cv2.setNumThreads(1)
        self.figure = Figure(load_body())
        self.renderer = Renderer()
        self.network = BlazePose(home() / "models", threads=1, features=True)
        self.motion = motion
        self._split, self._frames = _CODES[split], frames

    @classmethod
    def open(cls, folder: Path, split: str, frames: int = FRAMES) -> "Studio":
        """With the motion of a folder; frames: of a clip."""
        return cls(MotionLibrary.open(folder, split), split, frames)

    def rng(self, seed: int, shard: int, clip: int) -> np.random.Generator:
        """The one source of chance of a clip."""
        return np.random.default_rng([seed, self._split, shard, clip])

    def clip(self, rng: np.random.Generator, *, occluders: bool = True) -> Clip:
        """A random clip."""
        rates, shares = zip(*RATES, strict=True)
        fps = float(rng.choice(rates, p=shares))
        window = self.motion.sample(rng, frames=self._frames, fps=fps)
        betas = np.clip(rng.normal(size=10), -BETA_LIMIT, BETA_LIMIT)
        figure = self.figure
        vertices, rest = figure.shaped(betas)
        heading = axis_angle_to_matrix(np.array([0.0, rng.uniform(0, 2 * np.pi), 0.0]))
        poses = np.array(window.poses)
        poses[:, 0] = matrix_to_axis_angle(heading @ axis_angle_to_matrix(poses[:, 0]))
        trans = to_body(window.trans, rest) @ heading.T
        trans = trans - [*trans.mean(axis=0)[[0]], 0.0, trans[:, 2].mean()]
        bones, joints = figure.bones(poses, trans, rest)
        points = figure.sampled(bones, vertices)
        lift = np.quantile(points[..., 1].min(axis=1), FLOOR_SHARE)
        for heights in (bones[..., 1, 3], joints[..., 1], points[..., 1], trans[:, 1]):
            heights -= lift
        camera = sample_camera(rng, points, fps)
        return Clip(
            window=Window(poses, trans, window.key),
            betas=betas,
            vertices=vertices,
            rest=rest,
            bones=bones,
            joints=joints,
            landmarks=figure.landmarks(bones, vertices),
            contacts=contacts(joints, fps),
            camera=camera,
            scene=sample_scene(rng, figure, vertices, joints, camera, occluders=occluders),
            degradation=Degradation.sample(rng),
            fps=fps,
        )

    def film(self, clip: Clip, rng: np.random.Generator) -> Iterator[Frame]:
        """Each frame rendered into the region, and reported."""
        self.renderer.load(clip.scene)
        camera = clip.camera
        pixels = camera.project(clip.landmarks)
        moves = np.gradient(camera.project(clip.joints), axis=0)
        speeds = np.linalg.norm(moves, axis=-1).max(axis=1)  # pixels a frame
        kind = Following if rng.random() < TRACKED_SHARE else NearTruth
        tracker = kind(rng, clip.fps)
        cv2.setRNGSeed(int(rng.integers(1 << 31)))
        size = (camera.width, camera.height)
        for frame in range(len(clip.joints)):
            truth = true_region(pixels[frame])
            region = tracker.region(truth)
            picture = self._exposed(clip, frame, region, speeds)
            crop = clip.degradation.apply(picture[..., :3], region, size, rng)
            result = self.network.landmarks_of_crop(crop, region, size[::-1], outline=False)
            yield Frame(crop, picture[..., 3], region, result, tracker.took(result, truth))

    def _exposed(self, clip: Clip, frame: int, region: Region, speeds: np.ndarray) -> np.ndarray:
        """(256, 256, 4): the picture, smeared where the shutter is slow and the person fast."""

        def draw(bones: np.ndarray) -> np.ndarray:
            return self.renderer.draw(bones, clip.joints[frame], clip.camera, frame, region)

        bones = clip.bones
        if not clip.degradation.blurs:
            return draw(bones[frame])
        if speeds[frame] * EXPOSURE < SMEARS * region.side:
            return draw(bones[frame])
        total = np.zeros((256, 256, 4), np.uint16)
        # A few hundredths of a second: the matrices themselves may be mixed.
        for share in np.linspace(-EXPOSURE / 2, EXPOSURE / 2, SUBFRAMES):
            other = min(max(frame + int(np.sign(share)), 0), len(bones) - 1)
            total += draw(bones[frame] + abs(share) * (bones[other] - bones[frame]))
        return (total // SUBFRAMES).astype(np.uint8)


def record(
    studio: Studio, clip: Clip, rng: np.random.Generator, look: Callable | None = None
) -> dict[str, np.ndarray]:
    """The fields of a shard for one clip: FIELDS, PICTURE_FIELDS and CLIP_FIELDS of shards.

    `look(frame)` sees each frame.
    """
    camera = clip.camera
    rows: dict[str, list] = {
        key: []
        for key in ("landmarks", "region", "visibility", "world", "score", "seen", "features",
                    "image_features", "silhouette")
    }  # fmt: skip
    for frame in studio.film(clip, rng):
        if look is not None:
            look(frame)
        result, region = frame.result, frame.region
        centre = (np.array([region.x, region.y]) - camera.middle) / camera.focal
        side = region.side / camera.focal
        rays = (result.landmarks[:, :2] - camera.middle) / camera.focal
        rows["landmarks"].append((rays - centre) / side)
        rows["region"].append([*centre, side, region.angle])
        rows["visibility"].append(np.round(255 * result.landmarks[:, 2]))
        rows["world"].append(result.world)
        rows["score"].append(result.score)
        rows["seen"].append(frame.seen)
        rows["features"].append(to_bytes(compact(result.features)))
        if studio.front_end:
            (result,) = seen_through(studio.front_end, [result], [frame.crop])
        rows["image_features"].append(result.features.astype(np.float16))
        drawn = cv2.resize(frame.drawn, (SILHOUETTE, SILHOUETTE), interpolation=cv2.INTER_AREA)
        rows["silhouette"].append(np.packbits(drawn > 127))
    poses = clip.window.poses.copy()
    poses[:, 0] = matrix_to_axis_angle(camera.R @ axis_angle_to_matrix(poses[:, 0]))
    frames = {key: np.array(values) for key, values in rows.items()}
    return {
        **frames,
        "poses": poses,
        "trans": camera.to_camera(clip.joints[:, :1])[:, 0],
        "up": camera.R[:, :, 1],
        "contacts": clip.contacts,
        "betas": clip.betas,
        "fps": np.array(clip.fps),
        "focal": np.array(camera.focal / camera.width),
        "aspect": np.array(camera.width / camera.height),
        "occluded": np.array(clip.scene.occluded),
        "key": np.array(clip.window.key),
    }
