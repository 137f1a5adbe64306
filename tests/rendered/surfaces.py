"""Materials: matt, plain or with a pattern."""

import bpy
import numpy as np

_PLACE = "rest_place"  # of each vertex before it is posed, in metres: what patterns follow

# Of a pattern, in metres of the object before it is posed.
_STRIPE, _CHECK, _DOT = 0.05, 0.07, 0.06


def material(
    name: str,
    colour: list[float],
    second: list[float] | None = None,
    pattern: str = "plain",
    scale: float = 1.0,
    across: str = "Z",
) -> bpy.types.Material:
    """A matt surface.

    scale: how much larger than a garment's its pattern is. across: the axis of the rest shape
    along which stripes follow each other.

    A pattern needs `remember_places` of the mesh that wears it.
    """
    made = bpy.data.materials.new(name)
    if not made.node_tree:  # Blender 5 makes the nodes itself and deprecates the switch
        made.use_nodes = True
    nodes, links = made.node_tree.nodes, made.node_tree.links
    nodes.clear()
    output = nodes.new("ShaderNodeOutputMaterial")
    shader = nodes.new("ShaderNodeBsdfDiffuse")  # half the time of a Principled one
    links.new(shader.outputs[0], output.inputs["Surface"])
    shader.inputs["Color"].default_value = (*colour, 1.0)
    made.diffuse_color = (*colour, 1.0)
    if pattern != "plain":
        share = _pattern(made.node_tree, pattern, scale, across)
        mix = nodes.new("ShaderNodeMixRGB")
        links.new(share, mix.inputs[0])
        mix.inputs[1].default_value = (*colour, 1.0)
        mix.inputs[2].default_value = (*(second or colour), 1.0)
        links.new(mix.outputs[0], shader.inputs["Color"])
    return made


def _pattern(
    tree: bpy.types.NodeTree, pattern: str, scale: float, across: str
) -> bpy.types.NodeSocket:
    """0 to 1, how much of the second colour there is."""
    nodes, links = tree.nodes, tree.links
    place = nodes.new("ShaderNodeAttribute")
    place.attribute_name = _PLACE
    if pattern == "stripes":
        node = nodes.new("ShaderNodeTexWave")
        node.bands_direction, node.wave_profile = across, "SIN"
        node.inputs["Scale"].default_value = 0.314 / (_STRIPE * scale)
        steep = nodes.new("ShaderNodeMath")
        steep.operation = "GREATER_THAN"
        links.new(node.outputs["Fac"], steep.inputs[0])
        result = steep.outputs[0]
    elif pattern == "checks":
        node = nodes.new("ShaderNodeTexChecker")
        node.inputs["Scale"].default_value = 1 / (_CHECK * scale)
        result = node.outputs["Fac"]
    elif pattern == "dots":
        node = nodes.new("ShaderNodeTexVoronoi")
        node.inputs["Scale"].default_value = 1 / (_DOT * scale)
        steep = nodes.new("ShaderNodeMath")
        steep.operation = "LESS_THAN"
        steep.inputs[1].default_value = 0.3
        links.new(node.outputs["Distance"], steep.inputs[0])
        result = steep.outputs[0]
    elif pattern == "mottled":
        node = nodes.new("ShaderNodeTexNoise")
        node.inputs["Scale"].default_value = 0.5 / (_DOT * scale)
        result = node.outputs["Fac"] if "Fac" in node.outputs else node.outputs[0]
    else:
        raise ValueError(f"there is no pattern {pattern!r}")
    links.new(place.outputs["Vector"], node.inputs["Vector"])
    return result


def remember_places(mesh: bpy.types.Mesh) -> None:
    """Keep where the mesh's vertices are now, for patterns."""
    places = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", places)
    attribute = mesh.attributes.new(_PLACE, "FLOAT_VECTOR", "POINT")
    # A face that lies exactly between two checks would have either colour.
    attribute.data.foreach_set("vector", places + np.float32(0.0123))
