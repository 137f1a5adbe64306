"""Dresses a body: hair and garments as shells over the skin, skirts and long hair as tubes.

Borders are given in metres of the unshaped rest body (arms out sideways, pelvis at y = -0.225,
ankles at -1.09, floor at -1.24, wrists at |x| = 0.685), so they follow every shape.
"""

import numpy as np

from ...motion.skeleton import JOINT
from . import colours
from .figure import Figure
from .meshes import Mesh, bound, joined, normals

SKIN, HAIR, TOP, BOTTOM, SHOES, SKIRT, HAT, EXTRA = range(8)
PERSON = (SKIN, HAIR, TOP, BOTTOM, SHOES, SKIRT, HAT)

HIDDEN = 0.04  # metres inside a garment's border where the skin is not drawn
NECK = np.array([0.0, 0.27, -0.005])
WAIST, CROTCH, KNEE, ANKLE = -0.16, -0.38, -0.69, -1.1


class Materials:
    """What the fragment shader knows of each material."""

    def __init__(self, count: int) -> None:
        self.colour = np.zeros((count, 4), np.float32)
        self.look = np.zeros((count, 4), np.float32)

    def set(self, index, other=(0, 0, 0), pattern=0, repeats=10.0, wrinkles=0.3, shine=0.0):
        """Pattern of colours.PATTERNS with its other colour, repeats a metre, bumps, gloss."""
        self.colour[index] = [*other, pattern]
        self.look[index] = [repeats, wrinkles, shine, float(index in PERSON)]

    def cloth(self, index: int, rng: np.random.Generator, plain: float | None = None) -> np.ndarray:
        """Sets a random cloth; returns its first colour (3,)."""
        kind = colours.pattern(rng, plain)
        self.set(
            index, colours.cloth(rng), kind, float(np.exp(rng.uniform(1.2, 3.4))),
            rng.uniform(0.2, 1.1), rng.choice([0.0, 0.0, 0.15]),
        )  # fmt: skip
        return colours.cloth(rng)


def dress(
    figure: Figure, vertices: np.ndarray, rng: np.random.Generator, materials: Materials
) -> Mesh:
    """A clothed person on shaped rest vertices (D, 3) of those that are drawn."""
    template = figure.template
    normal = normals(vertices, figure.faces)
    x, y = np.abs(template[:, 0]), template[:, 1]
    limbs = 1 - np.clip((0.12 - x) / 0.04, 0, 1) * (y > -0.1)  # 1 on arms and legs
    arms = x > 0.2
    bulk = _bulk(template, rng)
    parts, hidden = [], np.full(len(template), -1.0)
    feet = y < ANKLE - 0.035

    long_coat = rng.random() < 0.06
    skirt = not long_coat and rng.random() < 0.08
    shirtless = rng.random() < 0.03

    def shell(inside, thickness, material, colour):
        nonlocal hidden
        keep = inside > -0.05
        mesh = _shell(figure, vertices, normal, thickness, inside, keep, material, colour)
        hidden = np.maximum(hidden, inside)
        parts.append(mesh)

    # Trousers, from leggings to wide; under a skirt often nothing.
    legs = rng.choice([KNEE + 0.12, KNEE - 0.02, -0.85, ANKLE + 0.03, ANKLE - 0.02],
                      p=[0.2, 0.08, 0.05, 0.35, 0.32])  # fmt: skip
    if skirt and rng.random() < 0.6:
        legs = -0.5
    waist = rng.uniform(WAIST - 0.06, WAIST + 0.03)
    loose = rng.choice([0.0, 0.008, 0.02, 0.04], p=[0.2, 0.4, 0.3, 0.1])
    flare = rng.choice([0.0, 0.03], p=[0.75, 0.25]) * np.clip((-0.5 - y) / 0.6, 0, 1)
    inside = np.where(arms, -1, np.minimum(waist - y, y - legs))
    shell(
        inside,
        0.005 + (loose * (0.6 + 0.8 * bulk) + flare) * limbs * np.clip((-0.3 - y) / 0.15, 0, 1),
        BOTTOM,
        materials.cloth(BOTTOM, rng, 0.6),
    )

    # Shoes or boots.
    if rng.random() < 0.8:
        height = rng.choice([-1.15, -1.13, -1.05, -0.85], p=[0.35, 0.4, 0.15, 0.1])
        sole = np.clip((-1.19 - y) / 0.04, 0, 1)
        shell(
            np.where(arms, -1, height - y),
            rng.uniform(0.006, 0.011) + 0.004 * sole,
            SHOES,
            materials.cloth(SHOES, rng, 0.7),
        )
        materials.look[SHOES, 1] = 0.1
    if not shirtless:
        hem = rng.uniform(-0.32, -0.2)
        if rng.random() < 0.12:
            hem = rng.uniform(-0.5, -0.35)
        sleeve = rng.choice([0.19, 0.28, 0.36, 0.5, 0.64, 0.675],
                            p=[0.1, 0.12, 0.23, 0.08, 0.22, 0.25])  # fmt: skip
        if long_coat:
            sleeve = 0.67
        fit = rng.choice([0.002, 0.012, 0.025], p=[0.3, 0.45, 0.25]) + 0.01 * long_coat
        neck = np.linalg.norm((template - NECK) * [1.0, 1.0, 0.8], axis=1)
        open_neck = rng.choice([0.075, 0.095, 0.12])
        inside = np.minimum.reduce([sleeve - x, y - hem, neck - open_neck])
        inside[figure.head] = -1
        wide = rng.choice([0.0, 0.02, 0.04], p=[0.5, 0.35, 0.15])
        on_arm = np.clip((x - 0.18) / 0.06, 0, 1) * np.clip((0.68 - x) / 0.04, 0, 1)
        belly = np.clip((0.1 - y) / 0.25, 0, 1) * (x < 0.2)
        shell(
            inside,
            0.007 + fit * (0.5 + 0.7 * bulk) + wide * (on_arm * 0.7 + belly * 0.6) * (0.5 + bulk),
            TOP,
            materials.cloth(TOP, rng),
        )
    if skirt or long_coat:
        parts.append(_skirt(vertices, rng, materials, long_coat))
    if rng.random() < 0.04:  # gloves
        shell(x - 0.69, np.full(len(y), 0.003), HAT, materials.cloth(HAT, rng, 0.9))
    parts += _head(figure, vertices, normal, rng, materials)
    skin = _skin(figure, vertices, normal, hidden, rng, materials, feet)
    return joined([skin, *parts])


def _bulk(template: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(V,) 0..1, slowly changing over the body: folds of wide cloth."""
    total = np.zeros(len(template))
    for _ in range(4):
        total += np.sin(template @ rng.normal(size=3) * 25 + rng.uniform(0, 6.3))
    return np.clip(0.5 + total / 5, 0, 1)


def _shell(figure, vertices, normal, thickness, inside, keep, material, colour):
    """Part of the surface, lifted by thickness (V,) m; drawn where inside (V,) is positive."""
    faces = figure.faces[keep[figure.faces].all(axis=1)]
    used, faces = np.unique(faces, return_inverse=True)
    faces = faces.reshape(-1, 3)
    points = vertices[used] + normal[used] * np.broadcast_to(thickness, len(vertices))[used, None]
    return Mesh(
        position=points,
        normal=normals(points, faces),
        template=figure.template[used],
        joints=figure.joints[used],
        weights=figure.weights[used],
        colour=np.broadcast_to(colour, (len(used), 3)),
        kind=np.column_stack([np.full(len(used), material), inside[used]]),
        faces=faces,
    )


def _skin(figure, vertices, normal, hidden, rng, materials, feet):
    """The body itself, where no garment hides it."""
    tone = colours.skin(rng)
    region, template = figure.region, figure.template
    colour = np.tile(tone, (len(vertices), 1))
    # Cheeks, knuckles and knees are never one flat colour.
    colour *= 1 + 0.12 * (_bulk(template, rng)[:, None] - 0.5) * [1.0, 1.3, 1.3]
    colour[region["lips"]] = tone * rng.uniform([0.8, 0.35, 0.35], [1.0, 0.7, 0.7])
    colour[region["eyes"]] = 0.75
    colour[region["iris"]] = colours.linear(rng.uniform([30, 30, 20], [110, 120, 120]))
    colour[region["pupil"]] = 0.01
    dark = tone * rng.uniform(0.1, 0.5)
    colour[region["brows"]] = dark
    if rng.random() < 0.2:  # beard
        chin = figure.head & (template[:, 2] > 0.02) & (template[:, 1] < 0.305)
        colour[chin & ~region["lips"]] = dark + 0.2 * tone * rng.random()
    if rng.random() < 0.3:  # socks, tights
        feet = feet | (template[:, 1] < rng.choice([-1.1, -0.95, -0.4]))
        colour[feet & ~(np.abs(template[:, 0]) > 0.3)] = colours.cloth(rng)
    materials.set(SKIN, wrinkles=rng.uniform(0.05, 0.2), shine=rng.choice([0.0, 0.08, 0.2]))
    faces = figure.faces[(hidden[figure.faces] < HIDDEN).any(axis=1)]
    return Mesh(
        vertices, normal, template, figure.joints, figure.weights, colour,
        np.tile([SKIN, 1.0], (len(vertices), 1)), faces,
    )  # fmt: skip


def _skirt(vertices, rng, materials, coat):
    """A tube from the waist over both thighs; open in front where it is a coat."""
    if coat:
        materials.colour[SKIRT], materials.look[SKIRT] = materials.colour[TOP], materials.look[TOP]
        colour = None
    else:
        colour = materials.cloth(SKIRT, rng)
    top, hem = (-0.22, rng.uniform(-0.95, -0.6)) if coat else (-0.14, rng.uniform(-1.0, -0.52))
    rows, columns = 12, 37
    flare = rng.uniform(0.02, 0.22)
    angle = np.linspace(0, 2 * np.pi, columns)
    if coat:
        gap = rng.uniform(0.05, 0.5)
        angle = np.linspace(np.pi / 2 + gap, 2.5 * np.pi - gap, columns)
    legs = vertices[np.abs(vertices[:, 0]) < 0.3]
    grid = np.zeros((rows, columns, 3))
    a = b = 0.0
    pleats = rng.choice([0.0, 0.012]) * np.sin(angle * 14)
    for row, y in enumerate(np.linspace(top, hem, rows)):
        near = legs[np.abs(legs[:, 1] - y) < 0.05]
        share = row / (rows - 1)
        a = max(a, np.abs(near[:, 0]).max() + 0.015)
        b = max(b, np.ptp(near[:, 2]) / 2 + 0.015)
        z = (near[:, 2].max() + near[:, 2].min()) / 2
        grow = 1 + flare * share + pleats * share
        grid[row, :, 0] = a * grow * np.cos(angle)
        grid[row, :, 1] = y
        grid[row, :, 2] = z + b * grow * np.sin(angle)
    down = np.clip((CROTCH + 0.1 - grid[..., 1]) / 0.2, 0, 1) * 0.9
    left = 0.5 + 0.5 * np.tanh(grid[..., 0] / 0.06)
    weights = np.stack([1 - down, down * left, down * (1 - left), np.zeros_like(down)], -1)
    joints = np.array([JOINT["pelvis"], JOINT["left_hip"], JOINT["right_hip"], 0])
    colour = colours.cloth(rng) if colour is None else colour
    return bound(grid, joints, weights, colour, SKIRT)


def _head(figure, vertices, normal, rng, materials):
    """Hair, and sometimes a hat."""
    parts = []
    tone = colours.hair(rng)
    materials.set(HAIR, tone * 0.6, 5, 60.0, rng.uniform(0.3, 0.9), rng.choice([0.0, 0.2]))
    scalp, template = figure.region["hair"], figure.template
    bald = rng.random() < 0.08
    # Inside the scalp and not at its border, where it would show an edge.
    share = np.zeros(len(vertices))
    share[scalp] = 1.0
    for _ in range(2):
        mean = share[figure.faces].mean(axis=1)
        total = np.bincount(figure.faces.ravel(), np.repeat(mean, 3), minlength=len(share))
        count = np.bincount(figure.faces.ravel(), minlength=len(share))
        share = np.where(scalp, total / np.maximum(count, 1), share)
    if not bald:
        volume = rng.choice([0.001, 0.012, 0.03, 0.05], p=[0.35, 0.35, 0.2, 0.1])
        top = np.clip((template[:, 1] - 0.32) / 0.1, 0.3, 1)
        lift = 0.001 + volume * np.clip(2 * share - 1, 0, 1) * top
        inside = np.where(scalp, 1.0, share - 0.3)
        parts.append(_shell(figure, vertices, normal, lift, inside, inside > -0.2, HAIR, tone))
    if not bald and rng.random() < 0.38:
        parts.append(_long_hair(figure, vertices, rng, tone))
    if rng.random() < 0.12:
        edge = rng.uniform(0.40, 0.425)
        lift = np.full(len(vertices), rng.uniform(0.014, 0.03))
        colour = materials.cloth(HAT, rng, 0.8)
        inside = np.where(figure.head, template[:, 1] - edge - 0.12 * template[:, 2], -1.0)
        parts.append(_shell(figure, vertices, normal, lift, inside, inside > -0.02, HAT, colour))
        if rng.random() < 0.6:
            parts.append(_brim(figure, vertices, edge, rng, colour))
    return parts


def _head_ellipse(figure, vertices, y):
    """Middle z and half axes of the head at a height of the rest body, metres."""
    near = vertices[figure.head & (np.abs(figure.template[:, 1] - y) < 0.02)]
    return near[:, 1].mean(), near[:, 2].mean(), np.abs(near[:, 0]).max(), np.ptp(near[:, 2]) / 2


def _long_hair(figure, vertices, rng, tone):
    """A sheet around the back of the head, down to the neck or the back."""
    rows, columns = 10, 25
    height, z, a, b = _head_ellipse(figure, vertices, 0.40)
    low = rng.choice([0.24, 0.14, 0.0], p=[0.4, 0.4, 0.2])
    spread = rng.uniform(1.4, 2.0)
    angle = np.linspace(-spread, spread, columns)  # from straight back
    tail = rng.random() < 0.3
    grid = np.zeros((rows, columns, 3))
    for row, share in enumerate(np.linspace(0, 1, rows)):
        wide = 1.08 if not tail else 1.05 - 0.85 * np.clip(share / 0.4, 0, 1)
        grid[row, :, 0] = a * wide * np.sin(angle)
        grid[row, :, 1] = height + 0.02 - share * (0.40 - low)
        back = 1.05 + (0.1 if tail else 0.0) + 0.12 * np.sin(np.pi * share)
        grid[row, :, 2] = (
            z - b * back * np.cos(angle) * (wide if tail else 1) - (b * (1 - wide) if tail else 0)
        )
    down = np.clip((0.32 - grid[..., 1] + height - 0.40) / 0.15, 0, 1) * 0.75
    weights = np.stack([1 - down, down * 0.5, down * 0.5, np.zeros_like(down)], -1)
    joints = np.array([JOINT["head"], JOINT["neck"], JOINT["spine3"], 0])
    return bound(grid, joints, weights, tone, HAIR)


def _brim(figure, vertices, edge, rng, colour):
    """A cap's peak, or a brim all around."""
    height, z, a, b = _head_ellipse(figure, vertices, edge)
    around = rng.random() < 0.3
    angle = np.linspace(-np.pi, np.pi, 25) if around else np.linspace(-1.1, 1.1, 13)
    width = rng.uniform(0.04, 0.08)
    out = np.linspace(0.02, 0.02 + width, 3)[:, None]
    grid = np.stack(
        [
            (a + out) * np.sin(angle),
            np.broadcast_to(height + 0.015 - 0.15 * (out - 0.02), (3, len(angle))),
            z + (b + out) * np.cos(angle),
        ],
        axis=-1,
    )
    weights = np.zeros((*grid.shape[:2], 4))
    weights[..., 0] = 1
    return bound(grid, np.array([JOINT["head"], 0, 0, 0]), weights, colour, HAT)
