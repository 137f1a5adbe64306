"""Keeping a changed body on the floor that the unchanged one stood on."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from .contacts import clearance

_SMOOTH_SECONDS = 0.08  # of vertical corrections: when the lowest joint changes, no jerk
_SUPPORT = 0.03  # m over the lowest joint at which a joint bears a third of what that one does
_AIRBORNE = 0.06  # m over the floor at which the lowest joint bears a third of the body


def settle(before: np.ndarray, after: np.ndarray, fps: float) -> np.ndarray:
    """What to add to the translation, (T, 3), so that a changed body stands where it stood.

    before, after: (T, 24, 3) joints. Vertically the lowest joint keeps
    its height over the floor; horizontally the joints that bear the body keep their speed, so that
    longer steps go further and standing feet do not slide.
    """
    old, new = clearance(before), clearance(after)
    shift = np.empty((len(before), 3), np.float32)
    sinking = old.min(axis=1) - new.min(axis=1)
    shift[:, 1] = _smooth(sinking, fps)
    shift[:, 1] += old.min() - (new + shift[:, 1:2]).min()
    lowest = old.min(axis=1, keepdims=True)
    bearing = np.exp(-(old - lowest) / _SUPPORT)
    bearing /= bearing.sum(axis=1, keepdims=True)
    bearing *= np.exp(-((np.maximum(lowest, 0) / _AIRBORNE) ** 2))
    slip = np.diff((before - after)[..., [0, 2]], axis=0)
    steps = np.einsum("tj,tja->ta", (bearing[1:] + bearing[:-1]) / 2, slip)
    shift[0, [0, 2]] = 0
    shift[1:, [0, 2]] = np.cumsum(steps, axis=0)
    return shift


def lay_down(joints: np.ndarray, fps: float) -> np.ndarray:
    """What to add to the height of joints (T, 24, 3), (T,), so that the lowest lie on the floor."""
    low = clearance(joints)
    height = -_smooth(low.min(axis=1), fps)
    return height - (low + height[:, None]).min()


def _smooth(values, fps):
    """Low-passed, run on past both ends in a straight line: what rises there must not lag."""
    width = _SMOOTH_SECONDS * fps
    pad = int(4 * width) + 1
    longer = np.pad(values, pad, mode="reflect", reflect_type="odd")
    return gaussian_filter1d(longer, width)[pad:-pad]
