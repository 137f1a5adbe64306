"""What riggers call SMPL's joints: CMU, Mixamo, MotionBuilder, Unreal, 3ds Max, SMPL and others."""

import re
from collections.abc import Sequence

import numpy as np

# Joint of ours -> joints of the other skeleton: the first, then (joint, how far towards it).
Sources = dict[str, tuple[tuple[int, float], ...]]

_PREFIX = re.compile(r"^(mixamorig\d*|bip0*\d+|character\d*|def|org)")
_PARTS = {
    "upleg": "hip", "upperleg": "hip", "thigh": "hip", "femur": "hip", "hip": "hip",
    "leg": "knee", "lowerleg": "knee", "lowleg": "knee", "shin": "knee", "calf": "knee",
    "tibia": "knee", "knee": "knee",
    "foot": "foot", "ankle": "ankle",
    "toebase": "toe", "toe": "toe", "toes": "toe", "toe0": "toe", "ball": "toe",
    "shoulder": "shoulder", "clavicle": "collar", "collar": "collar",
    "arm": "arm", "upperarm": "arm", "uparm": "arm", "humerus": "arm",
    "forearm": "elbow", "lowerarm": "elbow", "lowarm": "elbow", "elbow": "elbow",
    "radius": "radius", "hand": "hand", "wrist": "wrist",
}  # fmt: skip
_PELVIS = ("hips", "pelvis", "hip", "root")  # in the order of trust
_SPINE = re.compile(r"^(spine|lowerback|upperback|thorax|chest|upperchest|abdomen|torso|waist)\d*$")
_NECK = re.compile(r"^(lower|upper)?neck\d*$")


def match(names: Sequence[str], parents: np.ndarray) -> Sources:
    """Our joints' sources among `names`, whose parents (J,) come before their children."""
    middle: dict[str, int] = {}
    sides: dict[str, dict[str, int]] = {"left": {}, "right": {}}
    for index, name in enumerate(names):
        side, part = _split(name)
        (sides[side] if side else middle).setdefault(part, index)
    found: Sources = {}
    pelvis = next((middle[name] for name in _PELVIS if name in middle), None)
    if pelvis is not None:
        found["pelvis"] = ((pelvis, 1.0),)
    for side, parts in sides.items():
        found.update(_limbs(side, parts))
    if "head" in middle:
        found["head"] = ((middle["head"], 1.0),)
    tip = found.get("head") or found.get("left_shoulder")
    above = _chain(parents, tip[0][0]) if tip else []
    spine = [i for name, i in middle.items() if _SPINE.match(name) and i in above]
    neck = [i for name, i in middle.items() if _NECK.match(name) and i in above]
    found.update(_spine(pelvis, sorted(spine)))
    if neck:
        found["neck"] = ((min(neck), 1.0), (max(neck), 0.5))
    return found


def _split(name: str) -> tuple[str, str]:
    """Side ("left", "right" or "") and part, by the names of _PARTS or in plain lower case."""
    plain = re.sub(r"[^a-z0-9]", "", name.rsplit(":", 1)[-1].lower())
    plain = _PREFIX.sub("", plain) or plain
    for side in ("left", "right"):
        for mark in (side, side[0]):
            for part in (plain.removeprefix(mark), plain.removesuffix(mark)):
                if part != plain and part in _PARTS:
                    return side, _PARTS[part]
    return "", plain


def _limbs(side: str, parts: dict[str, int]) -> Sources:
    """One side's joints: the same word is another joint in another convention."""
    # "Shoulder" is the collar beside an "arm", the shoulder itself beside a "collar" or alone.
    shoulder = "arm" if "arm" in parts else "shoulder"
    collar = "collar" if "collar" in parts else "shoulder" if "arm" in parts else ""
    # "Foot" is the ankle, but the toes where there is an "ankle" too.
    ankle = "ankle" if "ankle" in parts else "foot"
    toe = "toe" if "toe" in parts else "foot" if "ankle" in parts else ""
    named = {"hip": "hip", "knee": "knee", "ankle": ankle, "foot": toe, "collar": collar,
             "shoulder": shoulder, "elbow": "elbow", "wrist": "wrist"}  # fmt: skip
    if "radius" in parts:
        # ASF: the wrist bone is the lower forearm, which carries the twist; the hand is the wrist.
        named.update(elbow="radius", wrist="hand")
    elif "wrist" not in parts:
        named["wrist"] = "hand"
    found = {
        f"{side}_{joint}": ((parts[part], 1.0),) for joint, part in named.items() if part in parts
    }
    if "radius" in parts and "wrist" in parts:
        found[f"{side}_elbow"] = ((parts["radius"], 1.0), (parts["wrist"], 0.5))
    return found


def _spine(pelvis: int | None, spine: list[int]) -> Sources:
    """Three joints of ours out of any number: ends meet, the rest is shared out."""
    if not spine:
        return {}
    first, last = spine[0], spine[-1]
    found: Sources = {"spine3": ((last, 1.0),)}
    if len(spine) == 1:
        if pelvis is not None:
            found["spine1"] = ((pelvis, 1.0), (last, 1 / 3))
            found["spine2"] = ((pelvis, 1.0), (last, 2 / 3))
        return found
    found["spine1"] = ((first, 1.0),)
    found["spine2"] = (
        ((first, 1.0), (last, 0.5)) if len(spine) == 2 else ((spine[len(spine) // 2], 1.0),)
    )
    return found


def _chain(parents: np.ndarray, joint: int) -> list[int]:
    """A joint and its ancestors."""
    chain = []
    while joint >= 0:
        chain.append(joint)
        joint = int(parents[joint])
    return chain
