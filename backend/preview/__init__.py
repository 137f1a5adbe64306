"""A video one can look at: the body and its skeleton over the person, and seen from the side."""

from .raster import render_mask
from .thumbnail import Thumbnail
from .write import write_preview

__all__ = ["Thumbnail", "render_mask", "write_preview"]
