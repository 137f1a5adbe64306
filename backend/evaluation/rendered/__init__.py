"""Clips with exact truth: motion of the test split, drawn by Blender's Cycles.

No network and no statistic of the project has seen their motion, people, clothes or cameras.
`clips.CLIPS` is the specification, `truth` the takes, tests/rendered/ Blender's part.
"""

from .make import RenderedClip, rendered_clips

__all__ = ["RenderedClip", "rendered_clips"]
