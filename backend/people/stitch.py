"""Joins the pieces of one person, now that the whole clip is known."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from .encounters import Piece
from .tracklet import Tracklet, colour_distance

LONG_GAP = 10.0  # s; over it a returning person is a new one
# The longer the gap, the less place and size say and the more alike the colours have to be.
REACH, REACH_SPEED = 0.3, 1.5  # of the region's side, and more a second
GROWTH, GROWTH_SPEED = 1.6, 0.15
# Hellinger distance: one person in changing light 0.5, in steady light 0.25; two people 0.4.
COLOURS, COLOURS_SPEED, COLOURS_LEAST = 0.65, -0.12, 0.3
SPEED_GAP = 1.5  # s; over it the speed before says nothing about the place after
MOTION_SECONDS = 0.4  # of path from which a speed is taken
MOTION_WEIGHT = 0.3  # against colours: right where two people dress alike
UNBROKEN = 0.05  # what it counts that the tracker never lost the person
ALONE, NEVER = 100.0, 1e6  # cost of having no follower, dearer than any link; of the impossible
FITTING = 0.3  # a doubtful piece joins a person whose path and colours are this near


def join(sure: Sequence[Piece], doubtful: Sequence[Piece]) -> list[list[Tracklet]]:
    """Group pieces by person, each in order of time.

    Sure pieces are linked at the least total cost, over the doubtful ones between them; then each
    doubtful piece goes to the person in whose gap it fits, or is dropped.
    """
    if not sure:  # a clip of a few frames
        sure, doubtful = doubtful, []
    people = [[sure[k] for k in chain] for chain in _chains(sure)]
    waiting = list(doubtful)
    costs = np.array([[_misfit(piece, person) for person in people] for piece in waiting])
    while costs.size and costs.min() <= FITTING:
        best, person = np.unravel_index(costs.argmin(), costs.shape)
        people[person].append(waiting.pop(best))
        people[person].sort(key=lambda p: p.times[0])
        costs = np.delete(costs, best, 0)
        costs[:, person] = [_misfit(piece, people[person]) for piece in waiting]
    return [[piece.tracklet for piece in person] for person in people]


def _chains(pieces: Sequence[Piece]) -> list[list[int]]:
    """Indices of the pieces, one list a person."""
    count = len(pieces)
    cost = np.array([[_link_cost(a, b) for b in pieces] for a in pieces]).reshape(count, count)
    alone = np.full((count, count), NEVER)
    np.fill_diagonal(alone, ALONE)
    rows, columns = linear_sum_assignment(np.hstack([cost, alone]))
    following = {int(i): int(j) for i, j in zip(rows, columns, strict=True) if j < count}
    chains = []
    for i in sorted(set(range(count)) - set(following.values())):
        chain = [i]
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        chains.append(chain)
    return chains


def _link_cost(a: Piece, b: Piece) -> float:
    """How unlikely it is that b goes on where a ended; NEVER where it cannot be."""
    before, after = a.tracklet, b.tracklet
    gap = b.times[0] - a.times[-1]
    if not 0 < gap <= LONG_GAP:
        return NEVER
    sizes = before.regions[-1][2], after.regions[0][2]
    moved = np.linalg.norm(b.hips[0] - a.hips[-1]) / max(sizes)
    colours = colour_distance(before.mean_colours, after.mean_colours)
    if (
        moved > REACH + REACH_SPEED * gap
        or max(sizes) / min(sizes) > GROWTH + GROWTH_SPEED * gap
        or colours > max(COLOURS + COLOURS_SPEED * gap, COLOURS_LEAST)
    ):
        return NEVER
    cost = colours - UNBROKEN * (a.origin == b.origin) + gap / LONG_GAP
    if gap > SPEED_GAP:
        return cost + MOTION_WEIGHT
    # Where each piece's own speed would have taken it at the other's end of the gap.
    end, speed_before = _motion(a, last=True)
    start, speed_after = _motion(b, last=False)
    missed = np.linalg.norm(end + speed_before * gap - start)
    missed += np.linalg.norm(start - speed_after * gap - end)
    missed += np.linalg.norm(speed_after - speed_before) * MOTION_SECONDS
    return cost + MOTION_WEIGHT * min(1.0, float(missed / 3 / max(sizes) / REACH))


def _motion(piece: Piece, *, last: bool) -> tuple[np.ndarray, np.ndarray]:
    """Hips (2,) px at an end of a piece, and their speed (2,) px/s there."""
    edge = piece.times[-1] if last else piece.times[0]
    near = np.abs(piece.times - edge) <= MOTION_SECONDS
    if near.sum() < 3:
        return piece.hips[-1 if last else 0], np.zeros(2)
    speed, place = np.polyfit(piece.times[near] - edge, piece.hips[near], 1)
    return place, speed


def _misfit(piece: Piece, person: Sequence[Piece]) -> float:
    """How badly a doubtful piece fits in a person's gaps: path in sides, and colours."""
    if any(k.times[0] <= piece.times[-1] and piece.times[0] <= k.times[-1] for k in person):
        return np.inf
    times = np.concatenate([k.times for k in person])
    if min(np.abs(times - piece.times[0]).min(), np.abs(times - piece.times[-1]).min()) > SPEED_GAP:
        return np.inf
    hips = np.concatenate([k.hips for k in person])
    path = np.stack([np.interp(piece.times, times, hips[:, axis]) for axis in (0, 1)], 1)
    side = float(np.median(np.array(piece.tracklet.regions)[:, 2]))
    apart = float(np.linalg.norm(piece.hips - path, axis=1).max() / side)
    mine = piece.tracklet.mean_colours
    colours = min(colour_distance(mine, k.tracklet.mean_colours) for k in person)
    return apart + colours / 2 - UNBROKEN * any(k.origin == piece.origin for k in person)
