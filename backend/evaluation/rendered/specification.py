"""What a rendered clip is made from: motion, person, clothes, set, light and camera.

Metres, degrees; colours are linear RGB. Places and directions are those of the take's world (y up,
floor at y = 0), turned so that the person faces +z in the first frame, with the middle of their
way at x = z = 0. An azimuth runs from +z towards +x: 0 is before the person, 90 at their left.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from ...body import BODY_VERSION

# Raised when the same specification would give other pictures or another truth.
RENDER_VERSION = 1

Colour = tuple[float, float, float]
Place = tuple[float, float, float]

DATA_FPS = 30  # of the motion files


@dataclass(frozen=True)
class Camera:
    """A pinhole that stands still, or pans."""

    lens: float  # mm, as if the picture's longer side were 36 mm of film
    azimuth: float  # of where it stands, seen from the middle of the person's way
    distance: float  # from there, over the floor
    height: float
    aim: float  # height over the middle of the way that its axis passes at
    aside: float = 0.0  # how far to the right of the middle its axis passes
    roll: float = 0.0  # clockwise turn of the picture's contents
    pan: float = 0.0  # to the right, over the whole clip


@dataclass(frozen=True)
class Cloth:
    """What a garment is made of, and how it falls."""

    colour: Colour
    second: Colour | None = None  # of the pattern
    pattern: str = "plain"  # or "stripes", "checks", "dots", "mottled"
    loose: float = 0.01  # stands off the skin
    flare: float = 0.0  # more of it at the hems


@dataclass(frozen=True)
class Person:
    """One body and what it wears."""

    shape: dict[str, float]  # standard deviations by the body's `beta_names`
    skin: Colour
    hair: Colour
    top: Cloth
    trousers: Cloth
    shoes: Colour
    sleeves: float = 0.45  # share of the arm that is covered
    legs: float = 1.0  # share of the leg that is covered
    hem: float = 0.0  # how far the top hangs below the hips; 0: tucked in
    skirt: float = 0.0  # its length below the hips; 0: trousers
    hair_volume: float = 0.012
    bun: float = 0.0  # radius of a knot of hair behind the head


@dataclass(frozen=True)
class Box:
    """A block of furniture, or of anything."""

    centre: Place
    size: Place
    colour: Colour
    azimuth: float = 0.0


@dataclass(frozen=True)
class Wall:
    """A wall that faces the middle, at its azimuth and distance from there."""

    azimuth: float
    distance: float
    colour: Colour
    second: Colour | None = None
    pattern: str = "plain"


@dataclass(frozen=True)
class Sun:
    """Sunlight; azimuth and elevation say where it comes from."""

    azimuth: float
    elevation: float
    strength: float = 3.0


@dataclass(frozen=True)
class Lamp:
    """A square of light that points at the middle of the floor."""

    place: Place
    power: float  # watts
    size: float = 2.0


@dataclass(frozen=True)
class Scenery:
    """Everything but the person."""

    floor: Cloth  # its colours and pattern count
    sky: Colour
    light: float  # strength of the sky
    walls: tuple[Wall, ...] = ()
    boxes: tuple[Box, ...] = ()
    sun: Sun | None = None
    lamps: tuple[Lamp, ...] = ()


@dataclass(frozen=True)
class Clip:
    """One clip; `digest` names everything that it depends on."""

    name: str
    kind: str  # of motion, in a word or two
    key: str  # of the motion file's sequence
    first: int  # frame of the sequence
    frames: int  # of the video
    person: Person
    scenery: Scenery
    camera: Camera
    fps: int = DATA_FPS  # a divisor of the data's rate
    size: tuple[int, int] = (640, 360)
    shutter: float = 0.0  # share of a frame's time that is blurred
    quality: int = 18  # x264's constant rate factor
    occluded: bool = False  # a part of the body is hidden by furniture
    cut: float = 0.0  # share of the joints, over all frames, that may lie beyond the picture

    @property
    def dataset(self) -> str:
        """Stem of the motion file."""
        return self.key.split("/", 1)[0]

    @property
    def digest(self) -> str:
        """Hexadecimal; another one for anything that makes another video or truth."""
        versions = [RENDER_VERSION, BODY_VERSION]
        text = json.dumps([*versions, asdict(self)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
