"""What a humanoid rig's bones can stand for: the rows of a bone map."""

from dataclasses import dataclass
from typing import Literal

Align = Literal["upright", "limb", "sole", "none"]
SIDES = {"L": "left", "R": "right"}


@dataclass(frozen=True)
class Slot:
    """One part of the body that bones of a rig can follow.

    joint: the SMPL joint whose rotation they take; empty where they are placed another way.
    align: how the rest pose is brought to SMPL's: trunk and head stand upright in both, limbs are
    laid on SMPL's limbs, soles are flat on the floor in both and share their heading.
    """

    name: str
    label: str
    joint: str = ""
    align: Align = "none"
    required: bool = False
    description: str = "Follows this part of the body"


def _sided(side: str) -> list[Slot]:
    word = SIDES[side]
    label = word.capitalize()

    def slot(name, text, joint="", align="none", required=False, **more):
        joint = f"{word}_{joint}" if joint else ""
        return Slot(f"{name}.{side}", f"{label} {text}", joint, align, required, **more)

    return [
        slot("shoulder", "Shoulder", "collar", "upright", description="Collar bone"),
        slot("upper_arm", "Upper Arm", "shoulder", "limb", True),
        slot("forearm", "Forearm", "elbow", "limb", True),
        slot("forearm_twist", "Forearm Twist", description="Takes its share of the hand's twist"),
        slot("hand", "Hand", "wrist", "limb"),
        slot(
            "fingers",
            "Knuckles",
            description="First bones from index to little finger: they tell how the palm lies, and "
            "are not keyed",
        ),
        slot("thigh", "Thigh", "hip", "limb", True),
        slot("shin", "Shin", "knee", "limb", True),
        slot("foot", "Foot", "ankle", "sole", True),
        slot("toes", "Toes", "foot", "sole"),
        slot("hand_ik", "Hand IK", description="Control that the hand's IK reaches for"),
        slot("elbow_pole", "Elbow Pole", description="Control that the elbow points to"),
        slot("foot_ik", "Foot IK", description="Control that the leg's IK reaches for"),
        slot("knee_pole", "Knee Pole", description="Control that the knee points to"),
        slot("toes_ik", "Toes IK", description="Control of the toes while the leg is on IK"),
    ]


SLOTS: tuple[Slot, ...] = (
    Slot("root", "Root", description="On the floor; can carry the way over the ground"),
    Slot("pelvis", "Pelvis", "pelvis", "upright", True, "Carries the whole body"),
    Slot("spine", "Spine", "spine3", "upright", False, "From the lowest up, as many as there are"),
    Slot("neck", "Neck", "neck", "upright"),
    Slot("head", "Head", "head", "upright"),
    *_sided("L"),
    *_sided("R"),
)
SLOT = {slot.name: slot for slot in SLOTS}

# Bones that are looked at only.
GUIDES = ("fingers.L", "fingers.R")

# What each control of inverse kinematics follows.
IK_FOLLOWS = {
    f"{control}.{side}": f"{part}.{side}"
    for side in SIDES
    for control, part in (("hand_ik", "hand"), ("foot_ik", "foot"), ("toes_ik", "toes"))
}
# A pole's limb, from its root to its end.
POLES = {
    f"{pole}.{side}": tuple(f"{part}.{side}" for part in parts)
    for side in SIDES
    for pole, parts in (
        ("elbow_pole", ("upper_arm", "forearm", "hand")),
        ("knee_pole", ("thigh", "shin", "foot")),
    )
}

# Whose bone carries a slot's first bone, the nearest that the rig has.
CARRIERS = {
    "pelvis": (),
    "spine": ("pelvis",),
    "neck": ("spine", "pelvis"),
    "head": ("neck", "spine", "pelvis"),
}
for _side in SIDES:
    CARRIERS |= {
        f"{slot}.{_side}": tuple(
            part if part in ("spine", "pelvis") else f"{part}.{_side}" for part in parts
        )
        for slot, parts in {
            "shoulder": ("spine", "pelvis"),
            "upper_arm": ("shoulder", "spine", "pelvis"),
            "forearm": ("upper_arm",),
            "forearm_twist": ("forearm",),
            "hand": ("forearm",),
            "thigh": ("pelvis",),
            "shin": ("thigh",),
            "foot": ("shin",),
            "toes": ("foot",),
        }.items()
    }
