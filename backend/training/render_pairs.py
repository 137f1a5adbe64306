"""Rendered people with exact truth, and what BlazePose reports of them.

One frame a person: a random pose of the training motion on a body of random shape, dressed in
random colours before a random backdrop, seen by a random camera. Drawn by OpenCV in a tenth of a
second; BlazePose takes it for a person (mean score 0.99 over a thousand).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..estimators.ik.points import PointModel, Posed
from ..motion.body import Body
from ..motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from ..people.blazepose import BlazePose
from ..people.detector import Region
from ..preview.raster import FRACTION_BITS, visible_faces

SIZE = 640  # pixels a side
PITCH = (-30.0, 15.0)  # degrees
ROLL = 10.0
FOCAL = (500.0, 1200.0)  # pixels: 65 to 30 degrees of view
OFF_CENTRE = 0.25  # of the picture
FILL = (0.45, 0.6)  # of the picture's height that a standing person takes
BETA_SPREAD = 0.8  # standard deviations
# Direct conversions of captures; the others' limbs are degrees off.
PROFILES = ("cmu_mb", "cmu_asf")
_SKIN = np.array([[224, 172, 140], [190, 130, 95], [120, 80, 55]])


@dataclass(frozen=True)
class Sample:
    """One posed person before the camera."""

    posed: Posed  # of one frame
    local: np.ndarray  # (1, 24, 3, 3) rotations
    trans: np.ndarray  # (1, 3) pelvis, camera axes, metres
    betas: np.ndarray  # (10,)
    focal: float  # pixels


def training_frames(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Every clean pose (N, 24, 3) of the training split's captures, and its weight (N,).

    Each sequence weighs alike: hours of one dance must not drown a minute of crawling.
    """
    data = np.load(folder / "cmu.npz")
    poses, weights = [], []
    with (folder / "cmu_manifest.csv").open() as stream:
        for row in csv.DictReader(stream):
            if row["split"] == "train" and row["profile"] in PROFILES:
                index = int(row["index"])
                span = slice(data["start"][index], data["start"][index + 1])
                kept = data["poses"][span][data["ok"][span]]
                poses.append(kept)
                weights.append(np.full(len(kept), 1 / max(len(kept), 1)))
    weight = np.concatenate(weights)
    return np.concatenate(poses).astype(float), weight / weight.sum()


def samples(
    body: Body, poses: np.ndarray, weights: np.ndarray, rng: np.random.Generator
) -> Iterator[Sample]:
    """Random people without end."""
    model = PointModel.from_body(body)
    while True:
        pose = poses[rng.choice(len(poses), p=weights)]
        betas = rng.normal(size=10) * BETA_SPREAD
        pitch, roll = np.radians(rng.uniform(*PITCH)), np.radians(rng.uniform(-ROLL, ROLL))
        yaw, focal = rng.uniform(0, 2 * np.pi), rng.uniform(*FOCAL)
        camera = (
            axis_angle_to_matrix(np.array([0.0, 0.0, roll]))
            @ axis_angle_to_matrix(np.array([pitch, 0.0, 0.0]))
            @ np.diag([1.0, -1.0, -1.0])
            @ axis_angle_to_matrix(np.array([0.0, yaw, 0.0]))
        )
        local = axis_angle_to_matrix(pose)
        local[0] = camera @ local[0]
        depth = 1.75 * focal / (SIZE * rng.uniform(*FILL))
        across = rng.uniform(-OFF_CENTRE, OFF_CENTRE, 2) * SIZE * depth / focal
        trans = np.array([[*across, depth]])
        posed = model.pose(local[None], trans, betas)
        yield Sample(posed, local[None], trans, betas, focal)


def draw(body: Body, sample: Sample, rng: np.random.Generator) -> np.ndarray:
    """The picture, uint8 RGB (SIZE, SIZE, 3)."""
    cells = rng.integers(2, 8, 2)
    image = cv2.resize(
        rng.integers(40, 230, (*cells, 3), dtype=np.uint8),
        (SIZE, SIZE),
        interpolation=cv2.INTER_CUBIC,
    )
    palette = rng.integers(20, 230, (len(body.extra["region_names"]), 3)).astype(float)
    skin = _SKIN[rng.integers(len(_SKIN))] * rng.uniform(0.85, 1.1)
    fixed = {
        "skin": skin, "eyes": [235, 235, 235], "lips": skin * [1.0, 0.65, 0.65],
        "hair": rng.integers(10, 90, 3), "brows": [45, 30, 25], "iris": [70, 60, 45],
        "pupil": [10, 10, 10],
    }  # fmt: skip
    for index, name in enumerate(body.extra["region_names"]):
        palette[index] = fixed.get(str(name), palette[index])
    faces = body.f if body.quads is None else body.quads
    K = np.array([[sample.focal, 0, SIZE / 2], [0, sample.focal, SIZE / 2], [0, 0, 1]])
    poses = matrix_to_axis_angle(sample.local)
    vertices = body.skin(poses, sample.betas, sample.trans)[0]
    index, polygons, lit = visible_faces(vertices, faces, K)
    # A picture is brighter than Lambert's light on paint.
    colours = palette[body.extra["region"][faces[index, 0]]] * (1.2 * lit[:, None])
    for polygon, colour in zip(polygons, np.clip(colours, 0, 255).tolist(), strict=True):
        cv2.fillConvexPoly(image, polygon, colour, cv2.LINE_AA, FRACTION_BITS)
    return image


def report(
    network: BlazePose, image: np.ndarray, sample: Sample
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """What BlazePose says: rays (33, 2), visibility (33,), world (33, 3) m, score.

    Found from the person's true place, then again from where it said to look, as a track does.
    """
    points = sample.posed.landmarks[0]
    pixels = points[:, :2] / points[:, 2:] * sample.focal + SIZE / 2
    hips = pixels[23:25].mean(axis=0)
    reach = np.linalg.norm(pixels - hips, axis=-1).max()
    found = network.landmarks(image, [Region(*hips, 2.5 * reach, 0.0)])[0]
    found = network.landmarks(image, [found.following])[0]
    rays = (found.landmarks[:, :2] - SIZE / 2) / sample.focal
    return rays, found.landmarks[:, 2], found.world, found.score
