"""Clothes and hair over the body: parts of its own mesh, displaced, which follow the same bones."""

import bpy
import numpy as np
from surfaces import material, remember_places

_SIDES = ("left", "right")
_EYES = {"eyes": (0.75, 0.75, 0.72), "iris": (0.08, 0.05, 0.03), "pupil": (0.005, 0.005, 0.005)}
_FOLDS = 0.5  # of a garment's looseness
_RINGS, _SPOKES = 14, 40  # of a skirt
_WAIST, _FULLEST = 0.12, 0.05  # m over and under the hips; below, legs part and shirts hang
_UNDER_SKIRT = 0.15  # share of the leg that is covered
_PLEATS = 0.04  # their depth, in metres for one down


def dress(character, body, person: dict) -> None:
    """Colour the body's regions anew and put garments and hair over it.

    person: the Person of the specification as a dictionary.
    """
    parts = _parts(body, person)
    remember_places(character.body.data)
    _paint(character.body, body, parts, person)
    top, trousers, flare = person["top"], person["trousers"], _towards_hems(body)
    _garment(character.body, "hair", parts["hair"], person["hair_volume"])
    _garment(character.body, "top", parts["top"], top["loose"], top["flare"] * flare, top)
    if person["hem"]:
        _tube(character, body, "hem", top, person["hem"], 0.1)
    if person["skirt"]:
        _tube(character, body, "skirt", trousers, person["skirt"], 0.25)
    else:
        # Tight at the waist, where the shirt hangs over them.
        leg = _along(body, "hip", "ankle")
        flare = trousers["flare"] * flare - trousers["loose"] * np.clip(0.6 - 3 * leg, 0, 0.6)
        _garment(character.body, "trousers", parts["trousers"], trousers["loose"], flare, trousers)
    if person["bun"]:
        _bun(character, body, person["hair"], person["bun"])


def _along(body, start: str, end: str) -> np.ndarray:
    """(V,) how far along the limbs from `start` to `end`, of the nearer side; 0 to 1 between."""
    from onetake.backend.motion.skeleton import JOINT

    rest = body.J_regressor @ body.v_template
    left = body.v_template[:, 0] > 0
    shares = []
    for side in _SIDES:
        a, b = rest[JOINT[f"{side}_{start}"]], rest[JOINT[f"{side}_{end}"]]
        shares.append((body.v_template - a) @ (b - a) / ((b - a) @ (b - a)))
    return np.where(left, *shares)


def _of_joints(body, *names: str) -> np.ndarray:
    """(V,) share of the skin weights that both sides' joints have."""
    from onetake.backend.motion.skeleton import JOINT

    return body.weights[:, [JOINT[f"{side}_{name}"] for side in _SIDES for name in names]].sum(1)


def _parts(body, person: dict) -> dict[str, np.ndarray]:
    """Which vertices (V,) bool each part has; what has none is skin, or the eyes."""
    names = [str(name) for name in body.extra["region_names"]]
    region = body.extra["region"]
    of = {name: region == index for index, name in enumerate(names)}
    on_arm = _of_joints(body, "shoulder", "elbow", "wrist", "hand") > 0.5
    arm, leg = _along(body, "shoulder", "wrist"), _along(body, "hip", "ankle")
    sleeves = on_arm & (arm <= person["sleeves"]) & (of["top"] | of["skin"])
    length = _UNDER_SKIRT if person["skirt"] else person["legs"]
    return {
        "hair": of["hair"],
        "brows": of["brows"],
        "lips": of["lips"],
        "shoes": of["shoes"],
        "top": (of["top"] & ~on_arm) | sleeves,
        "trousers": of["trousers"] & (leg <= length),
    }


def _towards_hems(body) -> np.ndarray:
    """(V,) 0 on the trunk, rising to 1 at wrists and ankles."""
    arm = np.where(_of_joints(body, "shoulder", "elbow", "wrist") > 0.5,
                   _along(body, "shoulder", "wrist"), 0.0)  # fmt: skip
    leg = np.where(_of_joints(body, "hip", "knee", "ankle") > 0.5,
                   _along(body, "hip", "ankle"), 0.0)  # fmt: skip
    return np.clip(np.maximum(arm, leg), 0.0, 1.0)


def _paint(body_object: bpy.types.Object, body, parts: dict, person: dict) -> None:
    """A material a part on the body itself; under a garment it has the garment's."""
    mesh = body_object.data
    skin = np.array(person["skin"])
    looks = {
        "skin": person["skin"],
        "lips": (skin * [0.85, 0.6, 0.6]).tolist(),
        "hair": person["hair"],
        "brows": (0.6 * np.array(person["hair"])).tolist(),
        "shoes": person["shoes"],
        **_EYES,
    }
    made = {name: material(name, colour) for name, colour in looks.items()}
    made |= {name: _cloth(name, person[name]) for name in ("top", "trousers")}
    mesh.materials.clear()
    for each in made.values():
        mesh.materials.append(each)
    slots = {name: slot for slot, name in enumerate(made)}
    vertex_slot = np.full(len(body.v_template), slots["skin"])
    names = [str(name) for name in body.extra["region_names"]]
    for name in _EYES:
        vertex_slot[body.extra["region"] == names.index(name)] = slots[name]
    for name, chosen in parts.items():
        vertex_slot[chosen] = slots[name]
    faces = np.sort(vertex_slot[body.f if body.quads is None else body.quads], axis=1)
    # Three corners of four decide; between two and two the later slot, which is the garment.
    mesh.polygons.foreach_set("material_index", faces[:, 2].astype(np.int32))


def _cloth(name: str, cloth: dict) -> bpy.types.Material:
    return material(name, cloth["colour"], cloth["second"], cloth["pattern"])


def _garment(
    body_object: bpy.types.Object,
    name: str,
    vertices: np.ndarray,
    loose: float,
    flare: np.ndarray | float = 0.0,
    cloth: dict | None = None,
) -> None:
    """A copy of the body that shows only `vertices` (V,) bool, `loose` metres outside the skin.

    flare (V,): metres that are added. Without a cloth it looks as the body does there.
    """
    made = body_object.copy()
    made.data = body_object.data.copy()
    made.name = name
    body_object.users_collection[0].objects.link(made)
    if cloth:
        made.data.materials.clear()
        made.data.materials.append(_cloth(f"{name} outside", cloth))
        slots = np.zeros(len(made.data.polygons), np.int32)
        made.data.polygons.foreach_set("material_index", slots)
    distance = vertices * (loose + flare)
    largest = max(float(distance.max()), 1e-6)
    _group(made, "kept", vertices.astype(float))
    _group(made, "distance", distance / largest)
    modifiers = made.modifiers
    mask = modifiers.new("mask", "MASK")
    mask.vertex_group = "kept"
    out = modifiers.new("out", "DISPLACE")
    out.strength, out.mid_level, out.vertex_group = largest, 0.0, "distance"
    folds = modifiers.new("folds", "DISPLACE")
    folds.texture = _noise()
    folds.strength, folds.mid_level, folds.vertex_group = _FOLDS * largest, 0.5, "distance"
    relaxed = modifiers.new("relaxed", "SMOOTH")
    relaxed.factor, relaxed.iterations = 0.5, 3
    modifiers.move(modifiers.find("Armature"), len(modifiers) - 1)  # posed when it is complete


def _group(item: bpy.types.Object, name: str, weights: np.ndarray) -> None:
    group = item.vertex_groups.new(name=name)
    steps = np.round(np.asarray(weights) * 100)  # a call a step, not one a vertex
    for step in np.unique(steps[steps > 0]):
        group.add(np.flatnonzero(steps == step).tolist(), step / 100, "REPLACE")


def _noise() -> bpy.types.Texture:
    texture = bpy.data.textures.get("folds")
    if texture is None:
        texture = bpy.data.textures.new("folds", "CLOUDS")
        texture.noise_scale = 0.09
    return texture


def _tube(character, body, name: str, cloth: dict, below: float, widening: float) -> None:
    """Cloth around hips and thighs, from the waist to `below` metres under the hips.

    The pelvis carries it above, the nearer thigh below. widening: metres for one down.
    """
    from onetake.backend.motion.skeleton import JOINT, JOINTS

    vertices = body.rest_vertices(character.betas).astype(float)
    rest = body.J_regressor @ vertices
    hips = rest[[JOINT["left_hip"], JOINT["right_hip"]]].mean(axis=0)
    trunk = vertices[_of_joints(body, "shoulder", "elbow", "wrist", "hand") < 0.3]
    angles = np.arange(_SPOKES) / _SPOKES * 2 * np.pi
    outwards = np.stack([np.sin(angles), np.cos(angles)], axis=1)
    points, thigh = [], []
    for share in np.linspace(0.0, 1.0, _RINGS):
        y = hips[1] + _WAIST - share * (below + _WAIST)
        near = np.abs(trunk[:, 1] - max(y, hips[1] - _FULLEST)) < 0.02
        centre, around = trunk[near].mean(axis=0), trunk[near][:, [0, 2]]
        reach = ((around - centre[[0, 2]]) @ outwards.T).max(axis=0)
        fall = max(hips[1] - y, 0.0)
        # The waistband lies under the shirt, or on the skin.
        out = cloth["loose"] * (0.6 + share) + 0.01 * share
        out = out + fall * (widening + _PLEATS * np.sin(_SPOKES / 5 * angles))
        ring = centre[[0, 2]] + outwards * (reach + out)[:, None]
        points.append(np.stack([ring[:, 0], np.full(_SPOKES, y), ring[:, 1]], axis=1))
        thigh.append(np.full(_SPOKES, 0.95 * np.clip((fall + 0.04) / 0.18, 0, 1)))
    places, thigh = np.concatenate(points), np.concatenate(thigh)
    left = np.clip(0.5 + (places[:, 0] - hips[0]) / 0.2, 0, 1)
    around = np.arange(_SPOKES)
    corners = [around, np.roll(around, -1), np.roll(around, -1) + _SPOKES, around + _SPOKES]
    quads = [np.stack(corners, axis=1) + ring * _SPOKES for ring in range(_RINGS - 1)]
    # The character stands on the soles of its rest pose.
    _follow(character, name, places - [0, vertices[:, 1].min(), 0], np.concatenate(quads), cloth, {
        JOINTS[0]: 1 - thigh,
        "left_hip": thigh * left,
        "right_hip": thigh * (1 - left),
    })  # fmt: skip


def _bun(character, body, colour: list[float], radius: float) -> None:
    """A knot of hair at the back of the head."""
    vertices = body.rest_vertices(character.betas).astype(float)
    names = [str(name) for name in body.extra["region_names"]]
    hair = vertices[body.extra["region"] == names.index("hair")]
    middle = hair[hair[:, 2].argmin()] + [0.0, 0.03, -0.4 * radius]
    u, v = np.meshgrid(np.arange(24) / 24 * 2 * np.pi, np.linspace(0, np.pi, 13))
    ball = np.stack([np.sin(v) * np.cos(u), np.cos(v), np.sin(v) * np.sin(u)], axis=-1)
    around = np.arange(24)
    corners = [around, np.roll(around, -1), np.roll(around, -1) + 24, around + 24]
    quads = [np.stack(corners, axis=1) + ring * 24 for ring in range(12)]
    places = middle + radius * ball.reshape(-1, 3) - [0, vertices[:, 1].min(), 0]
    look = {"colour": colour, "second": None, "pattern": "plain"}
    _follow(character, "bun", places, np.concatenate(quads), look, {"head": np.ones(len(places))})


def _follow(
    character,
    name: str,
    places: np.ndarray,
    faces: np.ndarray,
    look: dict,
    shares: dict[str, np.ndarray],
) -> None:
    """A new mesh of vertices (N, 3), y up, that follows bones by their shares (N,)."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata((places[:, [0, 2, 1]] * [1, -1, 1]).tolist(), [], faces.tolist())
    mesh.shade_smooth()
    remember_places(mesh)
    mesh.materials.append(_cloth(name, look))
    made = bpy.data.objects.new(name, mesh)
    character.body.users_collection[0].objects.link(made)
    for bone, share in shares.items():
        _group(made, bone, share)
    made.parent = character.armature
    made.modifiers.new("Armature", "ARMATURE").object = character.armature
