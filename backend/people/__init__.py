"""The people in a video: who is where, with BlazePose's landmarks, through every frame."""

from .detector import Detection, LandmarkResult, PersonDetector, Region
from .find import find_people
from .track import PersonTrack

__all__ = [
    "Detection", "LandmarkResult", "PersonDetector", "PersonTrack", "Region", "find_people",
]  # fmt: skip
