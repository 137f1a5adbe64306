"""The people in a video: who is where, with BlazePose's landmarks, through every frame."""

from .detector import Detection, LandmarkResult, PersonDetector, Region
from .find import Watch, find_people
from .front_end import FrontEnd
from .track import PersonTrack

# Raised when the same video would give other tracks.
PEOPLE_VERSION = 6

__all__ = [
    "PEOPLE_VERSION",
    "Detection", "FrontEnd", "LandmarkResult", "PersonDetector", "PersonTrack", "Region", "Watch",
    "find_people",
]  # fmt: skip
