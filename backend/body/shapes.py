"""Ten shape directions, each measured in standard deviations of adults.

A direction is the difference between two people made by MakeHuman's shapes, both brought to the
rest, moved to one pelvis and (all but the first) scaled to one stature. Every person's joints have
REST's directions, and joints are linear in betas: so every mixture of betas has them too.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from ..motion.skeleton import JOINT, REST
from . import makehuman
from .rest import Rest, rest_joints, to_rest
from .skin import flatten, skin
from .weights import skin_weights

# The person at betas = 0: between the sexes, about 30 years old and fit. `height` is chosen for a
# stature of 1.72 m, `proportions` near MakeHuman's ideal.
AVERAGE = {
    "gender": 0.5, "age": 0.7, "muscle": 0.55, "weight": 0.48, "height": 0.38,
    "proportions": 0.15, "cupsize": 0.15, "firmness": 0.5,
}  # fmt: skip

# A friendlier face than the bare average of all: open eyes, corners of the mouth a little up.
FACE = {
    "eyes/l-eye-height2-incr": 0.4, "eyes/r-eye-height2-incr": 0.4,
    "eyes/l-eye-height3-incr": 0.3, "eyes/r-eye-height3-incr": 0.3,
    "mouth/mouth-angles-up": 0.4, "head/head-oval": 0.3,
}  # fmt: skip

STATURE_SD = 0.075  # metres; 7 cm within a sex, 9 over both (NCD-RisC 2016)


@dataclass(frozen=True)
class Figure:
    """A person in the rest, with REST's pelvis."""

    vertices: np.ndarray  # (V, 3)
    joints: np.ndarray  # (24, 3)

    @property
    def stature(self) -> float:
        return float(np.ptp(self.vertices[:, 1]))

    def scaled(self, stature: float) -> "Figure":
        """The same person, scaled about the pelvis to a stature in metres."""
        factor = stature / self.stature
        return Figure(*(REST[0] + factor * (x - REST[0]) for x in (self.vertices, self.joints)))


def _bone(name: str) -> Callable[[Figure], float]:
    """Length of the chain of bones from the first to the last of "left_hip left_knee ..."."""
    chain = [JOINT[joint] for joint in name.split()]
    return lambda figure: float(np.linalg.norm(np.diff(figure.joints[chain], axis=0), axis=1).sum())


def _mass(figure: Figure) -> float:
    """Kilograms at 1000 kg/m3: the volume inside the skin."""
    a, b, c, d = (figure.vertices[skin().quads[:, corner]] for corner in range(4))
    return 1000 * float(np.sum(np.cross(a, b) * c + np.cross(a, c) * d)) / 6


def _shoulders(figure: Figure) -> float:
    left, right = figure.joints[[JOINT["left_shoulder"], JOINT["right_shoulder"]]]
    return float(np.linalg.norm(left - right))


def _foot(figure: Figure) -> float:
    low = figure.vertices[figure.vertices[:, 1] < figure.joints[JOINT["left_ankle"], 1]]
    return float(np.ptp(low[:, 2]))


@dataclass(frozen=True)
class Direction:
    """Two people and what one standard deviation between them measures.

    low and high: changes to AVERAGE, or targets with their weights. size: the measure of `measure`
    that one standard deviation adds; without one, high minus low is `deviations` of them.
    """

    name: str
    low: dict[str, float]
    high: dict[str, float]
    deviations: float = 2.0
    measure: Callable[[Figure], float] | None = None
    size: float = field(default=0.0)


def _targets(*names: str) -> dict[str, dict[str, float]]:
    return {
        "low": {name.replace("*", "decr"): 1.0 for name in names},
        "high": {name.replace("*", "incr"): 1.0 for name in names},
    }


# Sizes are spreads among adults of one stature, from ANSUR II's (2012) correlations, rounded.
DIRECTIONS = (
    # Two deviations reach the average man and woman.
    Direction("gender", {"gender": 0.25}, {"gender": 0.75, "cupsize": 0.3}),
    Direction("weight", {"weight": 0.28}, {"weight": 0.68}, measure=_mass, size=9.0),
    # Muscle weighs: without more weight, MakeHuman trades it for fat and the body shrinks.
    Direction("muscle", {"muscle": 0.3, "weight": 0.45}, {"muscle": 0.8, "weight": 0.51}, 1.25),
    # MakeHuman's scale is 2/3 at 25 years and 1 at 90; a child lies below.
    Direction("age", {"age": 0.67}, {"age": 0.91}, deviations=3.0),
    Direction(
        "leg_length", **_targets("legs/upperlegs-height-*", "legs/lowerlegs-height-*"),
        measure=_bone("left_hip left_knee left_ankle"), size=0.02,
    ),
    Direction(
        "arm_length",
        **_targets("arms/measure-upperarm-length-*", "arms/measure-lowerarm-length-*"),
        measure=_bone("left_shoulder left_elbow left_wrist"), size=0.018,
    ),
    Direction(
        "shoulder_width", **_targets("torso/measure-shoulder-dist-*"),
        measure=_shoulders, size=0.018,
    ),
    Direction(
        "torso_length", **_targets("torso/torso-scale-vert-*"),
        measure=_bone("pelvis spine1 spine2 spine3 neck"), size=0.018,
    ),
    Direction(
        "hands_and_feet",
        **_targets("hands/l-hand-scale-*", "hands/r-hand-scale-*",
                   "feet/l-foot-scale-*", "feet/r-foot-scale-*"),
        measure=_foot, size=0.01,
    ),
)  # fmt: skip

BETA_NAMES = ("stature", *(direction.name for direction in DIRECTIONS))


def people(change: dict[str, float]) -> np.ndarray:
    """MakeHuman vertices (N, 3) of the average with changed phenotypes, or with targets."""
    phenotypes = {**AVERAGE, **{k: v for k, v in change.items() if k in AVERAGE}}
    targets = {k: v for k, v in change.items() if k not in AVERAGE}
    return makehuman.person(phenotypes, {**FACE, **targets})


@lru_cache(maxsize=1)
def average() -> tuple[np.ndarray, Rest, np.ndarray]:
    """MakeHuman vertices (N, 3) of AVERAGE, their way to the rest, and our skin weights (V, 24)."""
    vertices = people({})
    rest = to_rest(vertices)
    return vertices, rest, skin_weights(vertices[skin().index], rest.before)


def figure(vertices: np.ndarray) -> Figure:
    """Bring MakeHuman vertices (N, 3) to the rest."""
    rest = to_rest(vertices)
    joints = rest_joints(rest.after)
    posed = flatten(rest.unpose(vertices[skin().index], average()[2]))
    shift = REST[0] - joints[0]
    return Figure(skin().symmetric(posed + shift), joints + shift)


def shape_space() -> tuple[Figure, np.ndarray, np.ndarray]:
    """The average figure, shapedirs (V, 3, 10), and what they do to the joints (24, 3, 10)."""
    mean = figure(average()[0])
    scale = STATURE_SD / mean.stature
    skin_dirs, joint_dirs = [scale * (mean.vertices - REST[0])], [scale * (mean.joints - REST[0])]
    for direction in DIRECTIONS:
        low, high = (
            figure(people(change)).scaled(mean.stature)
            for change in (direction.low, direction.high)
        )
        one = 1 / direction.deviations
        if direction.measure:
            one = direction.size / (direction.measure(high) - direction.measure(low))
        skin_dirs.append(one * (high.vertices - low.vertices))
        joint_dirs.append(one * (high.joints - low.joints))
    return mean, np.stack(skin_dirs, -1), np.stack(joint_dirs, -1)


def standardised(mean: Figure, shapedirs: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """shapedirs (V, 3, 10), scaled so that one standard deviation measures what DIRECTIONS say.

    rows: the final regressor (24, V), whose joints differ by millimetres from those of shape_space.
    """
    scales = np.ones(shapedirs.shape[-1])
    for index, direction in enumerate(DIRECTIONS, start=1):
        if direction.measure:
            changed = mean.vertices + shapedirs[..., index]
            growth = direction.measure(Figure(changed, rows @ changed)) - direction.measure(mean)
            scales[index] = direction.size / growth
    return shapedirs * scales
