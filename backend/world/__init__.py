"""From motion in the camera to motion in the world: gravity, floor, contacts, root path.

Simple, for a camera that stands still; each part can be replaced by a better one.
"""

from .camera import Camera
from .placement import Placed, place

__all__ = ["Camera", "Placed", "place"]
