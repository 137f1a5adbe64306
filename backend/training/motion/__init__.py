"""Motion to train on, from any source, cut into augmented windows.

    library = MotionLibrary.open("../shared/motion", "train")
    window = library.sample(np.random.default_rng(0), frames=64, fps=30)

`python -m backend.training.motion MOTION` prints what a folder holds and how fast windows come.
"""

from .config import OFF, Augmentation
from .contacts import contacts
from .files import read_motion
from .library import MotionLibrary
from .open_data import open_motion
from .sequence import Motion, Window

__all__ = [
    "OFF",
    "Augmentation",
    "Motion",
    "MotionLibrary",
    "Window",
    "contacts",
    "open_motion",
    "read_motion",
]
