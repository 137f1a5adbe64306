"""Rotations read off BlazePose's world landmarks, limb by limb: what the network corrects.

The same construction as `ik.analytic`, in torch. BlazePose learnt depth from photographs of every
pose there is; a network that starts from it needs to learn where it is wrong, not where limbs are.
"""

import torch
from torch import Tensor
from torch.nn import functional

from ...motion.skeleton import JOINT, LANDMARK, PARENTS

# A limb bent less than this much (sine) does not tell its bend plane; more than that, fully.
_BEND_UNSURE, _BEND_SURE = 0.15, 0.5
_CHILDREN, _ABOVE = list(range(1, 24)), [int(p) for p in PARENTS[1:]]


def limb_rotations(world: Tensor, rest: Tensor) -> Tensor:
    """world (..., 33, 3) m and rest (33, 3), the landmarks at rest -> (..., 24, 3, 3).

    Parent-relative rotations; joint 0 takes the rest to the landmarks' axes.
    """
    points = torch.stack([rest.expand_as(world), world])  # (2, ..., 33, 3): at rest and as seen

    def at(*names: str) -> Tensor:
        return points[..., [LANDMARK[name] for name in names], :].mean(dim=-2)

    turned: dict[str, Tensor] = {}
    up = at("left_shoulder", "right_shoulder") - at("left_hip", "right_hip")
    pelvis = _align(at("left_hip") - at("right_hip"), up)
    chest = _align(at("left_shoulder") - at("right_shoulder"), up)
    ears = at("left_ear", "right_ear")
    head = _align(at("left_ear") - at("right_ear"), at("nose") - ears)
    turned["pelvis"], turned["spine3"], turned["head"] = pelvis, chest, head
    turned["spine1"] = _between(pelvis, chest, 1 / 3)
    turned["spine2"] = _between(pelvis, chest, 2 / 3)
    turned["left_collar"] = turned["right_collar"] = chest
    turned["neck"] = _between(chest, head, 1 / 2)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        shoulder, elbow, wrist, hip, knee, ankle = (
            at(f"{side}_{n}") for n in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        )
        down = world.new_tensor([0.0, -sign, 0.0])
        arm, forearm = _hinged(elbow - shoulder, wrist - elbow, down, chest)
        thigh, shin = _hinged(knee - hip, ankle - knee, world.new_tensor([1.0, 0, 0]), pelvis)
        foot = _align(at(f"{side}_foot_index") - at(f"{side}_heel"), knee - ankle)
        knuckles = at(f"{side}_index", f"{side}_pinky")
        hand = _align(knuckles - wrist, at(f"{side}_index") - at(f"{side}_pinky"))
        turned |= {
            f"{side}_{name}": rotation
            for name, rotation in (
                ("shoulder", arm), ("elbow", forearm), ("wrist", hand), ("hand", hand),
                ("hip", thigh), ("knee", shin), ("ankle", foot), ("foot", foot),
            )
        }  # fmt: skip
    whole = torch.stack([turned[name] for name in JOINT], dim=-3)
    local = whole[..., _ABOVE, :, :].transpose(-1, -2) @ whole[..., _CHILDREN, :, :]
    return torch.cat([whole[..., :1, :, :], local], dim=-3)


def _unit(v: Tensor) -> Tensor:
    return functional.normalize(v, dim=-1, eps=1e-9)


def _frame(main: Tensor, second: Tensor) -> Tensor:
    """(..., 3, 3) with columns along `main`, across it towards `second`, and across both."""
    x = _unit(main)
    y = _unit(second - (second * x).sum(dim=-1, keepdim=True) * x)
    return torch.stack([x, y, torch.linalg.cross(x, y)], dim=-1)


def _align(main: Tensor, second: Tensor) -> Tensor:
    """The rotation (..., 3, 3) that takes the directions at rest, [0], to those seen, [1]."""
    frames = _frame(main, second)
    return frames[1] @ frames[0].transpose(-1, -2)


def _between(a: Tensor, b: Tensor, share: float) -> Tensor:
    """A rotation part of the way from a to b: their mean, made orthonormal."""
    mixed = (1 - share) * a + share * b
    x = _unit(mixed[..., 0, :])
    y = mixed[..., 1, :]
    y = _unit(y - (x * y).sum(dim=-1, keepdim=True) * x)
    return torch.stack([x, y, torch.linalg.cross(x, y)], dim=-2)


def _swing(a: Tensor, b: Tensor, carried: Tensor) -> Tensor:
    """`carried` (..., 3) turned by the shortest turn from unit a to unit b (Rodrigues)."""
    axis = torch.linalg.cross(a, b)
    cosine = (a * b).sum(dim=-1, keepdim=True)
    along = (axis * carried).sum(dim=-1, keepdim=True) * axis / (1 + cosine).clamp(min=1e-3)
    return cosine * carried + torch.linalg.cross(axis, carried) + along


def _hinged(upper: Tensor, lower: Tensor, hinge: Tensor, parent: Tensor) -> tuple[Tensor, Tensor]:
    """Rotations of a limb's two segments, the twist from the plane in which it bends."""
    before = (parent @ _unit(upper[0])[..., None])[..., 0]
    carried = _swing(before, _unit(upper[1]), (parent @ hinge[:, None])[..., 0])
    normal = torch.linalg.cross(_unit(upper[1]), _unit(lower[1]))
    bend = normal.norm(dim=-1, keepdim=True)
    sure = ((bend - _BEND_UNSURE) / (_BEND_SURE - _BEND_UNSURE)).clamp(0, 1)
    # A knee that seems to bend forwards is noise in depth: keep the plane the swing gives.
    sure = sure * ((_unit(normal) * carried).sum(dim=-1, keepdim=True) > -0.2)
    plane = _unit(sure * _unit(normal) + (1 - sure) * carried)
    second = torch.stack([hinge.expand_as(plane), plane])
    return _align(upper, second), _align(lower, second)
