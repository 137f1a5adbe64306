"""The body as a mesh: ten shape keys, skin weights, materials; it follows the armature's bones."""

import bpy
import numpy as np

from ...backend.motion.body import Body
from ...backend.motion.skeleton import JOINTS
from .materials import body_materials
from .rest_skeleton import blender_axes, levelled

# Hems are edge loops whose vertices belong to the garment over them, so that a face with only one
# edge on the hem is on the other side: these regions come before what they border on.
_FIRST = ("brows", "trousers", "hair", "lips", "skin", "eyes", "iris")

# Standard deviations at the ends of the sliders; nearly everyone is within 3.
_SLIDER = 5.0


def create_body(
    collection: bpy.types.Collection,
    name: str,
    body: Body,
    betas: np.ndarray,
    armature: bpy.types.Object,
    person_id: int,
) -> bpy.types.Object:
    """A new mesh object under the armature, shaped by betas (10,) and skinned to its bones.

    Its basis is the body at betas = 0, its soles at z = 0. Pose correctives, where a body has them,
    are another matter (`correctives`).
    """
    vertices, directions = levelled(body)
    mesh = _mesh(name, blender_axes(vertices), body.f if body.quads is None else body.quads)
    _add_uv(mesh, body)
    mesh.shade_smooth()
    body_object = bpy.data.objects.new(name, mesh)
    collection.objects.link(body_object)
    _add_skin(body_object, body.weights, armature)
    _add_materials(mesh, body, person_id)
    _add_shape_keys(body_object, body, vertices, directions)
    set_betas(body_object, betas)
    return body_object


def set_betas(body_object: bpy.types.Object, betas: np.ndarray) -> None:
    """Give the shape keys the values betas (10,), in standard deviations."""
    keys = body_object.data.shape_keys.key_blocks[1:11]
    for key, beta in zip(keys, np.asarray(betas, float), strict=True):
        # A value outside its slider would be clamped without a word.
        key.slider_min = min(key.slider_min, beta)
        key.slider_max = max(key.slider_max, beta)
        key.value = beta


def _mesh(name: str, vertices: np.ndarray, faces: np.ndarray) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(name)
    count, corners = faces.shape
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", np.ascontiguousarray(vertices, np.float32).ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", np.ascontiguousarray(faces, np.int32).ravel())
    mesh.polygons.add(count)
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, corners, dtype=np.int32))
    mesh.update(calc_edges=True)
    return mesh


def _add_uv(mesh: bpy.types.Mesh, body: Body) -> None:
    """Texture coordinates (M, 2) and which of them each quad's corner has, where there are any."""
    if body.quads is None or "quads_uv" not in body.extra:
        return
    uv = body.extra["uv"][body.extra["quads_uv"].ravel()]
    layer = mesh.uv_layers.new(name="UVMap")
    layer.uv.foreach_set("vector", np.ascontiguousarray(uv, np.float32).ravel())


def _add_skin(
    body_object: bpy.types.Object, weights: np.ndarray, armature: bpy.types.Object
) -> None:
    for joint, name in enumerate(JOINTS):
        group = body_object.vertex_groups.new(name=name)
        for vertex in np.flatnonzero(weights[:, joint]).tolist():
            group.add((vertex,), float(weights[vertex, joint]), "REPLACE")
    body_object.parent = armature
    modifier = body_object.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature


def _add_shape_keys(
    body_object: bpy.types.Object, body: Body, vertices: np.ndarray, directions: np.ndarray
) -> None:
    body_object.shape_key_add(name="Basis", from_mix=False)
    for index in range(directions.shape[2]):
        named = body.beta_names[index] if index < len(body.beta_names) else f"beta {index}"
        key = body_object.shape_key_add(name=named, from_mix=False)
        moved = blender_axes(vertices + directions[..., index])
        key.data.foreach_set("co", np.ascontiguousarray(moved, np.float32).ravel())
        key.slider_min, key.slider_max = -_SLIDER, _SLIDER


def _add_materials(mesh: bpy.types.Mesh, body: Body, person_id: int) -> None:
    """A material a region of the body, where it says which vertex belongs to which."""
    regions = body.extra.get("region")
    names = [str(name) for name in body.extra.get("region_names", ())]
    if regions is None or not names:
        regions, names = np.zeros(len(body.v_template), int), ["skin"]
    for material in body_materials(names, person_id):
        mesh.materials.append(material)
    faces = body.f if body.quads is None else body.quads
    corners = np.array([(regions[faces] == index).sum(axis=1) for index in range(len(names))])
    # Most corners decide; between two and two the first in _FIRST, then the others.
    rank = np.array([_FIRST.index(name) if name in _FIRST else len(_FIRST) for name in names])
    slots = np.argmax(corners - 0.01 * rank[:, None], axis=0).astype(np.int32)
    mesh.polygons.foreach_set("material_index", slots)
