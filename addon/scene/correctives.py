"""The pose correctives of a body in SMPL's layout: shape keys that the bones turn on by drivers.

The rest vertices move by posedirs @ (R - I), R the turn of each joint but the root against its
parent (Loper et al. 2015, eq. 9). Blender tells a bone's turn as a quaternion in the bone's own
axes. R - I is a sum of nine products of its parts, so there is a key for each of these, and its
driver is a product, which Blender works out without Python.
"""

import bpy
import numpy as np

from ...backend.motion.skeleton import JOINTS
from .armature import rest_frames
from .rest_skeleton import TO_BLENDER, blender_axes

_AXES = "onetake_corrective_axes"  # of the mesh: those of the bones that its keys are made for
_TURNED = JOINTS[1:]
_PRODUCTS = ("xx", "yy", "zz", "xy", "xz", "yz", "wx", "wy", "wz")
_NAMES = tuple(f"{joint} {product}" for joint in _TURNED for product in _PRODUCTS)


def has_correctives(body_object: bpy.types.Object) -> bool:
    """Whether a body's mesh has these keys."""
    return _AXES in body_object.data


def corrective_keys(mesh: bpy.types.Mesh) -> list[bpy.types.ShapeKey]:
    """The 207 keys of a mesh, those of a joint together; none where it has none."""
    return [key for key in mesh.shape_keys.key_blocks if key.name in _NAMES]


def add_correctives(
    body_object: bpy.types.Object, armature: bpy.types.Object, posedirs: np.ndarray
) -> None:
    """Give a body that hangs on an armature of ours its keys and drivers; posedirs (V, 3, 207)."""
    mesh, axes = body_object.data, _bone_axes(armature)
    elements = np.asarray(posedirs, np.float64).reshape(len(mesh.vertices), 3, len(_TURNED), 9)
    moves = np.einsum("vajr,jrp->jpva", elements, _elements(axes))
    for name in _NAMES:
        body_object.shape_key_add(name=name, from_mix=False)
    _write(mesh, blender_axes(moves).reshape(len(_NAMES), -1, 3))
    for key, name in zip(corrective_keys(mesh), _NAMES, strict=True):
        key.slider_min = -1.0  # a driver's value is kept between the two
        _drive(key, armature, *name.split())
    mesh[_AXES] = axes.ravel().tolist()


def remove_correctives(body_object: bpy.types.Object) -> None:
    """Take keys and drivers away again."""
    mesh = body_object.data
    for key in corrective_keys(mesh):
        key.driver_remove("value")
        body_object.shape_key_remove(key)
    mesh.pop(_AXES, None)


def follow_rest(armature: bpy.types.Object) -> None:
    """Turn the keys of an armature's bodies with its bones, whose axes its shape has changed."""
    for item in armature.children:
        if item.type != "MESH" or not has_correctives(item):
            continue
        mesh, now = item.data, _bone_axes(armature)
        before = np.array(mesh[_AXES]).reshape(now.shape)
        if np.allclose(before, now, atol=1e-6):
            continue
        turns = np.linalg.solve(_elements(before), _elements(now))
        moves = _read(mesh).reshape(len(_TURNED), 9, -1)
        _write(mesh, np.einsum("jpv,jpq->jqv", moves, turns).reshape(len(_NAMES), -1, 3))
        mesh[_AXES] = now.ravel().tolist()


def _bone_axes(armature: bpy.types.Object) -> np.ndarray:
    """(23, 3, 3) the axes of the bones that turn, as columns, in SMPL's."""
    return TO_BLENDER.T @ rest_frames(armature)[1][1:]


def _elements(axes: np.ndarray) -> np.ndarray:
    """(J, 9, 9) what each product adds to the elements, row by row, of R - I in SMPL's axes."""
    x, y, z = np.eye(3)

    def both(a: np.ndarray, b: np.ndarray, sign: float) -> np.ndarray:
        return 2.0 * (np.outer(a, b) + sign * np.outer(b, a))

    own = np.array(
        [2.0 * (np.outer(a, a) - np.eye(3)) for a in (x, y, z)]
        + [both(a, b, 1.0) for a, b in ((x, y), (x, z), (y, z))]
        + [both(b, a, -1.0) for a, b in ((y, z), (z, x), (x, y))]
    )  # fmt: skip
    # R = A Q inv(A) with Q in the bone's axes.
    seen = np.einsum("jab,pbc,jdc->jadp", axes, own, axes)
    return seen.reshape(len(axes), 9, 9)


def _drive(key: bpy.types.ShapeKey, armature: bpy.types.Object, bone: str, product: str) -> None:
    driver = key.driver_add("value").driver
    driver.expression = "*".join(product)
    for part in dict.fromkeys(product):
        variable = driver.variables.new()
        variable.name, variable.type = part, "TRANSFORMS"
        target = variable.targets[0]
        target.id, target.bone_target = armature, bone
        target.transform_type, target.transform_space = f"ROT_{part.upper()}", "LOCAL_SPACE"
        target.rotation_mode = "QUATERNION"


def _read(mesh: bpy.types.Mesh) -> np.ndarray:
    """(207, V, 3) how far each key moves the vertices."""
    keys = corrective_keys(mesh)
    points = np.empty((len(keys), len(mesh.vertices), 3), np.float32)
    for key, into in zip(keys, points, strict=True):
        key.points.foreach_get("co", into.ravel())
    return points - _basis(mesh)


def _write(mesh: bpy.types.Mesh, moves: np.ndarray) -> None:
    basis = _basis(mesh)
    for key, move in zip(corrective_keys(mesh), moves, strict=True):
        key.points.foreach_set("co", (basis + move).astype(np.float32).ravel())
    mesh.shape_keys.update_tag()  # Blender 4.2 does not notice
    mesh.update_tag()


def _basis(mesh: bpy.types.Mesh) -> np.ndarray:
    points = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.shape_keys.reference_key.points.foreach_get("co", points.ravel())
    return points
