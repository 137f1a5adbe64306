"""When and where feet stand: phases of contact, and the fixed points of each.

A foot is a heel (a point of the sole, carried by the ankle) and a ball (the foot joint, about which
the toes turn). With both on the floor it is flat. Metres, seconds, y up.
"""

from dataclasses import dataclass, field

import numpy as np

# m above the floor: feet that stand higher stand on something; as far below, the floor is wrong.
_RAISED = 0.10
# Cosines of the sole's tilt: further over, a heel is in the air, and a foot kneels or lies.
_HEEL_DOWN, _TOES_DOWN = 0.7, 0.3
_TWIST = np.radians(20.0)  # of the toes against their foot

Span = tuple[int, int]  # first frame, one past the last


@dataclass(frozen=True)
class FootLockSettings:
    """When a foot counts as standing, and how it is held."""

    on: float = 0.8  # probability that a contact must reach ...
    off: float = 0.5  # ... and must not fall below
    shortest: float = 0.08  # s: no step is shorter, and none leaves the floor for less
    ease: float = 0.2  # s into and out of a contact
    most: float = 0.08  # m: a foot that would have to be moved further has not stood
    floor: float = 0.0  # m
    carry: bool = False  # the body gives way first, its legs where two feet disagree


@dataclass(frozen=True)
class Hold:
    """One foot's contacts, frame by frame; places mean nothing where there is none."""

    heel: np.ndarray  # (T,) bool
    ball: np.ndarray  # (T,) bool
    heel_place: np.ndarray  # (T, 3)
    ball_place: np.ndarray  # (T, 3)
    level: np.ndarray  # (T,) bool: the ball stands, its toes flat on the floor
    foot_heading: np.ndarray  # (T,) rad about y from the rest pose, where heel and ball stand
    toe_heading: np.ndarray  # (T,) rad, where the ball stands on level toes


@dataclass
class _Contact:
    """A heel or a ball that stands in one place for a while."""

    start: int
    stop: int
    place: np.ndarray = field(default_factory=lambda: np.zeros(3))
    level: bool = True  # False for the ball of a foot that kneels
    heading: float | None = None  # rad, None until its foot was flat

    @property
    def frames(self) -> slice:
        return slice(self.start, self.stop)


def find_hold(
    heel: np.ndarray,
    ball: np.ndarray,
    upright: np.ndarray,
    probability: np.ndarray,
    timestamps: np.ndarray,
    rest: np.ndarray,
    settings: FootLockSettings,
) -> Hold:
    """Where one foot stays, and when.

    heel, ball (T, 3) where they are; upright (T,) cosine of the sole's tilt; probability (T, 2) of
    heel and ball standing still; rest (3,) from the heel to the ball of a foot that stands flat.
    """
    count = len(heel)
    heels, balls = _contacts(heel, ball, upright, probability, timestamps, settings)
    _set_heights(heels, balls, heel, ball - [0, rest[1], 0], rest[1], settings.floor)
    foot_heading = np.zeros(count)
    for one, other, span in _pairs(heels, balls):
        foot_heading[span] = _keep_length(one, other, rest, ball[span] - heel[span])
    heel_stands, ball_stands = _mask(count, heels), _mask(count, balls)
    heel_place, ball_place = _places(count, heels), _places(count, balls)
    strays = heel_stands & (np.linalg.norm(heel_place - heel, axis=-1) > settings.most)
    strays |= ball_stands & (np.linalg.norm(ball_place - ball, axis=-1) > settings.most)
    return Hold(
        heel=heel_stands & ~strays,
        ball=ball_stands & ~strays,
        heel_place=heel_place,
        ball_place=ball_place,
        level=_mask(count, [contact for contact in balls if contact.level]) & ~strays,
        foot_heading=foot_heading,
        toe_heading=_toe_heading(balls, ball - heel, heel_stands, rest),
    )


def _contacts(heel, ball, upright, probability, timestamps, settings):
    """Contacts of the heel and of the ball, in time's order, at the middle of where they were."""
    down = probability * np.stack([upright > _HEEL_DOWN, np.ones(len(upright))], axis=1)
    heels, balls = (
        [_Contact(a, b) for a, b in phases(down[:, point], timestamps, settings)]
        for point in range(2)
    )
    for contact in balls:
        contact.level = _middle(upright[contact.frames]) > _TOES_DOWN
    # Heels of feet that kneel tell nothing.
    kneeling = _mask(len(heel), [contact for contact in balls if not contact.level])
    heels = [contact for contact in heels if not kneeling[contact.frames].any()]
    _meet(heels, [contact for contact in balls if contact.level], timestamps, settings.shortest)
    flat = _mask(len(heel), heels) & _mask(len(heel), balls)
    for contacts, points in ((heels, heel), (balls, ball)):
        for contact in contacts:
            # A flat foot is surest of where it is.
            sure = flat[contact.frames]
            contact.place = _middle(points[contact.frames][sure if sure.any() else slice(None)])
    return heels, balls


def phases(
    probability: np.ndarray, timestamps: np.ndarray, settings: FootLockSettings
) -> list[Span]:
    """Contacts in (T,) probabilities: with hysteresis, no gap nor contact shorter than a step."""
    found: list[Span] = []
    for a, b in runs(probability > settings.off):
        if probability[a:b].max() <= settings.on:
            continue
        if found and _lasts(timestamps, found[-1][1], a) < settings.shortest:
            a = found.pop()[0]
        found.append((a, b))
    return [(a, b) for a, b in found if _lasts(timestamps, a, b) >= settings.shortest]


def runs(mask: np.ndarray) -> list[Span]:
    """(T,) bool -> where it is True without a break."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _lasts(timestamps, start, stop):
    """Seconds that frames start to stop - 1 are shown for."""
    if stop < len(timestamps):
        return timestamps[stop] - timestamps[start]
    before = timestamps[-1] - timestamps[-2] if len(timestamps) > 1 else 0.0
    return timestamps[-1] - timestamps[start] + before


def _meet(heels, balls, timestamps, shortest):
    """Where a heel takes over from a ball, or the other way, without a break: one common frame.

    In it the foot is flat, so that one fixed point leads to the next.
    """
    for contacts, others in ((heels, balls), (balls, heels)):
        starts, stops = (np.array([getattr(o, end) for o in others]) for end in ("start", "stop"))
        for contact in contacts:
            over = np.searchsorted(stops, contact.start, side="right")  # those before it
            met = over < len(others) and starts[over] <= contact.start
            if over and not met:
                stop = int(stops[over - 1])
                if _lasts(timestamps, stop, contact.start) < shortest:
                    contact.start = stop - 1


def _set_heights(heels, balls, heel, sole, rise, floor):
    """Heels, and balls on level toes, stand on the floor, or together on what is far from it.

    heel, sole (T, 3) points of the sole under heel and ball; rise: the ball's height over its sole.
    """
    level = [contact for contact in balls if contact.level]
    stands = np.stack([_mask(len(heel), heels), _mask(len(heel), level)], axis=1)
    heights = np.stack([heel[:, 1], sole[:, 1]], axis=1)
    surface = np.zeros(len(heel))
    for a, b in runs(stands.any(axis=1)):
        mean = heights[a:b][stands[a:b]].mean()
        surface[a:b] = floor if floor - _RAISED < mean < floor + _RAISED else mean
    for contact in heels:
        contact.place[1] = surface[contact.start]
    for contact in balls:
        above = surface[contact.start] + rise
        contact.place[1] = above if contact.level else max(contact.place[1], floor)


def _pairs(heels, balls):
    """Heels and level balls that stand at one time, in time's order, with their common frames."""
    first = 0
    for one in heels:
        while first < len(balls) and balls[first].stop <= one.start:
            first += 1
        for other in balls[first:]:
            if other.start >= one.stop:
                break
            yield one, other, slice(max(one.start, other.start), min(one.stop, other.stop))


def _keep_length(heel, ball, rest, between):
    """Move the places of a heel and a ball apart, or together, until the foot fits; its heading.

    between (N, 3): from the heel to the ball in their common frames.
    """
    length = np.hypot(rest[0], rest[2])
    line = ball.place - heel.place
    if np.hypot(line[0], line[2]) < 0.3 * length:
        line = _middle(between)
    line[1] = 0.0
    line /= max(np.linalg.norm(line), 1e-9)
    miss = ball.place - heel.place - length * line
    miss[1] = 0.0
    # What was flat before has its place already.
    share = 0.5 if (heel.heading is None) == (ball.heading is None) else float(ball.heading is None)
    heel.place = heel.place + (1 - share) * miss
    ball.place = ball.place - share * miss
    heading = _heading(line, rest)
    heel.heading = heading
    ball.heading = heading if ball.heading is None else ball.heading
    return heading


def _toe_heading(balls, line, heel_stands, rest):
    """(T,) where the toes point while their ball stands; line (T, 3) from the heel to the ball."""
    headings = np.zeros(len(line))
    for contact in balls:
        held = contact.heading
        if held is None:
            held = _heading(_middle(line[contact.frames]), rest)
        headings[contact.frames] = held
    # Who turns on the ball of a foot takes the toes along in the end.
    now = _heading(line.T, rest)
    turned = (headings - now + np.pi) % (2 * np.pi) - np.pi
    return np.where(heel_stands, headings, now + np.clip(turned, -_TWIST, _TWIST))


def _heading(line, rest):
    """Radians about y from rest to line, (3,) or (3, T)."""
    return np.arctan2(line[0], line[2]) - np.arctan2(rest[0], rest[2])


def _middle(values):
    """The median over the first axis; numpy's own spends ten times as long on a few numbers."""
    ordered = np.sort(values, axis=0)
    return (ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2


def _mask(count, contacts):
    mask = np.zeros(count, bool)
    for contact in contacts:
        mask[contact.frames] = True
    return mask


def _places(count, contacts):
    places = np.zeros((count, 3))
    for contact in contacts:
        places[contact.frames] = contact.place
    return places
