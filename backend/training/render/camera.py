"""Where the camera stands, how it moves and what it sees: one lens, tilted as people do."""

from dataclasses import dataclass

import numpy as np

from ...motion.rotations import axis_angle_to_matrix

LENS = (20.0, 85.0)  # mm, as on a film 36 mm wide
USUAL_LENS, LENS_SPREAD = 30.0, 0.4  # phones and webcams; log-normal
PITCH = (-45.0, 25.0)  # degrees, up
USUAL_PITCH, PITCH_SPREAD = -8.0, 13.0
ROLL, ROLL_SPREAD = 20.0, 6.0  # degrees either way, and standard deviation
FILL = (0.25, 0.95)  # of the picture's height that the person takes
CUT_SHARE, CUT_FILL = 0.08, (0.95, 1.6)  # clips in which the frame cuts the person
MOVING_SHARE = 0.2  # of clips: handheld or panning
SHAPES = (((16, 9), 0.55), ((9, 16), 0.3), ((4, 3), 0.15))
LONG_SIDES = ((640, 0.15), (960, 0.15), (1280, 0.35), (1920, 0.35))  # pixels
NEAREST = 0.6  # metres from the lens to anything of the person
LOWEST = 0.12  # metres of the camera over the floor


@dataclass(frozen=True)
class Camera:
    """A pinhole camera over N frames; x right, y down, z forward."""

    R: np.ndarray  # (N, 3, 3) world -> camera
    t: np.ndarray  # (N, 3) metres
    focal: float  # pixels
    width: int  # pixels
    height: int

    @property
    def middle(self) -> np.ndarray:
        """(2,) pixels: the principal point."""
        return np.array([self.width / 2, self.height / 2])

    def to_camera(self, points: np.ndarray) -> np.ndarray:
        """(N, K, 3) in the world -> in the camera, metres."""
        return np.einsum("nab,nkb->nka", self.R, points) + self.t[:, None]

    def project(self, points: np.ndarray) -> np.ndarray:
        """(N, K, 3) in the world -> (N, K, 2) pixels."""
        seen = self.to_camera(points)
        return seen[..., :2] / np.maximum(seen[..., 2:], 0.05) * self.focal + self.middle


def _choice(rng: np.random.Generator, options):
    return options[rng.choice(len(options), p=[share for _, share in options])][0]


def _smooth_walk(rng: np.random.Generator, count: int, fps: float) -> np.ndarray:
    """(count, 3) of unit size: a hand that holds still as well as it can."""
    time = np.arange(count)[:, None] / fps
    walk = np.zeros((count, 3))
    for hertz in (0.3, 0.8, 1.7, 3.5):
        phase = rng.uniform(0, 2 * np.pi, 3)
        walk += rng.normal(size=3) / (1 + 2 * hertz) * np.sin(2 * np.pi * hertz * time + phase)
    return walk


def sample_camera(rng: np.random.Generator, points: np.ndarray, fps: float) -> Camera:
    """A camera that sees the person of points (N, K, 3), metres in the world, for all N frames."""
    shape, long_side = _choice(rng, SHAPES), _choice(rng, LONG_SIDES)
    width, height = (round(side * long_side / max(shape)) for side in shape)
    lens = np.clip(USUAL_LENS * np.exp(rng.normal() * LENS_SPREAD), *LENS)
    focal = float(lens / 36 * max(width, height))
    pitch = np.radians(np.clip(rng.normal(USUAL_PITCH, PITCH_SPREAD), *PITCH))
    roll = np.radians(np.clip(rng.normal() * ROLL_SPREAD, -ROLL, ROLL))
    yaw = rng.uniform(0, 2 * np.pi)
    fill = rng.uniform(*(CUT_FILL if rng.random() < CUT_SHARE else FILL))
    offset = rng.uniform(-1, 1, 2)
    middle = (points.min((0, 1)) + points.max((0, 1))) / 2
    R = _look(yaw, pitch, roll)
    seen = (points - middle) @ R.T  # camera axes, about the middle of where the person goes

    def extent(distance):
        return seen[..., :2] / (seen[..., 2:] + distance) * focal

    closest = NEAREST - seen[..., 2].min()
    low, high = closest, 60.0
    for _ in range(30):
        distance = (low + high) / 2
        tall = np.median(np.ptp(extent(distance)[..., 1], axis=1)) / height
        low, high = (distance, high) if tall > fill else (low, distance)
    pelvis = seen[:, :1]
    for _ in range(40):  # who walks out of the picture is filmed from further off
        reach = np.abs(pelvis[..., :2] / (pelvis[..., 2:] + distance) * focal).max((0, 1))
        if (reach < np.array([0.48, 0.48]) * (width, height)).all():
            break
        distance *= 1.1
    flat = extent(distance).reshape(-1, 2)
    room = np.maximum(np.array([width, height]) / 2 - np.abs(flat).max(0), 0)
    shift = offset * room * 0.95 * distance / focal
    eye = middle - R.T @ np.array([*shift, distance])
    if eye[1] < LOWEST:
        # Under the floor: look less far up instead.
        R = _look(yaw, min(pitch, np.arcsin(np.clip((middle[1] - LOWEST) / distance, -1, 1))), roll)
        eye = middle - R.T @ np.array([shift[0], 0.0, distance])
        eye[1] = max(eye[1], LOWEST)
    turns = np.zeros((len(points), 3))
    if rng.random() < MOVING_SHARE:
        time = (np.arange(len(points)) - len(points) / 2) / fps
        turns += np.radians(rng.uniform(0.2, 1.2)) * _smooth_walk(rng, len(points), fps)
        if rng.random() < 0.5:
            view = 2 * np.arctan(width / 2 / focal)
            speed = np.clip(rng.normal(), -1, 1) * min(0.15, 0.2 * view / np.abs(time).max())
            turns[:, 1] += speed * time
    Rs = axis_angle_to_matrix(turns) @ R
    return Camera(Rs, -Rs @ eye, focal, width, height)


def _look(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """(3, 3) world -> camera; pitch upwards is positive."""
    return (
        axis_angle_to_matrix(np.array([0.0, 0.0, roll]))
        @ axis_angle_to_matrix(np.array([-pitch, 0.0, 0.0]))
        @ np.diag([1.0, -1.0, -1.0])
        @ axis_angle_to_matrix(np.array([0.0, yaw, 0.0]))
    )
