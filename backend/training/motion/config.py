"""Every number of the augmentation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Augmentation:
    """How often each change happens (0..1) and how large it is; angles in degrees."""

    even: float = 0.6  # power of a pose's rarity with which it is drawn: 0 as captured, 1 all alike
    speed: tuple[float, float] = (0.7, 1.4)  # time alone: people are slower and faster than actors
    heading: float = 1.0  # turned about the vertical
    mirror: float = 0.5
    static: float = 0.05  # people who stand still are filmed too
    mix: float = 0.4  # the upper body, or an arm or two, of other windows
    mix_arms: float = 0.5  # of the mixed: arms alone, each of a window of its own
    exaggerate: float = 0.15
    exaggeration: tuple[float, float] = (0.8, 1.25)  # of every turn away from the mean pose
    perturb: float = 0.5
    perturb_part: float = 0.6  # chance of each part of the body, once a window is perturbed
    perturb_spread: tuple[float, float] = (4.0, 10.0)  # standard deviation of the slow wandering
    perturb_legs: float = 0.3  # chance that legs wander too: feet that stand would slide
    perturb_offset: float = 5.0  # standard deviation of what stays the same through the window
    perturb_hertz: tuple[float, float] = (0.1, 2.0)  # slower than what people do on purpose
    crouch: float = 0.3  # somebody who stands goes down, as far as ...
    crouch_depth: tuple[float, float] = (0.1, 0.75)  # ... this share of a leg's length
    crouch_lean: tuple[float, float] = (45.0, 25.0)  # at full depth: mean and standard deviation
    crouch_stoop: tuple[float, float] = (-10.0, 60.0)  # bent at the hips, however deep
    crouch_spread: tuple[float, float] = (25.0, 20.0)  # of the knees at full depth
    crouch_hertz: tuple[float, float] = (0.1, 1.0)  # of going down and up
    topple: float = 0.05  # turned about a horizontal axis and laid down: lying people, handstands
    topple_angle: tuple[float, float] = (50.0, 180.0)


OFF = Augmentation(
    even=0,
    speed=(1.0, 1.0),
    heading=0,
    mirror=0,
    static=0,
    mix=0,
    exaggerate=0,
    perturb=0,
    crouch=0,
    topple=0,
)
