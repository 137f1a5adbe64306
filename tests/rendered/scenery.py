"""The set: floor, walls, furniture, sky and lights."""

import math

import bpy
from surfaces import material, remember_places

_WIDE = 40.0  # metres of floor and wall
_PATTERN = 8.0  # how much larger than a garment's patterns those of rooms are


def build_set(scenery: dict) -> None:
    """Build the Scenery of the specification, as a dictionary, around the origin."""
    floor = scenery["floor"]
    _plane("floor", floor, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    for number, wall in enumerate(scenery["walls"]):
        x, y = _towards(wall["azimuth"], wall["distance"])
        turned = (math.pi / 2, 0.0, math.radians(wall["azimuth"]))
        _plane(f"wall {number}", wall, (x, y, 0.0), turned)
    for number, box in enumerate(scenery["boxes"]):
        x, up, z = box["centre"]
        width, height, depth = box["size"]
        bpy.ops.mesh.primitive_cube_add(
            size=1.0, location=(x, -z, up), rotation=(0.0, 0.0, math.radians(box["azimuth"]))
        )
        bpy.context.object.scale = (width, depth, height)
        bpy.context.object.data.materials.append(material(f"box {number}", box["colour"]))
    _sky(scenery["sky"], scenery["light"])
    if scenery["sun"]:
        _sun(scenery["sun"])
    for lamp in scenery["lamps"]:
        _lamp(lamp)


def _towards(azimuth: float, distance: float) -> tuple[float, float]:
    """Blender's x and y of a place on the floor: the world's z is -y here."""
    a = math.radians(azimuth)
    return distance * math.sin(a), -distance * math.cos(a)


def _plane(name: str, look: dict, location: tuple, rotation: tuple) -> None:
    bpy.ops.mesh.primitive_plane_add(size=_WIDE, location=location, rotation=rotation)
    mesh = bpy.context.object.data
    remember_places(mesh)
    mesh.materials.append(
        material(name, look["colour"], look["second"], look["pattern"], _PATTERN, across="X")
    )


def _sky(colour: list[float], strength: float) -> None:
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    if not world.node_tree:  # Blender 5 makes the nodes itself and deprecates the switch
        world.use_nodes = True
    background = next(n for n in world.node_tree.nodes if n.type == "BACKGROUND")
    background.inputs["Color"].default_value = (*colour, 1.0)
    background.inputs["Strength"].default_value = strength


def _sun(sun: dict) -> None:
    light = bpy.data.lights.new("sun", "SUN")
    light.energy, light.angle = sun["strength"], math.radians(1.0)
    made = bpy.data.objects.new("sun", light)
    # A lamp shines along its -z: tipped by the distance from the zenith, then turned.
    made.rotation_euler = (math.radians(90 - sun["elevation"]), 0.0, math.radians(sun["azimuth"]))
    bpy.context.scene.collection.objects.link(made)


def _lamp(lamp: dict) -> None:
    from mathutils import Vector

    x, up, z = lamp["place"]
    light = bpy.data.lights.new("lamp", "AREA")
    light.energy, light.size = lamp["power"], lamp["size"]
    made = bpy.data.objects.new("lamp", light)
    made.location = (x, -z, up)
    made.rotation_mode = "QUATERNION"
    made.rotation_quaternion = Vector((x, -z, up)).to_track_quat("Z", "Y")
    bpy.context.scene.collection.objects.link(made)
