"""Everything of a clip that stands still: the dressed person, light, room, furniture, occluders."""

from dataclasses import dataclass

import numpy as np

from ...motion.rotations import axis_angle_to_matrix
from . import colours, textures
from .camera import Camera
from .figure import Figure
from .meshes import Mesh, box, capsule, joined
from .shaders import MATERIALS
from .wardrobe import EXTRA, Materials, dress

OCCLUDED_SHARE = 0.1  # of clips with something before the person
FURNITURE = 4  # boxes at most
CLEARANCE = 0.5  # metres between furniture and where anybody is
INDOORS_SHARE = 0.6


@dataclass(frozen=True)
class Scene:
    """What the renderer uploads once a clip. Linear light; metres in the world."""

    mesh: Mesh
    material_colour: np.ndarray  # (MATERIALS, 4) f4, see shaders
    material_look: np.ndarray  # (MATERIALS, 4) f4
    noise: np.ndarray  # (side, side, 3) u1
    floor: np.ndarray
    wall: np.ndarray
    uniforms: dict[str, object]  # of the light, room and floor
    occluded: bool  # something may stand before the person


def sample_scene(
    rng: np.random.Generator,
    figure: Figure,
    vertices: np.ndarray,
    joints: np.ndarray,
    camera: Camera,
    *,
    occluders: bool = True,
) -> Scene:
    """A scene for shaped rest vertices (V, 3), whose joints (N, 24, 3) move before the camera."""
    materials = Materials(MATERIALS)
    meshes = [dress(figure, vertices[figure.rows], rng, materials)]
    indoors = rng.random() < INDOORS_SHARE
    slot = EXTRA
    eyes = -np.einsum("nba,nb->na", camera.R, camera.t)
    ways = np.concatenate([joints[:, 0], eyes])
    for _ in range(int(rng.integers(0, FURNITURE + 1))):
        mesh = _furniture(rng, joints, ways, slot)
        if mesh is not None:
            _paint(materials, slot, rng)
            meshes.append(mesh)
            slot += 1
    occluded = occluders and rng.random() < OCCLUDED_SHARE
    if occluded:
        for _ in range(int(rng.integers(1, 3))):
            _paint(materials, slot, rng)
            meshes.append(_occluder(rng, joints, camera, slot))
            slot += 1
    floor, repeats = textures.floor(rng, indoors)
    return Scene(
        mesh=joined(meshes),
        material_colour=materials.colour,
        material_look=materials.look,
        noise=(255 * textures.noise(rng, 256, octaves=5)).astype(np.uint8),
        floor=floor,
        wall=textures.wall(rng) if indoors else textures.view(rng),
        uniforms={
            **_light(rng, indoors), **_room(rng, ways, indoors),
            "indoors": indoors, "floor_scale": repeats,
        },
        occluded=bool(occluded),
    )  # fmt: skip


def _paint(materials: Materials, slot: int, rng: np.random.Generator) -> None:
    materials.set(
        slot, colours.cloth(rng), colours.pattern(rng, 0.6) % 6, rng.uniform(1, 12),
        rng.uniform(0, 0.3), rng.choice([0.0, 0.2]),
    )  # fmt: skip


def _light(rng: np.random.Generator, indoors: bool) -> dict[str, object]:
    turn, height = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(20, 85))
    direction = np.array(
        [np.cos(turn) * np.cos(height), np.sin(height), np.sin(turn) * np.cos(height)]
    )
    warmth = rng.normal() * 0.12
    tint = np.array([1 + warmth, 1.0, 1 - warmth])
    sun = rng.uniform(0.1, 0.9 if indoors else 1.4)
    sky = rng.uniform(0.35, 0.9)
    low = sky * rng.uniform(0.35, 0.85)
    # As a camera's automatic exposure does, and not always well.
    exposure = 1.15 / (0.5 * sun + 0.5 * (sky + low)) * np.exp(rng.normal() * 0.22)
    return {
        "sun_direction": direction,
        "sun": sun * tint,
        "sky": sky * (1 + rng.normal(size=3) * 0.05) * tint[::-1] ** 0.5,
        "ground": low * (1 + rng.normal(size=3) * 0.06),
        "exposure": float(exposure),
        "haze": np.clip(rng.uniform(0.4, 0.9) + rng.normal(size=3) * 0.05, 0, 1) / exposure,
    }


def _room(rng: np.random.Generator, ways: np.ndarray, indoors: bool) -> dict[str, object]:
    """A room around all ways (K, 3), turned about the vertical."""
    turn = rng.uniform(0, 2 * np.pi)
    c, s = np.cos(turn), np.sin(turn)
    x, z = c * ways[:, 0] - s * ways[:, 2], s * ways[:, 0] + c * ways[:, 2]
    margin = np.exp(rng.uniform(np.log(0.5), np.log(4.0), 4))
    top = max(rng.uniform(2.3, 3.6), ways[:, 1].max() + 0.8)
    return {
        "room_turn": np.array([c, s]),
        "room_low": np.array([x.min() - margin[0], 0.0, z.min() - margin[1]]),
        "room_high": np.array([x.max() + margin[2], top, z.max() + margin[3]]),
    }


def _furniture(rng, joints, ways, slot):
    """A box on the floor near the person, or None where there is no room for it."""
    size = np.exp(rng.uniform(np.log([0.3, 0.3, 0.3]), np.log([1.8, 1.9, 1.0])))
    angle, away = rng.uniform(0, 2 * np.pi), rng.uniform(0.8, 4.0)
    middle = joints[len(joints) // 2, 0] + away * np.array([np.cos(angle), 0, np.sin(angle)])
    middle[1] = size[1] / 2
    # Not on the person's way nor where it hides him: between him and the camera.
    line = ways[-1] - joints[:, 0].mean(0)
    share = np.linspace(0, 1, 9)[:, None]
    kept = np.concatenate([joints.reshape(-1, 3), joints[:, 0].mean(0) + share * line])
    gap = np.linalg.norm((kept - middle)[:, [0, 2]], axis=1).min()
    if gap < np.hypot(size[0], size[2]) / 2 + CLEARANCE:
        return None
    turn = axis_angle_to_matrix(np.array([0.0, rng.uniform(0, 6.3), 0.0]))
    return box(middle, size, turn, colours.cloth(rng), slot)


def _occluder(rng, joints, camera, slot):
    """Something between the camera and the person in the clip's middle."""
    frame = len(joints) // 2
    eye = -camera.R[frame].T @ camera.t[frame]
    goal = joints[frame, rng.integers(24)]
    height = np.ptp(joints[frame, :, 1]) + 0.2
    line = goal - eye
    distance = np.linalg.norm(line)
    share = rng.uniform(0.5, max(0.55, 1 - 0.7 / distance))
    place = eye + share * line
    turn = axis_angle_to_matrix(np.array([0.0, rng.uniform(0, 6.3), 0.0]))
    colour = colours.cloth(rng)
    kind = rng.integers(4)
    if kind == 0:  # a pole or a tree
        place[1] = 1.5
        return box(place, [rng.uniform(0.05, 0.25) * share, 3.0, 0.08], turn, colour, slot)
    if kind == 1:  # a table, a sofa's back, a hedge
        top = max(place[1] if goal[1] < 0.6 * height else 0.5 * place[1], 0.2)
        place[1] = top / 2
        return box(place, [rng.uniform(0.4, 2.0), top, rng.uniform(0.1, 0.6)], turn, colour, slot)
    if kind == 2:  # something held or hung before the lens
        size = height * share * rng.uniform(0.08, 0.35, 3)
        free = axis_angle_to_matrix(rng.normal(size=3))
        return box(place, size, free, colour, slot)
    side = rng.normal(size=3)  # somebody else's limb
    half = side / np.linalg.norm(side) * height * share * rng.uniform(0.2, 0.4)
    skin = colours.skin(rng) if rng.random() < 0.5 else colour
    radius = share * rng.uniform(0.04, 0.09)
    return capsule(place - half, place + half, (radius, 0.7 * radius), skin, slot)
