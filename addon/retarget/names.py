"""Rigs that no preset knows: which bone is what, by its name and its place in the hierarchy."""

import re

import bpy

from .bone_map import BoneMap
from .slots import SIDES

# What rigs call the parts, in lower case without side, number or separators; the likeliest first.
_WORDS = {
    "pelvis": ("pelvis", "hips", "hip"),
    "spine": ("spine", "chest", "upperchest", "abdomen", "torso", "waist", "lowerback", "ribs"),
    "neck": ("neck",),
    "head": ("head",),
    "shoulder": ("clavicle", "collar", "shoulder", "collarbone"),
    "upper_arm": ("upperarm", "uparm", "arm", "shoulder", "shldr", "bicep"),
    "forearm": ("forearm", "lowerarm", "lowarm", "elbow", "armlower"),
    "hand": ("hand", "wrist", "palm"),
    "thigh": ("thigh", "upperleg", "upleg", "legupper", "hip", "femur"),
    "shin": ("shin", "calf", "lowerleg", "lowleg", "leg", "knee", "crus"),
    "foot": ("ankle", "foot"),
    "toes": ("toes", "toebase", "toe", "ball", "foot"),
}
# What bones' names hold beside the part.
_NO_PART = {
    "left", "right", "l", "r", "bip", "def", "org", "bone", "c", "j", "x", "jnt", "joint", "cc",
    "base", "stretch",
}  # fmt: skip
_FINGERS = ("index", "middle", "mid", "ring", "pinky", "little")
_SIDE = {
    "L": re.compile(r"left|(?:^|[^a-z])l(?:$|[^a-z])|[a-z]L(?:$|[^a-z])"),
    "R": re.compile(r"right|(?:^|[^a-z])r(?:$|[^a-z])|[a-z]R(?:$|[^a-z])"),
}
_HELPERS = re.compile(r"twist|roll|helper|ik|pole|ctrl|control|mch|target|tweak|jiggle|end|nub")


def match_names(armature: bpy.types.Object) -> BoneMap:
    """The bones that names and hierarchy give away; parts that stay unknown have none."""
    bones = {bone.name: bone for bone in armature.data.bones}
    parts = {name: _parts(name) for name in bones}
    found: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()

    def pick(slot, part, side, below=None):
        for word in _WORDS[part]:
            fitting = [
                name
                for name, (own, where) in parts.items()
                if own == word and where == side and name not in taken
                and (below is None or below in [b.name for b in bones[name].parent_recursive])
            ]  # fmt: skip
            if fitting:
                name = min(fitting, key=lambda name: len(bones[name].parent_recursive))
                found[slot] = (name,)
                taken.add(name)
                return name
        return None

    pelvis = pick("pelvis", "pelvis", None)
    for side in SIDES:
        # Hands before arms: an "arm" may be any part of one.
        for part in ("forearm", "hand", "foot", "toes"):
            pick(f"{part}.{side}", part, side)
        for part in ("upper_arm", "shoulder", "thigh", "shin"):
            pick(f"{part}.{side}", part, side)
        _order_arm(found, bones, side)
        hand = found.get(f"hand.{side}", (None,))[0]
        knuckles = [
            next((n for n in parts if _is_knuckle(parts[n], finger, side, bones[n], hand)), None)
            for finger in _FINGERS
        ]
        if any(knuckles):
            found[f"fingers.{side}"] = tuple(filter(None, knuckles))
    head = pick("head", "head", None)
    pelvis = _carrier(bones, pelvis, head, *(found.get(f"thigh.{side}") or "" for side in SIDES))
    if pelvis:
        found["pelvis"] = (pelvis,)
    if head and pelvis:
        chain = [b.name for b in reversed(bones[head].parent_recursive)]
        chain = chain[chain.index(pelvis) + 1 :] if pelvis in chain else []
        necks = tuple(name for name in chain if parts[name][0].startswith("neck"))
        trunk = tuple(name for name in chain if name not in necks and not _is_helper(name))
        found |= {slot: names for slot, names in (("neck", necks), ("spine", trunk)) if names}
    return BoneMap.from_dict({"bones": {slot: list(names) for slot, names in found.items()}})


def _carrier(bones, pelvis: str | None, head: str | None, *thighs: tuple[str, ...]) -> str | None:
    """The bone that carries legs and spine: the pelvis, or the hip over it where both exist."""
    if head is None or not all(thighs):
        return pelvis
    over_head = [bone.name for bone in bones[head].parent_recursive]
    if pelvis in over_head:
        return pelvis
    over_legs = [{bone.name for bone in bones[thigh].parent_recursive} for (thigh,) in thighs]
    both = (name for name in over_head if all(name in above for above in over_legs))
    return next(both, pelvis)


def _parts(name: str) -> tuple[str, str | None]:
    """A bone's name as a plain word, and its side."""
    bare = name.rpartition(":")[2]
    # "LeftUpLeg" -> "Left Up Leg": a capital begins a word.
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare)
    sides = [side for side, pattern in _SIDE.items() if pattern.search(spaced.lower())]
    side = sides[0] if len(sides) == 1 else None
    words = re.findall(r"[a-z]+", spaced.lower())
    words = [word for word in words if word not in _NO_PART]
    return "".join(words), side


def _is_helper(name: str) -> bool:
    return bool(_HELPERS.search(name.lower()))


def _is_knuckle(part, finger, side, bone, hand) -> bool:
    word, where = part
    if where != side or finger not in word or "metacarpal" in word or hand is None:
        return False
    above = [b.name for b in bone.parent_recursive]
    return hand in above and not any(finger in b.lower() and b != hand and "meta" not in b.lower()
                                     for b in above[: above.index(hand)])  # fmt: skip


def _order_arm(found: dict[str, tuple[str, ...]], bones, side: str) -> None:
    """Some rigs say shoulder for the collar bone, others for the upper arm: the parent tells."""
    upper, collar = found.get(f"upper_arm.{side}"), found.get(f"shoulder.{side}")
    fore = found.get(f"forearm.{side}")
    if upper and collar and fore:
        above = [b.name for b in bones[fore[0]].parent_recursive]
        if (
            upper[0] in above
            and collar[0] in above
            and above.index(collar[0]) < above.index(upper[0])
        ):
            found[f"upper_arm.{side}"], found[f"shoulder.{side}"] = collar, upper
