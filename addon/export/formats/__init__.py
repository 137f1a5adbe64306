"""One module a format: write(context, character, motion, preset, path)."""

from . import alembic, amass, bvh, fbx, gltf, usd

# By the name that presets give them.
WRITERS = {
    "fbx": fbx.write,
    "glb": gltf.write,
    "bvh": bvh.write,
    "usd": usd.write,
    "alembic": alembic.write,
    "amass": amass.write,
}
