"""Video files: what is in them, their upright frames with true times, and writing new ones."""

from .probe import VideoInfo, probe
from .reader import Frame, FrameReader, frames
from .writer import VideoWriter, write_proxy

__all__ = ["Frame", "FrameReader", "VideoInfo", "VideoWriter", "frames", "probe", "write_proxy"]
