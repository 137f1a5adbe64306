"""Skin weights: MakeHuman's 163 bones gathered onto SMPL's 24 joints."""

import numpy as np

from ..motion.skeleton import JOINT, PARENTS
from .makehuman import rig
from .skin import diffuse, skin

# How the weight of each bone (by the start of its name) is shared out; "*" is the bone's side.
# SMPL's spine joints sit higher than MakeHuman's, hence the shift by a bone there. The thumb
# stays with the wrist: "hand" turns at the knuckles.
GATHER = {
    "root": {"pelvis": 1}, "pelvis": {"pelvis": 1}, "spine05": {"pelvis": 1},
    "spine04": {"pelvis": 0.5, "spine1": 0.5}, "spine03": {"spine1": 0.6, "spine2": 0.4},
    "spine02": {"spine2": 0.4, "spine3": 0.6}, "spine01": {"spine3": 1}, "breast": {"spine3": 1},
    "clavicle": {"*_collar": 1}, "shoulder01": {"*_collar": 1}, "upperarm": {"*_shoulder": 1},
    "lowerarm01": {"*_elbow": 1}, "lowerarm02": {"*_elbow": 0.7, "*_wrist": 0.3},
    "wrist": {"*_wrist": 1}, "metacarpal": {"*_wrist": 1}, "finger1": {"*_wrist": 1},
    "finger": {"*_hand": 1}, "upperleg": {"*_hip": 1}, "lowerleg": {"*_knee": 1},
    "foot": {"*_ankle": 1}, "toe": {"*_foot": 1}, "neck03": {"neck": 0.5, "head": 0.5},
    "neck": {"neck": 1}, "": {"head": 1},
}  # fmt: skip

# Weights are spread over this share of the limb's thickness, but never so far that fingers melt.
SPREAD = 0.5
NARROWEST, WIDEST = 0.003, 0.04

INFLUENCES = 4  # what game engines take


def _gathered() -> np.ndarray:
    bones = rig()
    weights = np.zeros((len(skin().index), 24))
    for bone, name in enumerate(bones.names):
        shares = next(GATHER[start] for start in GATHER if name.startswith(start))
        side = {"L": "left", "R": "right"}.get(name.rpartition(".")[2], "")
        for joint, share in shares.items():
            weights[:, JOINT[joint.replace("*", side)]] += share * bones.weights[skin().index, bone]
    return weights


def _thickness(vertices: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """Distance (V,) from each vertex to the nearest bone."""
    start, bone = joints[PARENTS[1:]], joints[1:] - joints[PARENTS[1:]]
    offset = vertices[:, None] - start
    along = np.clip(np.einsum("vbx,bx->vb", offset, bone) / np.sum(bone**2, 1), 0, 1)
    return np.linalg.norm(offset - along[..., None] * bone, axis=-1).min(1)


def _strongest(weights: np.ndarray) -> np.ndarray:
    """At most INFLUENCES a row, faded out rather than cut so that neighbours stay alike."""
    weakest = np.sort(weights, axis=1)[:, -INFLUENCES - 1, None]
    weights = np.maximum(weights - weakest, 0)
    return weights / weights.sum(1, keepdims=True)


def skin_weights(vertices: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """(V, 24) smooth weights; vertices (V, 3) and joints (24, 3) in MakeHuman's pose."""
    surface = skin()
    width = np.clip(SPREAD * _thickness(vertices, joints), NARROWEST, WIDEST)
    weights = diffuse(_gathered(), width, vertices, surface.neighbours)
    return _strongest(np.maximum(weights, 0))
