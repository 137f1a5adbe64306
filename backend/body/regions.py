"""Parts of the surface: clothes and colours with clean borders, and the soles of the feet.

Borders of clothes are edge loops of the mesh, so a colour for each vertex makes a straight hem.
Vertex numbers are MakeHuman's, on the left side or in the middle; the right is their mirror.
"""

import cv2
import numpy as np
from scipy.sparse import diags
from scipy.sparse.csgraph import connected_components

from ..motion.skeleton import JOINT
from . import makehuman
from .skin import Skin, diffuse, normals

REGIONS = (
    "skin", "eyes", "hair", "top", "trousers", "shoes", "lips", "brows", "iris", "pupil",
)  # fmt: skip

# Two neighbours on each loop: the loop goes on straight from there.
NECKLINE = (1526, 8207)
SLEEVE = (8385, 8384)
HEM = (4317, 10981)
ANKLE = (12981, 12982)
FACE = (747, 7448)  # over the forehead and under the chin, in front of the ears

# A vertex inside each garment.
INSIDE = {"top": 1401, "trousers": 4329, "shoes": 11551, "face": 5054}

TRAGUS = 12333  # in front of the left ear's canal
HAIRLINE = np.radians(
    [15.0, 228.0]
)  # sideburns and nape, seen from the ear, up from straight ahead
EAR = 0.030  # metres around the ear's canal that stay bare

HAIR = 0.008  # metres of short hair above the scalp

# The left brow from the nose outwards, relative to the middle of the eyeball, metres.
BROW = np.array(
    [[-0.014, 0.0142], [-0.004, 0.0152], [0.004, 0.0150], [0.011, 0.0134], [0.018, 0.0096]]
)
BROW_WIDTH = 0.0028

PUPIL, IRIS = np.radians([15.0, 30.0])  # half openings seen from the middle of the eyeball

SOLE = 0.008  # what of the foot lies this near the floor is sole
HEEL, TOE = 0.33, 0.40  # share of the foot's length, from its back and from its front


def edge_loop(surface: Skin, first: int, second: int) -> np.ndarray:
    """Vertices of the loop that goes straight on from the edge between two of our vertices."""
    faces: dict[int, set[int]] = {}
    for face, corners in enumerate(surface.quads.tolist()):
        for corner in corners:
            faces.setdefault(corner, set()).add(face)
    links = surface.neighbours
    loop = [first, second]
    while True:
        beside = surface.quads[list(faces[loop[-2]] & faces[loop[-1]])].ravel()
        around = links.indices[links.indptr[loop[-1]] : links.indptr[loop[-1] + 1]]
        (ahead,) = set(around.tolist()) - set(beside.tolist())  # one at a regular vertex
        if ahead == first:
            return np.array(loop)
        assert ahead not in loop, "the loop crosses itself"
        loop.append(ahead)


def _clothes(surface: Skin) -> dict[str, np.ndarray]:
    """(V,) masks of the garments and of the face; borders belong to shirt, shoes and face."""
    seeds = {"neck": NECKLINE, "sleeve": SLEEVE, "hem": HEM, "ankle": ANKLE, "face": FACE}
    loops = {}
    for name, seed in seeds.items():
        left = edge_loop(surface, *surface.local(np.array(seed)))
        loops[name] = np.union1d(left, surface.mirror[left])
    open_ = np.ones(len(surface.index))
    open_[np.concatenate(list(loops.values()))] = 0
    part = connected_components(diags(open_) @ surface.neighbours @ diags(open_))[1]
    masks = {}
    for name, vertex in INSIDE.items():
        inside = surface.local(np.array([vertex]))[0]
        masks[name] = np.isin(part, part[[inside, surface.mirror[inside]]])
    for name, borders in (
        ("top", ("neck", "sleeve", "hem")),
        ("shoes", ("ankle",)),
        ("face", ("face",)),
    ):
        for border in borders:
            masks[name][loops[border]] = True
    return masks


def _lips(surface: Skin) -> np.ndarray:
    """(V,) bool, from MakeHuman's mask of the lips in texture space."""
    mask = cv2.imread(str(makehuman.data_folder() / "textures" / "mpfb_lips.jpg"), 0)
    assert mask is not None, "mpfb_lips.jpg cannot be read"
    u, v = surface.uv[surface.quads_uv].T * (mask.shape[0] - 1)
    lips = np.zeros(len(surface.index), bool)
    lips[surface.quads.T[mask[(mask.shape[0] - 1 - v).astype(int), u.astype(int)] > 200]] = True
    return lips


def _eyeball(surface: Skin, side: str) -> np.ndarray:
    return surface.local(np.unique(makehuman.base_mesh().quads[f"helper-{side}-eye"]))


def _near_line(points: np.ndarray, line: np.ndarray, width: float) -> np.ndarray:
    """(...) bool: whether 2D points (..., 2) are within width of a polyline (K, 2)."""
    start, step = line[:-1], np.diff(line, axis=0)
    offset = points[..., None, :] - start
    along = np.clip(np.sum(offset * step, -1) / np.sum(step**2, -1), 0, 1)
    return np.linalg.norm(offset - along[..., None] * step, axis=-1).min(-1) < width


def label(surface: Skin, vertices: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(V,) index into REGIONS of each vertex of the rest (V, 3), with its skin weights (V, 24)."""
    names = np.zeros(len(vertices), np.uint8)
    parts = _clothes(surface)
    face = parts.pop("face")
    for name, mask in parts.items():
        names[mask] = REGIONS.index(name)
    head = weights[:, [JOINT["head"], JOINT["neck"]]].sum(1) > 0.5
    ear = vertices[surface.local(np.array([TRAGUS]))[0]]
    y, z = vertices[:, 1] - ear[1], vertices[:, 2] - ear[2]
    angle = np.arctan2(y, z) % (2 * np.pi)
    hair = head & (angle > HAIRLINE[0]) & (angle < HAIRLINE[1]) & (np.hypot(y, z) > EAR)
    names[hair & ~face & (names == 0)] = REGIONS.index("hair")
    names[_lips(surface)] = REGIONS.index("lips")
    for side in "lr":
        ball = _eyeball(surface, side)
        centre = vertices[ball].mean(0)
        offset = vertices - centre
        outwards = offset[:, 0] * np.sign(centre[0])
        brow = _near_line(np.stack([outwards, offset[:, 1]], -1), BROW, BROW_WIDTH)
        names[brow & head & (offset[:, 2] > 0)] = REGIONS.index("brows")
        names[ball] = REGIONS.index("eyes")
        opening = np.arccos(offset[ball, 2] / np.linalg.norm(offset[ball], axis=1))
        names[ball[opening < IRIS]] = REGIONS.index("iris")
        names[ball[opening < PUPIL]] = REGIONS.index("pupil")
    return names


def hair_volume(surface: Skin, vertices: np.ndarray, region: np.ndarray) -> np.ndarray:
    """(V, 3) offset that lifts hair off the scalp of vertices (V, 3), less at the hairline."""
    mask = (region == REGIONS.index("hair")).astype(float)
    share = np.clip(2 * diffuse(mask, 0.015, vertices, surface.neighbours) - 1, 0, 1)
    return HAIR * share[:, None] * normals(vertices, surface.quads)


def soles(vertices: np.ndarray) -> dict[str, np.ndarray]:
    """Vertex numbers of each heel and toe that carry a standing body; vertices (V, 3) of the rest.

    Keys sole_left_heel, sole_left_toe, sole_right_heel, sole_right_toe: the order of contacts.
    """
    parts = {}
    for side, sign in (("left", 1), ("right", -1)):
        low = vertices[:, 1] < vertices[:, 1].min() + SOLE
        sole = np.flatnonzero(low & (sign * vertices[:, 0] > 0))
        z = vertices[sole, 2]
        share = (z - z.min()) / np.ptp(z)
        parts[f"sole_{side}_heel"] = sole[share < HEEL]
        parts[f"sole_{side}_toe"] = sole[share > 1 - TOE]
    return parts
