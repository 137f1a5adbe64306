"""Draws a scene straight into BlazePose's crop with OpenGL (no window; Mesa's llvmpipe will do)."""

import os

import moderngl
import numpy as np

from ...people.detector import Region
from .camera import Camera
from .scene import Scene
from .shaders import (
    BACKDROP_FRAGMENT,
    BACKDROP_VERTEX,
    BONES,
    MESH_FRAGMENT,
    MESH_VERTEX,
    SHADOWS,
)

CELLS = 256
SAMPLES = 0  # the region is sampled without smoothing in the product too, and four cost 25 ms
# Joints that darken the floor, and how wide they are, metres.
SHADOW_JOINTS = np.array([10, 11, 4, 5, 0, 9, 20, 21])
SHADOW_RADII = np.array([0.13, 0.13, 0.15, 0.15, 0.24, 0.26, 0.11, 0.11])
_TEXTURES = ("noise", "floor_picture", "wall_picture")
_ATTRIBUTES = ("position", "normal", "unposed", "colour", "joints", "weights", "kind")
_FORMAT = "3f 3f 3f 3f 4f 4f 2f"


class Renderer:
    """One OpenGL context. `load` a scene, then `draw` its frames. Raises when there is no EGL."""

    def __init__(self, cells: int = CELLS, samples: int = SAMPLES) -> None:
        # llvmpipe otherwise takes every core for pictures that one draws in milliseconds.
        os.environ.setdefault("LP_NUM_THREADS", "0")
        self._gl = moderngl.create_context(standalone=True, backend="egl")
        self._gl.enable(moderngl.DEPTH_TEST)
        self._cells = cells
        size = (cells, cells)
        self._target = self._gl.framebuffer(
            [self._gl.renderbuffer(size, 4, samples=samples)],
            self._gl.depth_renderbuffer(size, samples=samples),
        )
        self._resolved = self._gl.framebuffer([self._gl.renderbuffer(size, 4)])
        self._mesh = self._gl.program(vertex_shader=MESH_VERTEX, fragment_shader=MESH_FRAGMENT)
        self._backdrop = self._gl.program(
            vertex_shader=BACKDROP_VERTEX, fragment_shader=BACKDROP_FRAGMENT
        )
        corners = np.array([[-1, -1], [3, -1], [-1, 3]], np.float32)
        self._screen = self._gl.vertex_array(
            self._backdrop, [(self._gl.buffer(corners.tobytes()), "2f", "corner")]
        )
        self._loaded: list = []
        self._body: moderngl.VertexArray | None = None

    def load(self, scene: Scene) -> None:
        """Take this scene for the frames to come."""
        for item in self._loaded:
            item.release()
        packed = self._gl.buffer(scene.mesh.packed().tobytes())
        faces = self._gl.buffer(scene.mesh.faces.astype(np.int32).tobytes())
        self._body = self._gl.vertex_array(
            self._mesh, [(packed, _FORMAT, *_ATTRIBUTES)], faces, index_element_size=4
        )
        pictures = [
            self._texture(scene.noise), self._texture(scene.floor, far=True),
            self._texture(scene.wall),
        ]  # fmt: skip
        self._loaded = [self._body, packed, faces, *pictures]
        for unit, picture in enumerate(pictures):
            picture.use(unit)
        for program in (self._mesh, self._backdrop):
            for unit, name in enumerate(_TEXTURES):
                _set(program, name, unit)
            for name, value in scene.uniforms.items():
                _set(program, name, value)
        self._mesh["material_colour"].write(scene.material_colour.tobytes())
        self._mesh["material_look"].write(scene.material_look.tobytes())

    def _texture(self, picture: np.ndarray, *, far: bool = False) -> moderngl.Texture:
        """far: it is seen at a flat angle, and would flicker; the others are smooth, and fast."""
        texture = self._gl.texture(picture.shape[1::-1], 3, picture.tobytes(), alignment=1)
        if far:
            texture.build_mipmaps()
        texture.filter = (
            moderngl.LINEAR_MIPMAP_NEAREST if far else moderngl.LINEAR,
            moderngl.LINEAR,
        )
        return texture

    def draw(
        self, bones: np.ndarray, joints: np.ndarray, camera: Camera, frame: int, region: Region
    ) -> np.ndarray:
        """The region's crop, u1 (cells, cells, 4): sRGB, and 255 where the person is seen.

        bones (24, 3, 4) rest -> world, joints (24, 3) in the world; camera at frame.
        """
        assert self._body is not None, "load a scene first"
        R, t = camera.R[frame], camera.t[frame]
        to_ndc = image_plane(camera, region, self._cells)
        still = np.eye(3, 4)[None]
        rows = np.concatenate([bones, still]).astype(np.float32)
        assert rows.shape == (BONES, 3, 4), f"bones are {bones.shape}, not (24, 3, 4)"
        eye = -R.T @ t
        self._mesh["bones"].write(rows.tobytes())
        self._mesh["camera_R"].write(R.T.astype(np.float32).tobytes())
        _set(self._mesh, "camera_t", t)
        _set(self._mesh, "across", to_ndc[0])
        _set(self._mesh, "down", to_ndc[1])
        to_world = R.T @ np.linalg.inv(to_ndc)
        self._backdrop["to_world"].write(to_world.T.astype(np.float32).tobytes())
        carried = np.maximum(joints[SHADOW_JOINTS], [-np.inf, 0.0, -np.inf])
        radii = SHADOW_RADII * (1 + 0.5 * carried[:, 1])  # a high joint's shadow is softer
        shadow = np.column_stack([carried, radii**-2]).astype(np.float32)
        assert shadow.shape == (SHADOWS, 4)
        self._backdrop["shadow"].write(shadow.tobytes())
        for program in (self._mesh, self._backdrop):
            _set(program, "eye", eye)
        self._target.use()
        self._target.clear()
        self._body.render()
        self._screen.render()
        self._gl.copy_framebuffer(self._resolved, self._target)
        data = self._resolved.read(components=4, alignment=1)
        return np.frombuffer(data, np.uint8).reshape(self._cells, self._cells, 4)


def image_plane(camera: Camera, region: Region, cells: int) -> np.ndarray:
    """(3, 3): (x/z, y/z, 1) in the camera -> (ndc x, ndc y, 1) of the region's crop.

    Cell k of the crop is where Region.crop samples the picture; its row 0 is at ndc y = -1.
    """
    to_pixels = np.array(
        [[camera.focal, 0, camera.width / 2], [0, camera.focal, camera.height / 2], [0, 0, 1]]
    )
    to_cells = np.linalg.inv(np.vstack([region.to_picture(cells), [0, 0, 1]]))
    scale = 2 / cells
    to_ndc = np.array([[scale, 0, scale / 2 - 1], [0, scale, scale / 2 - 1], [0, 0, 1]])
    return to_ndc @ to_cells @ to_pixels


def _set(program: moderngl.Program, name: str, value: object) -> None:
    """Set a uniform that the compiler may have dropped."""
    if name in program:
        program[name].value = tuple(value) if isinstance(value, np.ndarray) else value
