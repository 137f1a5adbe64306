"""Mends what BlazePose gets wrong frame by frame: left taken for right, and stray landmarks."""

from dataclasses import replace

import numpy as np
from scipy.ndimage import median_filter

from ..motion.skeleton import LANDMARKS
from .blazepose_steps import PART_FEATURES, PARTS_FEATURES
from .track import PersonTrack

# A wrong label is a short affair: per second of swapped labels a path must save this much motion
# (of a region's side). Knees and feet swap when they pass each other, the whole body when it is
# not clear whether the person faces the camera.
SWAP_PRICE = 0.5

STRAY_WINDOW = 5  # frames; strays of one or two are outvoted, quick turns hardly touched
STRAY = 0.05  # of a region's side, from the median of the window ...
TOP_ACCELERATION = 150.0  # m/s^2, ... or as far as a foot can get in one frame interval
REGION_METRES = 2.2  # a region's side on a grown person


def repaired(track: PersonTrack) -> PersonTrack:
    """The track with swapped labels put right and strays' visibility lowered."""
    return _doubt_strays(_unswap(track))


def _mirrored(first: int) -> np.ndarray:
    """(33,) landmark order with left and right exchanged from landmark `first` on."""
    order = np.arange(len(LANDMARKS))
    order[first:] = [k + 1 if k % 2 else k - 1 for k in range(first, len(LANDMARKS))]
    return order


ORDERS = np.array([np.arange(len(LANDMARKS)), _mirrored(25), _mirrored(11)])  # none, legs, body


def _unswap(track: PersonTrack) -> PersonTrack:
    """Choose each frame's order so that limbs travel least (Viterbi over ORDERS)."""
    body = slice(11, None)
    ordered = track.landmarks[:, ORDERS, :2][:, :, body]  # (T, S, 22, 2)
    count, states = ordered.shape[:2]
    price = np.array([0.0, 1.0, 1.0]) * SWAP_PRICE
    total, origin = price * 0, np.zeros((count, states), int)
    for t in range(1, count):
        step = ordered[t, None] - ordered[t - 1, :, None]  # (before, now, 22, 2)
        motion = np.linalg.norm(step, axis=-1).mean(-1) / track.regions[t, 2]
        through = total[:, None] + motion
        origin[t] = through.argmin(0)
        total = through.min(0) + price * (track.timestamps[t] - track.timestamps[t - 1])
    state = np.zeros(count, int)
    state[-1] = total.argmin()
    for t in range(count - 1, 0, -1):
        state[t - 1] = origin[t, state[t]]
    order = ORDERS[state][..., None]
    features = track.image_features
    if features is not None:
        # Each landmark's own were gathered where it lies, so they go with it.
        own = features[:, -PARTS_FEATURES:].reshape(count, len(LANDMARKS), PART_FEATURES)
        features = features.copy()
        features[:, -PARTS_FEATURES:] = np.take_along_axis(own, order, 1).reshape(count, -1)
    return replace(
        track,
        landmarks=np.take_along_axis(track.landmarks, order, 1),
        world_landmarks=np.take_along_axis(track.world_landmarks, order, 1),
        image_features=features,
    )


def _doubt_strays(track: PersonTrack) -> PersonTrack:
    """Lower the visibility of landmarks that leave their path for a frame or a few."""
    if len(track.timestamps) < STRAY_WINDOW:
        return track
    interval = float(np.median(np.diff(track.timestamps)))
    furthest = max(STRAY, TOP_ACCELERATION * interval**2 / 2 / REGION_METRES)
    # Relative to the hips' midpoint, so that a running person's path is no motion.
    places = track.landmarks[..., :2] - track.landmarks[:, [23, 24], :2].mean(1, keepdims=True)
    middle = median_filter(places, (STRAY_WINDOW, 1, 1), mode="nearest")
    distance = np.linalg.norm(places - middle, axis=-1) / track.regions[:, 2, None]
    landmarks = track.landmarks.copy()
    landmarks[..., 2] *= np.minimum(1, furthest / np.maximum(distance, 1e-9)) ** 2
    return replace(track, landmarks=landmarks)
