"""Rendered people: our body dressed, lit and set before a backdrop, drawn into BlazePose's crop."""

from .camera import Camera, sample_camera
from .degrade import Degradation
from .figure import Figure
from .renderer import Renderer
from .scene import Scene, sample_scene

__all__ = [
    "Camera",
    "Degradation",
    "Figure",
    "Renderer",
    "Scene",
    "sample_camera",
    "sample_scene",
]
