"""Camera motion and the camera itself, placed in the world."""

from dataclasses import dataclass

import numpy as np

from ..estimators import CameraMotion
from ..motion.body import Body
from ..motion.kinematics import forward_kinematics
from ..motion.rotations import matrix_to_axis_angle
from .contacts import FOOT_LANDMARKS, near_floor_probability, still_probability
from .floor import Evidence, Floor, find_floor
from .root import steady_root

_STANDS = 0.5
_UPRIGHT = np.cos(np.radians(35.0))  # a trunk leaning further says nothing about gravity


@dataclass(frozen=True)
class Placed:
    """One person in the world (metres, y up, floor at y = 0) and the camera that sees them."""

    poses: np.ndarray  # (T, 24, 3) axis-angle
    trans: np.ndarray  # (T, 3)
    rest: np.ndarray  # (24, 3)
    joints: np.ndarray  # (T, 24, 3)
    contacts: np.ndarray  # (T, 4)
    camera_R: np.ndarray  # (3, 3) world -> camera
    camera_t: np.ndarray  # (3,)


@dataclass(frozen=True)
class _Seen:
    """One person in the camera: what the floor and the contacts are found from."""

    motion: CameraMotion
    rest: np.ndarray
    feet: np.ndarray  # (T, 4, 3) the lowest points of heels and toes
    still: np.ndarray  # (T, 4)
    body_up: np.ndarray  # (T, 3)
    timestamps: np.ndarray

    @property
    def told_up(self) -> np.ndarray | None:
        """(K, 3) gravity as the estimator saw it in the frames that it saw."""
        known = self.motion.confidence.any(axis=1)
        if self.motion.up is None or not known.any():
            return None
        return self.motion.up[known]


def place(motions: list[CameraMotion], timestamps: list[np.ndarray], body: Body) -> list[Placed]:
    """Everybody in one world: they share the floor, gravity and the camera.

    The person first in the list stands at the origin at first and faces +z.
    """
    people = [_see(motion, times, body) for motion, times in zip(motions, timestamps, strict=True)]
    floor = _shared_floor(people)
    placed = [_steady(person, floor) for person in people]
    R, t = _camera(placed[0][0], people[0], floor)
    return [
        _to_world(trans, contacts, person, R, t)
        for (trans, contacts), person in zip(placed, people, strict=True)
    ]


def _see(motion: CameraMotion, timestamps: np.ndarray, body: Body) -> _Seen:
    rest = body.rest_joints(motion.betas).astype(float)
    joints, rotations = forward_kinematics(motion.local, rest, motion.trans)
    sole = _sole_points(body, motion.betas) - rest[[7, 10, 8, 11]]
    feet = joints[:, [7, 10, 8, 11]] + np.einsum("tkab,kb->tka", rotations[:, [7, 10, 8, 11]], sole)
    if motion.contacts is not None:
        still = motion.contacts * motion.confidence.any(axis=1)[:, None]
    else:
        known = motion.confidence[:, [7, 10, 8, 11]] > 0.2
        still = still_probability(feet, timestamps) * known
    # From between the ankles to the neck: truer than the trunk alone, which leans in walking.
    body_up = joints[:, 12] - joints[:, [7, 8]].mean(axis=1)
    body_up /= np.linalg.norm(body_up, axis=-1, keepdims=True)
    return _Seen(motion, rest, feet, still, body_up, timestamps)


def _sole_points(body: Body, betas: np.ndarray) -> np.ndarray:
    """(4, 3) middle of left heel's, left toe's, right heel's and right toe's sole at rest."""
    vertices = body.rest_vertices(betas)
    names = ("sole_left_heel", "sole_left_toe", "sole_right_heel", "sole_right_toe")
    if all(name in body.extra for name in names):
        return np.array([vertices[body.extra[name]].mean(axis=0) for name in names])
    if body.landmark_regressor is None:
        raise ValueError("the body has neither soles nor landmarks")
    return body.landmark_regressor[FOOT_LANDMARKS] @ vertices


def _shared_floor(people: list[_Seen]) -> Floor:
    """One floor from everybody's feet, contacts refined twice by height above it."""
    floor = None
    for _ in range(3):
        evidence = []
        for person in people:
            stands = person.still > _STANDS
            if floor is not None:
                height = person.feet @ floor.up - floor.offset
                stands &= near_floor_probability(height) > _STANDS
            trunk = person.body_up @ (floor.up if floor is not None else [0.0, -1.0, 0.0])
            upright = (trunk > _UPRIGHT) & (person.still > _STANDS).any(axis=1)
            body_up = np.where(upright[:, None], person.body_up, np.nan)
            evidence.append(
                Evidence(person.feet, body_up, stands, person.timestamps, person.told_up)
            )
        floor = find_floor(evidence)
    return floor


def _steady(person: _Seen, floor: Floor) -> tuple[np.ndarray, np.ndarray]:
    """The person's path (T, 3) in the camera, steadied, and contacts (T, 4)."""
    height = person.feet @ floor.up - floor.offset
    contacts = person.still * near_floor_probability(height)
    trans = steady_root(
        person.motion.trans,
        person.feet,
        person.still,
        contacts,
        height,
        floor.up,
        person.timestamps,
    )
    if person.motion.contacts is not None:
        return trans, person.still  # who can tell contacts tells them on a roof as well
    moved = (trans - person.motion.trans)[:, None]
    height = (person.feet + moved) @ floor.up - floor.offset
    return trans, person.still * near_floor_probability(height)


def _camera(trans: np.ndarray, person: _Seen, floor: Floor) -> tuple[np.ndarray, np.ndarray]:
    """World -> camera, from the first person's first place and facing."""
    facing = person.motion.local[0, 0] @ [0.0, 0.0, 1.0]
    facing = facing - (facing @ floor.up) * floor.up
    if np.linalg.norm(facing) < 0.2:  # lying: the head's side tells as well as any
        facing = person.motion.local[0, 0] @ [0.0, 1.0, 0.0]
        facing = facing - (facing @ floor.up) * floor.up
    z = facing / np.linalg.norm(facing)
    R = np.stack([np.cross(floor.up, z), floor.up, z], axis=-1)
    ground = trans[0] - (trans[0] @ floor.up - floor.offset) * floor.up
    return R, ground


def _to_world(
    trans: np.ndarray, contacts: np.ndarray, person: _Seen, R: np.ndarray, t: np.ndarray
) -> Placed:
    local = person.motion.local.copy()
    local[:, 0] = R.T @ local[:, 0]
    poses = matrix_to_axis_angle(local).astype(np.float32)
    world = ((trans - t) @ R).astype(np.float32)
    rest = person.rest.astype(np.float32)
    joints, _ = forward_kinematics(poses.astype(float), rest, world)
    return Placed(
        poses=poses,
        trans=world,
        rest=rest,
        joints=joints.astype(np.float32),
        contacts=contacts.astype(np.float32),
        camera_R=R.astype(np.float32),
        camera_t=t.astype(np.float32),
    )
