"""Two-bone inverse kinematics of both legs at once, and how far the pelvis must follow.

Turns are given relative to the present pose, so that a leg whose ankle is to stay where it is keeps
its pose exactly. Arrays are (T, 2, 3): frames, left and right, world axes, metres.
"""

import numpy as np

from .rotations import axis_angle_to_matrix, rotation_between

# What legs may not stretch beyond, and how softly, in shares of their length: near that, a
# millimetre of the ankle is degrees of the knee. The pelvis gives way first, easily and then as
# much as it must; the knee of a foot that stands is the last.
_EASY, _FIRM, _LAST = (0.01, 0.05), (0.006, 0.006), 0.002
_SWEEPS = 3 * (_EASY,) + 3 * (_FIRM,)  # over both legs, which pull the pelvis in turn
_HINGE = 1.0  # of the thigh's own axis in the knee's, beside the sine of the knee's angle


def follow(
    hips: np.ndarray,
    ankles: np.ndarray,
    targets: np.ndarray,
    length: np.ndarray,
    weight: np.ndarray,
) -> np.ndarray:
    """(T, 3) by which the pelvis must move so that the legs reach their targets.

    hips, ankles and targets (T, 2, 3); length (2,) of the stretched legs; weight (T, 2), 0..1, of
    what each leg may ask for. A leg that is straight stays so, to about 1 % of its length.
    """
    margin = length - _norm(ankles - hips)
    shift = np.zeros((len(hips), 3))
    for limits in _SWEEPS:
        for side in range(2):
            line = targets[:, side] - hips[:, side] - shift
            distance = _norm(line)
            wanted = length[side] - distance
            lacking = _kept(wanted, margin[:, side], length[side], limits) - wanted
            shift += (weight[:, side] * lacking / np.maximum(distance, 1e-9))[:, None] * line
    return shift


def bend(
    hips: np.ndarray,
    knees: np.ndarray,
    ankles: np.ndarray,
    targets: np.ndarray,
    hinges: np.ndarray,
    weight: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """World turns (T, 2, 3, 3) of thighs and of shins that take the ankles to their targets.

    targets: relative to the same hips. hinges: unit axes about which the knees bend backwards.
    weight (T, 2): at 0, knees that are bent the wrong way stay so, at 1 they bend the right way.
    The plane in which a knee bends turns only as the line from hip to ankle does. Of a target out
    of reach the ankle stays short.
    """
    thigh, shin = knees - hips, ankles - knees
    lengths = _norm(thigh), _norm(shin)
    length = lengths[0] + lengths[1]
    line = targets - hips
    distance = _norm(line)
    margin = length - _norm(ankles - hips)
    limit = _LAST + (1 - weight) * (_FIRM[0] - _LAST)
    reached = length - _kept(length - distance, margin, length, (limit, limit))
    reached = np.maximum(reached, np.abs(lengths[0] - lengths[1]) + 0.01 * length)

    axis = np.cross(thigh, shin) / (lengths[0] * lengths[1])[..., None] + _HINGE * hinges
    axis /= np.maximum(_norm(axis), 1e-9)[..., None]
    # |thigh + R(axis, angle) shin|^2 = reached^2 is a + b cos + c sin = d in the angle.
    a = _dot(thigh, axis) * _dot(shin, axis)
    b = _dot(thigh, shin) - a
    c = _dot(thigh, np.cross(axis, shin))
    d = (reached**2 - lengths[0] ** 2 - lengths[1] ** 2) / 2
    straight = np.arctan2(c, b)
    bent = np.arccos(np.clip((d - a) / np.maximum(np.hypot(b, c), 1e-12), -1, 1))
    bent = np.where(straight > 0, (2 * weight - 1) * bent, bent)
    knee = axis_angle_to_matrix(axis * (straight + bent)[..., None])
    now = thigh + np.einsum("...ab,...b->...a", knee, shin)
    swing = rotation_between(
        now / np.maximum(_norm(now), 1e-9)[..., None],
        line / np.maximum(distance, 1e-9)[..., None],
    )
    return swing, swing @ knee


def _kept(wanted, margin, length, limits):
    """The margin (what is left to stretch) of a leg that wants another than it has.

    The one that it wants, where that is well above the limit; towards the limit it changes less and
    less. Who wants the margin that is there gets it, however small it is.
    """
    least, soft = (share * length for share in limits)
    below = _smooth_max(margin, least, soft) - margin
    apart = np.clip((wanted - margin) / (4 * soft), 0, 1)
    return _smooth_max(wanted, least, soft) - below * (1 - apart) ** 2 * (1 + 2 * apart)


def _smooth_max(a, b, soft):
    """max(a, b), rounded where they differ by less than `soft`."""
    near = np.maximum(soft - np.abs(a - b), 0)
    return np.maximum(a, b) + near * near / (4 * soft)


def _norm(vectors):
    return np.sqrt(_dot(vectors, vectors))


def _dot(a, b):
    return np.einsum("...a,...a->...", a, b)
