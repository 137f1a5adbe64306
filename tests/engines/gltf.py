"""Reads a GLB: the scene's nodes, its animation at given times, its skinned vertices; numpy only.

Enough of glTF 2.0 for what FBX2glTF writes from one character, so that an FBX can be judged by what
Autodesk's own SDK understood of it.
"""

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_TYPES = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_SIZES = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


@dataclass(frozen=True)
class Glb:
    """One file: the JSON document and its binary chunk."""

    document: dict
    binary: bytes

    @classmethod
    def load(cls, path: str | Path) -> "Glb":
        """ValueError when the file is not a GLB."""
        data = Path(path).read_bytes()
        magic, version, _ = struct.unpack_from("<4sII", data)
        if magic != b"glTF" or version != 2:
            raise ValueError(f"{path} is not a GLB of version 2")
        chunks, offset = {}, 12
        while offset < len(data):
            length, kind = struct.unpack_from("<I4s", data, offset)
            chunks[kind] = data[offset + 8 : offset + 8 + length]
            offset += 8 + length
        return cls(json.loads(chunks[b"JSON"]), chunks.get(b"BIN\0", b""))

    @property
    def names(self) -> list[str]:
        """The nodes' names."""
        return [node.get("name", "") for node in self.document["nodes"]]

    def accessor(self, index: int) -> np.ndarray:
        """(count, components) of one accessor; normalised integers become numbers up to 1."""
        accessor = self.document["accessors"][index]
        view = self.document["bufferViews"][accessor["bufferView"]]
        dtype = np.dtype(_TYPES[accessor["componentType"]])
        size, count = _SIZES[accessor["type"]], accessor["count"]
        array = np.ndarray(
            (count, size),
            dtype,
            self.binary,
            view.get("byteOffset", 0) + accessor.get("byteOffset", 0),
            (view.get("byteStride", size * dtype.itemsize), dtype.itemsize),
        )
        return array / np.iinfo(dtype).max if accessor.get("normalized") else array

    def takes(self) -> dict[str, tuple[float, float]]:
        """Each animation's name with its first and last time, in seconds."""
        found = {}
        for animation in self.document.get("animations", ()):
            times = [self.accessor(sampler["input"]) for sampler in animation["samplers"]]
            first, last = min(map(np.min, times)), max(map(np.max, times))
            found[animation.get("name", "")] = float(first), float(last)
        return found

    def world_matrices(self, times: np.ndarray) -> np.ndarray:
        """(T, nodes, 4, 4) node to world, at times (T,) of the only animation, seconds."""
        nodes = self.document["nodes"]
        local = [self._rest(node, len(times)) for node in nodes]
        (animation,) = self.document["animations"]
        for channel in animation["channels"]:
            sampler = animation["samplers"][channel["sampler"]]
            kind = sampler.get("interpolation", "LINEAR")
            if kind not in ("LINEAR", "STEP"):
                raise ValueError("only linear interpolation and steps are read")
            keys = self.accessor(sampler["input"])[:, 0]
            values = self.accessor(sampler["output"])
            path = channel["target"]["path"]
            local[channel["target"]["node"]][path] = (
                _interpolate(keys, values, times, path)
                if kind == "LINEAR"
                else values[np.clip(np.searchsorted(keys, times, "right") - 1, 0, None)].astype(
                    float
                )
            )
        matrices = np.array([_compose(parts) for parts in local]).swapaxes(0, 1)
        parents = {child: i for i, node in enumerate(nodes) for child in node.get("children", ())}
        world = np.empty_like(matrices)
        done: set[int] = set()

        def finish(index: int) -> None:
            if index in done:
                return
            done.add(index)
            if index in parents:
                finish(parents[index])
                world[:, index] = world[:, parents[index]] @ matrices[:, index]
            else:
                world[:, index] = matrices[:, index]

        for index in range(len(nodes)):
            finish(index)
        return world

    def skinned_vertices(self, world: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Bind positions (V, 3) and posed vertices (T, V, 3) of every skinned mesh.

        world: (T, nodes, 4, 4), see `world_matrices`.
        """
        bound, posed = [], []
        for node in self.document["nodes"]:
            if "skin" not in node:
                continue
            skin = self.document["skins"][node["skin"]]
            inverse = self.accessor(skin["inverseBindMatrices"]).reshape(-1, 4, 4).swapaxes(1, 2)
            bones = world[:, skin["joints"]] @ inverse
            for primitive in self.document["meshes"][node["mesh"]]["primitives"]:
                attributes = primitive["attributes"]
                points = self.accessor(attributes["POSITION"]).astype(float)
                joints = self.accessor(attributes["JOINTS_0"])
                weights = self.accessor(attributes["WEIGHTS_0"]).astype(float)
                homogeneous = np.concatenate([points, np.ones((len(points), 1))], axis=1)
                blended = sum(
                    weights[:, i, None]
                    * np.einsum("tvab,vb->tva", bones[:, joints[:, i]], homogeneous)
                    for i in range(4)
                )
                bound.append(points)
                posed.append(blended[..., :3])
        return np.concatenate(bound), np.concatenate(posed, axis=1)

    @staticmethod
    def _rest(node: dict, count: int) -> dict[str, np.ndarray]:
        if "matrix" in node:
            raise ValueError("nodes with a matrix are not read")
        rest = {
            "translation": node.get("translation", (0, 0, 0)),
            "rotation": node.get("rotation", (0, 0, 0, 1)),
            "scale": node.get("scale", (1, 1, 1)),
        }
        return {key: np.tile(np.array(value, float), (count, 1)) for key, value in rest.items()}


def _interpolate(keys, values, times, path):
    """Values (T, n) at times; rotations along the shorter way."""
    after = np.clip(np.searchsorted(keys, times), 1, max(len(keys) - 1, 1))
    if len(keys) == 1:
        return np.repeat(values, len(times), axis=0).astype(float)
    before = after - 1
    share = np.clip((times - keys[before]) / (keys[after] - keys[before]), 0, 1)[:, None]
    a, b = values[before].astype(float), values[after].astype(float)
    if path == "rotation":
        b = np.where(np.sum(a * b, axis=1, keepdims=True) < 0, -b, b)
    mixed = a + share * (b - a)
    return mixed / np.linalg.norm(mixed, axis=1, keepdims=True) if path == "rotation" else mixed


def _compose(parts: dict[str, np.ndarray]) -> np.ndarray:
    """(T, 4, 4) from translation, rotation (x, y, z, w) and scale."""
    x, y, z, w = parts["rotation"].T
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    ).transpose(2, 0, 1)
    matrices = np.tile(np.eye(4), (len(x), 1, 1))
    matrices[:, :3, :3] = rotation * parts["scale"][:, None, :]
    matrices[:, :3, 3] = parts["translation"]
    return matrices
