"""Plain colours for the body's regions, shared by every character of the file."""

import bpy

# Linear RGB and roughness.
_LOOKS = {
    "skin": ((0.60, 0.35, 0.25), 0.55),
    "lips": ((0.48, 0.20, 0.17), 0.45),
    "eyes": ((0.75, 0.75, 0.72), 0.15),
    "iris": ((0.10, 0.055, 0.03), 0.1),
    "pupil": ((0.005, 0.005, 0.005), 0.1),
    "brows": ((0.045, 0.028, 0.02), 0.7),
    "hair": ((0.045, 0.028, 0.02), 0.6),
    "trousers": ((0.035, 0.05, 0.10), 0.85),
    "shoes": ((0.06, 0.06, 0.065), 0.5),
}

# People are told apart by their tops.
_TOPS = (
    (0.05, 0.22, 0.38), (0.45, 0.10, 0.07), (0.10, 0.30, 0.12),
    (0.50, 0.33, 0.05), (0.25, 0.12, 0.35), (0.45, 0.45, 0.43),
)  # fmt: skip


def body_materials(regions: list[str], person_id: int) -> list[bpy.types.Material]:
    """One material a region, in this order; those without a look of their own are like skin."""
    return [_material(region, person_id) for region in regions]


def _material(region: str, person_id: int) -> bpy.types.Material:
    if region == "top":
        name = f"OneTake top {person_id}"
        color, roughness = _TOPS[(person_id - 1) % len(_TOPS)], 0.85
    else:
        name = f"OneTake {region}"
        color, roughness = _LOOKS.get(region, _LOOKS["skin"])
    material = bpy.data.materials.get(name)
    if material:
        return material
    material = bpy.data.materials.new(name)
    if not material.node_tree:  # Blender 5 makes the nodes itself and deprecates the switch
        material.use_nodes = True
    # Nodes are named in the user's language: find the shader by its type.
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (*color, 1.0)
    shader.inputs["Roughness"].default_value = roughness
    # What Workbench and the solid viewport show.
    material.diffuse_color = (*color, 1.0)
    material.roughness = roughness
    return material
